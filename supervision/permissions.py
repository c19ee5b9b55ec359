"""Who may urge: the leaders and the office of the organisation, whose measures they are. Who works on many at once."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, Viewer
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from core.rules import VerbRule, is_possible
from issues.models import Inspection
from measures.models import Measure

URGERS = (Role.LEADER, Role.OFFICE)
MEASURE_RULES = {
    "urge_measure": VerbRule(
        states=frozenset(Measure.UNFINISHED),
        refusal=gettext_lazy("Only a measure that is planned or under way can be urged."),
    ),
}
"""States of a measure in which the verbs of this app on it are possible."""


def may_urge(user: Viewer, inspection: Inspection) -> bool:
    """Return whether the user holds a leader's or the office's role over the inspected organisation."""
    return grants_of(user).holds(URGERS, inspection.organisation)


def may_urge_measure(user: Viewer, measure: Measure, inspection: Inspection) -> bool:
    """Return whether the user can urge this measure of the inspection now: it is unfinished and has a lead unit."""
    is_possible_now = is_possible(MEASURE_RULES, "urge_measure", measure) and measure.lead_unit_id is not None
    return is_possible_now and may_urge(user, inspection)


def require_urger(user: Viewer, inspection: Inspection) -> None:
    """Raise `Forbidden` unless the user may urge in this inspection."""
    if not may_urge(user, inspection):
        raise Forbidden(_("Only a leader or the rectification office can urge."))
