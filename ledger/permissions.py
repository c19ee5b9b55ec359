"""Who works on several measures at once, and with which verbs."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Role, Viewer
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from measures.models import Measure
from measures.permissions import abilities, holds_role
from supervision.permissions import may_urge, may_urge_measure

BATCH_ROLES = frozenset({Role.OFFICER, Role.UNIT_HEAD, Role.LEADER, Role.OFFICE})
"""Who has something to do with several measures at once; what exactly, the verbs say for each of them."""


BATCH_VERBS = ("start_measure", "report_progress", "request_extension", "urge_measure", "hand_over")
"""What is done to many at once. Evidence, sign-off and cancelling stay with the one measure that they are about."""


def may_batch(user: Viewer) -> bool:
    """Return whether the user holds a role that works on measures: what a ledger offers boxes for."""
    return bool(BATCH_ROLES & grants_of(user).roles())


def batch_verbs(user: Viewer, measures: Iterable[Measure]) -> list[str]:
    """Return the verbs that the user can use on at least one of the measures as they are now."""
    able = [verbs | _urging(user, measure) for measure in measures for verbs in [abilities(user, measure)]]
    return [verb for verb in BATCH_VERBS if any(verb in verbs for verbs in able)]


def require_batch(user: Viewer, verb: str, measures: Iterable[Measure]) -> None:
    """Raise `Forbidden` where the user's roles allow the verb on none of the measures, whatever their states are."""
    if not any(_holds(user, verb, measure) for measure in measures):
        raise Forbidden(_("Your role does not allow this."))


def _holds(user: Viewer, verb: str, measure: Measure) -> bool:
    return may_urge(user, measure.inspection) if verb == "urge_measure" else holds_role(user, verb, measure)


def _urging(user: Viewer, measure: Measure) -> frozenset[str]:
    return frozenset({"urge_measure"} if may_urge_measure(user, measure, measure.inspection) else ())
