"""Who may change the upper levels of a plan: the office, over its organisation."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ORGANISATION_ROLES, Role, Unit, Viewer
from accounts.permissions import grants_of, is_system_admin
from core.exceptions import Forbidden
from core.rules import VerbRule, is_possible
from issues.models import Disclosure, Inspection, Issue

NOT_CLOSED = frozenset({Issue.Status.OPEN, Issue.Status.IN_RECTIFICATION})
RULES = {
    "edit_issue": VerbRule(
        states=NOT_CLOSED,
        refusal=gettext_lazy("An issue that is closed or awaits closure can no longer be edited."),
    ),
    # Verbs of apps above on an issue: the plan of its measures, its evidence, its closing.
    "plan_measure": VerbRule(
        states=NOT_CLOSED,
        refusal=gettext_lazy("No measure can be added to an issue that is closed or awaits closure."),
    ),
    "add_evidence": VerbRule(
        states=NOT_CLOSED,
        refusal=gettext_lazy("Nothing is added to an issue that is closed or awaits closure."),
    ),
    "apply_for_closure": VerbRule(
        states=frozenset({Issue.Status.IN_RECTIFICATION}), moves_to=Issue.Status.AWAITING_CLOSURE
    ),
}
"""States of an issue in which each verb on it is possible; the roles are in the functions below."""
PROPOSED = frozenset({Disclosure.Status.PROPOSED})
DISCLOSURE_RULES = {
    "approve_disclosure": VerbRule(states=PROPOSED, moves_to=Disclosure.Status.APPROVED),
    "refuse_disclosure": VerbRule(states=PROPOSED, moves_to=Disclosure.Status.REFUSED),
}
"""States of a disclosure in which it is decided."""


def may_administer(user: Viewer | None, inspection: Inspection) -> bool:
    """Return whether the user keeps this inspection's plan: holds the office over its organisation."""
    return grants_of(user).holds([Role.OFFICE], inspection.organisation)


def may_administer_organisation(user: Viewer | None, organisation: Unit) -> bool:
    """Return whether the user may open an inspection of this organisation."""
    return grants_of(user).holds([Role.OFFICE], organisation)


def may_keep_calendar(user: Viewer | None) -> bool:
    """Return whether the user may edit the calendar of working days, which all inspections share."""
    return is_system_admin(user) or Role.OFFICE in grants_of(user).roles()


def require_calendar(user: Viewer | None) -> None:
    """Raise `Forbidden` unless the user may edit the calendar of working days."""
    if not may_keep_calendar(user):
        raise Forbidden(_("Only the rectification office or the system administrator may edit the calendar."))


def require_office(user: Viewer | None, inspection: Inspection) -> None:
    """Raise `Forbidden` unless the user keeps this inspection's plan; None, the program itself, may."""
    if user is not None and not may_administer(user, inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))


def abilities(user: Viewer | None, issue: Issue) -> frozenset[str]:
    """Return the office's verbs that the user can use on the issue now: what a page offers as buttons."""
    if not may_administer(user, issue.inspection):
        return frozenset()
    return frozenset(verb for verb in ("edit_issue", "plan_measure") if is_possible(RULES, verb, issue))


def may_propose_disclosure(user: Viewer | None, inspection: Inspection) -> bool:
    """Return whether the user may propose what an audience is shown: the office."""
    return may_administer(user, inspection)


def may_decide_disclosure(user: Viewer | None, disclosure: Disclosure) -> bool:
    """Return whether the user may decide a proposal: the group, never on one's own."""
    if disclosure.proposed_by_id == getattr(user, "pk", None):
        return False
    return holds_group(user, disclosure.issue.inspection)


def disclosure_abilities(user: Viewer | None, disclosure: Disclosure) -> frozenset[str]:
    """Return the verbs that the user can use on the proposal now."""
    if not may_decide_disclosure(user, disclosure):
        return frozenset()
    return frozenset(verb for verb in DISCLOSURE_RULES if is_possible(DISCLOSURE_RULES, verb, disclosure))


def holds_group(user: Viewer | None, inspection: Inspection) -> bool:
    """Return whether the user decides for the party group of the inspected organisation."""
    return grants_of(user).holds([Role.GROUP], inspection.organisation)


def can_see_all(user: Viewer | None, inspection: Inspection) -> bool:
    """Return whether the user sees all of the inspection, not only the work of some units."""
    return grants_of(user).holds(ORGANISATION_ROLES, inspection.organisation)
