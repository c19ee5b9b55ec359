"""One table says who may do what to a measure in which state; services, pages and the API ask here and nowhere else."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from issues.models import Issue
from issues.permissions import may_administer
from measures.models import Extension, Measure

PLANNED, IN_PROGRESS = Measure.Status.PLANNED, Measure.Status.IN_PROGRESS


@dataclass(frozen=True)
class Rule:
    """Roles that may use a verb, by what they are held over, and the states of the measure in which it is possible."""

    organisation: frozenset[str] = frozenset()
    lead_unit: frozenset[str] = frozenset()
    supporting_unit: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()


def _rule(*, organisation: str = "", lead: str = "", supporting: str = "", states: tuple[str, ...]) -> Rule:
    over, leading, helping = (
        frozenset(Role(role).value for role in text.split()) for text in (organisation, lead, supporting)
    )
    return Rule(over, leading, helping, frozenset(states))


WORKERS = "officer unit_head"
RULES: dict[str, Rule] = {
    "edit_measure": _rule(organisation="office", states=(PLANNED, IN_PROGRESS)),
    "start_measure": _rule(organisation="office", lead=WORKERS, states=(PLANNED,)),
    "report_progress": _rule(lead=WORKERS, supporting=WORKERS, states=(IN_PROGRESS,)),
    "add_evidence": _rule(lead=WORKERS, supporting=WORKERS, states=(IN_PROGRESS,)),
    "apply_for_sign_off": _rule(lead=WORKERS, states=(IN_PROGRESS,)),
    "hand_over": _rule(organisation="office", states=(PLANNED, IN_PROGRESS, Measure.Status.SUBMITTED)),
    "cancel_measure": _rule(organisation="office", states=(PLANNED, IN_PROGRESS)),
    "request_extension": _rule(lead=WORKERS, states=(PLANNED, IN_PROGRESS)),
    "grant_extension": _rule(organisation="office group", states=(PLANNED, IN_PROGRESS)),
    # Refusing leaves the measure as it is, and a request must not wait for ever: possible in every state.
    "refuse_extension": _rule(organisation="office group", states=tuple(Measure.Status)),
}


def holds_role(user: Any, verb: str, measure: Measure) -> bool:
    """Return whether the user's roles allow the verb on this measure, whatever its state is."""
    grants, rule = grants_of(user), RULES[verb]
    if grants.holds(rule.organisation, measure.inspection.organisation):
        return True
    if grants.holds(rule.lead_unit, measure.lead_unit):
        return True
    if not rule.supporting_unit or not grants.paths(rule.supporting_unit):
        return False
    return any(grants.holds(rule.supporting_unit, unit) for unit in measure.supporting_units.all())


def abilities(user: Any, measure: Measure) -> frozenset[str]:
    """Return the verbs that the user can use on the measure as it stands: what a page offers as buttons."""
    able = {verb for verb, rule in RULES.items() if measure.status in rule.states and holds_role(user, verb, measure)}
    return frozenset(able - _blocked(user, measure))


def _blocked(user: Any, measure: Measure) -> set[str]:
    """Return the verbs that are refused for what stands in the measure, whatever role and state allow."""
    waiting = [each for each in measure.extensions.all() if each.status == Extension.Status.REQUESTED]
    hindered = set() if measure.is_complete else {"start_measure"}
    if measure.deadline is None:
        hindered.add("request_extension")
    if not waiting:
        return hindered | {"grant_extension", "refuse_extension"}
    hindered |= {"request_extension", "cancel_measure", "apply_for_sign_off"}
    if waiting[0].old_deadline != measure.deadline:
        hindered.add("grant_extension")
    if waiting[0].requested_by_id == getattr(user, "pk", None):
        hindered |= {"grant_extension", "refuse_extension"}
    return hindered


def may_work_on_issue(user: Any, issue: Issue) -> bool:
    """Return whether the user works in the lead unit of the issue: may add evidence to it and apply for closure."""
    return grants_of(user).holds([Role.OFFICER, Role.UNIT_HEAD], issue.lead_unit)


OPEN_ISSUE = frozenset({Issue.Status.OPEN, Issue.Status.IN_RECTIFICATION})
"""States of an issue in which evidence that hangs on no measure is added to it."""


def holds_evidence_role(user: Any, *, measure: Measure | None, issue: Issue) -> bool:
    """Return whether the user's roles allow to add evidence to the measure, or else to the issue as a whole."""
    if measure is not None:
        return holds_role(user, "add_evidence", measure)
    return may_administer(user, issue.inspection) or may_work_on_issue(user, issue)


def may_change_evidence(user: Any, *, measure: Measure | None, issue: Issue) -> bool:
    """Return whether the user can add evidence here, or versions of it, as things stand: what a page offers."""
    is_open = issue.status in OPEN_ISSUE if measure is None else measure.status in RULES["add_evidence"].states
    return is_open and holds_evidence_role(user, measure=measure, issue=issue)


def require(user: Any, verb: str, measure: Measure) -> None:
    """Raise `Forbidden` unless the user's roles allow the verb on this measure; None, the program itself, may."""
    if user is not None and not holds_role(user, verb, measure):
        raise Forbidden(_("Your role does not allow this."))


def may_decide(user: Any, extension: Extension) -> bool:
    """Return whether the user may grant or refuse: by role, and never on one's own request."""
    return extension.requested_by_id != getattr(user, "pk", None) and holds_role(
        user, "grant_extension", extension.measure
    )
