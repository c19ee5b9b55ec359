"""What the pages of measures and issues show of sign-off, for which those apps are too low to know it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from issues.models import Issue
from measures.models import Measure
from signoffs.models import Application
from signoffs.permissions import may_apply_for_closure, may_withdraw
from signoffs.queries import applications_of, rounds_of
from signoffs.services import chain_of

register = template.Library()
ENDED = {Measure.Status.SIGNED_OFF, Measure.Status.CANCELLED}


def _told(context: Mapping[str, Any], rows: Any) -> dict[str, Any]:
    user = context["request"].user
    rounds = rounds_of(rows.filter(origin=Application.Origin.SYSTEM))
    pending = [each.application for each in rounds if each.application.status == Application.Status.PENDING]
    return {"rounds": rounds, "withdrawable": {row.pk for row in pending if may_withdraw(user, row)}}


@register.inclusion_tag("signoffs/rounds.html", takes_context=True)
def rounds_of_measure(context: Mapping[str, Any], measure: Measure) -> dict[str, Any]:
    """Every round of a measure with its files and decisions; the newest first."""
    can_apply = "apply_for_sign_off" in context.get("able", ())
    return {**_told(context, applications_of(measure=measure)), "measure": measure, "can_apply": can_apply}


@register.inclusion_tag("signoffs/closing.html", takes_context=True)
def closing(context: Mapping[str, Any], issue: Issue) -> dict[str, Any]:
    """The closing of an issue: what is still missing, the way to apply for it, its rounds."""
    user = context["request"].user
    states = set(issue.measures.values_list("status", flat=True))
    seen = Measure.objects.visible_to(user).filter(issue=issue)
    may_apply = may_apply_for_closure(user, issue)
    is_open = issue.status == Issue.Status.IN_RECTIFICATION
    return {
        **_told(context, applications_of(issue=issue)),
        "issue": issue,
        "left": seen.exclude(status__in=ENDED).count(),
        "may_apply": may_apply and is_open,
        "is_ready": states <= ENDED and Measure.Status.SIGNED_OFF in states,
    }


@register.filter
def age(moment: datetime, today: date) -> str:
    """Say how long something has waited, in whole days of the office."""
    days = (today - timezone.localdate(moment)).days
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days > 0 else _("today")


@register.simple_tag
def review_steps(inspection: Any) -> list[dict[str, str]]:
    """The chain of review steps as it stands."""
    return chain_of(inspection)
