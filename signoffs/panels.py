"""What the pages of measures, issues and inspections show of sign-off; those apps are too low to know it."""

from collections.abc import Mapping
from typing import Any

from core.panels import panel
from core.rules import is_possible
from issues.permissions import RULES as ISSUE_RULES
from measures.models import Measure
from signoffs.models import Application
from signoffs.permissions import may_apply_for_closure, may_withdraw
from signoffs.queries import applications_of, rounds_of
from signoffs.services import review_steps_of

ENDED = {Measure.Status.SIGNED_OFF, Measure.Status.CANCELLED}


def _rounds(context: Mapping[str, Any], rows: Any) -> dict[str, Any]:
    user = context["request"].user
    rounds = rounds_of(rows.filter(origin=Application.Origin.SYSTEM))
    pending = [each.application for each in rounds if each.application.status == Application.Status.PENDING]
    return {"rounds": rounds, "withdrawable": {row.pk for row in pending if may_withdraw(user, row)}}


@panel("measure.applications", "signoffs/_rounds.html")
def rounds_of_measure(context: Mapping[str, Any]) -> dict[str, Any]:
    """Every round of a measure with its files and decisions; the newest first."""
    measure: Measure = context["measure"]
    can_apply = "apply_for_sign_off" in context.get("able", ())
    return {**_rounds(context, applications_of(measure=measure)), "measure": measure, "can_apply": can_apply}


@panel("issue.applications", "signoffs/_closing.html")
def closing(context: Mapping[str, Any]) -> dict[str, Any]:
    """The closing of an issue: what is still missing, the way to apply for it, its rounds."""
    user, issue = context["request"].user, context["issue"]
    states = set(issue.measures.values_list("status", flat=True))
    visible = Measure.objects.visible_to(user).filter(issue=issue)
    is_open = is_possible(ISSUE_RULES, "apply_for_closure", issue)
    return {
        **_rounds(context, applications_of(issue=issue)),
        "issue": issue,
        "left": visible.exclude(status__in=ENDED).count(),
        "may_apply": may_apply_for_closure(user, issue) and is_open,
        "is_ready": states <= ENDED and Measure.Status.SIGNED_OFF in states,
    }


@panel("issue.actions", "signoffs/_papers.html")
def file_of_issue(context: Mapping[str, Any]) -> dict[str, Any]:
    """The button that asks for the whole file of an issue."""
    return {"issue": context["issue"]}


@panel("settings.process", "signoffs/_settings.html")
def review_steps(context: Mapping[str, Any]) -> dict[str, Any]:
    """The review steps of an inspection with the way to change them."""
    return {"inspection": context["inspection"], "review_steps": review_steps_of(context["inspection"])}
