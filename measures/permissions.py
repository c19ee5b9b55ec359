"""One table says who may do what to a measure in which state; services, pages and the API ask here and nowhere else."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, Viewer
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from core.rules import VerbRule, is_possible
from core.transitions import NOT_FROM_THIS_STATE
from issues.models import Issue
from issues.permissions import RULES as ISSUE_RULES
from issues.permissions import may_administer
from measures.models import Extension, Measure

PLANNED, IN_PROGRESS, SUBMITTED = Measure.Status.PLANNED, Measure.Status.IN_PROGRESS, Measure.Status.SUBMITTED
REQUESTED = Extension.Status.REQUESTED
UNFINISHED = Measure.UNFINISHED


@dataclass(frozen=True, kw_only=True)
class MeasureRule(VerbRule):
    """What a verb asks for: roles, by what they are held over, and the states of the measure."""

    organisation: frozenset[str] = frozenset()
    lead_unit: frozenset[str] = frozenset()
    supporting_unit: frozenset[str] = frozenset()


def _rule(
    *states: str, organisation: str = "", lead: str = "", supporting: str = "", moves_to: str = "", refusal: Any = None
) -> MeasureRule:
    over, leading, helping = (
        frozenset(Role(role).value for role in text.split()) for text in (organisation, lead, supporting)
    )
    return MeasureRule(
        organisation=over,
        lead_unit=leading,
        supporting_unit=helping,
        states=frozenset(states),
        moves_to=moves_to,
        refusal=refusal or NOT_FROM_THIS_STATE,
    )


WORKERS = "officer unit_head"
RULES: dict[str, MeasureRule] = {
    "edit_measure": _rule(
        *UNFINISHED,
        organisation="office",
        refusal=gettext_lazy("A measure that is under review or finished can no longer be edited."),
    ),
    "start_measure": _rule(PLANNED, organisation="office", lead=WORKERS, moves_to=IN_PROGRESS),
    "report_progress": _rule(
        IN_PROGRESS,
        lead=WORKERS,
        supporting=WORKERS,
        refusal=gettext_lazy("Progress is reported on a measure that is under way. Start it first."),
    ),
    "add_evidence": _rule(
        IN_PROGRESS,
        lead=WORKERS,
        supporting=WORKERS,
        refusal=gettext_lazy("Evidence belongs to a measure that is under way; this one is not."),
    ),
    "apply_for_sign_off": _rule(IN_PROGRESS, lead=WORKERS, moves_to=SUBMITTED),
    "hand_over": _rule(
        *UNFINISHED,
        SUBMITTED,
        organisation="office",
        refusal=gettext_lazy("A finished measure cannot be handed over."),
    ),
    "cancel_measure": _rule(*UNFINISHED, organisation="office", moves_to=Measure.Status.CANCELLED),
    "request_extension": _rule(
        *UNFINISHED,
        lead=WORKERS,
        refusal=gettext_lazy("Only an unfinished measure with a deadline can be extended."),
    ),
    "grant_extension": _rule(
        *UNFINISHED,
        organisation="office group",
        refusal=gettext_lazy("The measure has changed since the extension was requested."),
    ),
    # Refusing leaves the measure as it is, and a request must not wait for ever: possible in every state.
    "refuse_extension": _rule(*Measure.Status, organisation="office group"),
}
"""Roles and states in which each verb on a measure is possible."""
EXTENSION_RULES = {
    "grant_extension": VerbRule(states=frozenset({REQUESTED}), moves_to=Extension.Status.GRANTED),
    "refuse_extension": VerbRule(states=frozenset({REQUESTED}), moves_to=Extension.Status.REFUSED),
}
"""States of the request itself in which it is decided."""


def holds_role(user: Viewer | None, verb: str, measure: Measure) -> bool:
    """Return whether the user's roles allow the verb on this measure, whatever its state is."""
    grants, rule = grants_of(user), RULES[verb]
    if grants.holds(rule.organisation, measure.inspection.organisation):
        return True
    if grants.holds(rule.lead_unit, measure.lead_unit):
        return True
    if not rule.supporting_unit or not grants.paths(rule.supporting_unit):
        return False
    return any(grants.holds(rule.supporting_unit, unit) for unit in measure.supporting_units.all())


def abilities(user: Viewer | None, measure: Measure) -> frozenset[str]:
    """Return the verbs that the user can use on the measure now: what a page offers as buttons."""
    able = {verb for verb in RULES if is_possible(RULES, verb, measure) and holds_role(user, verb, measure)}
    return frozenset(able - _blocked(user, measure))


def _blocked(user: Viewer | None, measure: Measure) -> set[str]:
    """Return the verbs that fields or a pending extension of the measure forbid, whatever role and state allow."""
    pending = [each for each in measure.extensions.all() if is_possible(EXTENSION_RULES, "refuse_extension", each)]
    blocked = set() if measure.is_complete else {"start_measure"}
    if measure.deadline is None:
        blocked.add("request_extension")
    if not pending:
        return blocked | set(EXTENSION_RULES)
    blocked |= {"request_extension", "cancel_measure", "apply_for_sign_off"}
    if pending[0].old_deadline != measure.deadline:
        blocked.add("grant_extension")
    if pending[0].requested_by_id == getattr(user, "pk", None):
        blocked |= set(EXTENSION_RULES)
    return blocked


def may_work_on_issue(user: Viewer | None, issue: Issue) -> bool:
    """Return whether the user works in the lead unit of the issue: may add evidence to it and apply for closure."""
    return grants_of(user).holds([Role.OFFICER, Role.UNIT_HEAD], issue.lead_unit)


def holds_evidence_role(user: Viewer | None, *, measure: Measure | None, issue: Issue) -> bool:
    """Return whether the user's roles allow to add evidence to the measure, or else to the issue as a whole."""
    if measure is not None:
        return holds_role(user, "add_evidence", measure)
    return may_administer(user, issue.inspection) or may_work_on_issue(user, issue)


def may_change_evidence(user: Viewer | None, *, measure: Measure | None, issue: Issue) -> bool:
    """Return whether the user can add evidence here, or versions of it, now: what a page offers."""
    if measure is None:
        is_open = is_possible(ISSUE_RULES, "add_evidence", issue)
    else:
        is_open = is_possible(RULES, "add_evidence", measure)
    return is_open and holds_evidence_role(user, measure=measure, issue=issue)


def require(user: Viewer | None, verb: str, measure: Measure) -> None:
    """Raise `Forbidden` unless the user's roles allow the verb on this measure; None, the program itself, may."""
    if user is not None and not holds_role(user, verb, measure):
        raise Forbidden(_("Your role does not allow this."))


def may_decide(user: Viewer | None, extension: Extension) -> bool:
    """Return whether the user may grant or refuse: by role, and never on one's own request."""
    return extension.requested_by_id != getattr(user, "pk", None) and holds_role(
        user, "grant_extension", extension.measure
    )


def extension_abilities(user: Viewer | None, extension: Extension) -> frozenset[str]:
    """Return the verbs that the user can use on the request for a later deadline now."""
    if not may_decide(user, extension):
        return frozenset()
    return frozenset(
        verb
        for verb in EXTENSION_RULES
        if is_possible(EXTENSION_RULES, verb, extension) and is_possible(RULES, verb, extension.measure)
    )
