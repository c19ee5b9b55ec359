"""Who may urge: the leaders and the office of the organisation, whose measures they are. Who works on many at once."""

from django.utils.translation import gettext as _

from accounts.models import Role, Viewer
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from issues.models import Inspection

URGERS = (Role.LEADER, Role.OFFICE)


def may_urge(user: Viewer, inspection: Inspection) -> bool:
    """Return whether the user holds a leader's or the office's role over the inspected organisation."""
    return grants_of(user).holds(URGERS, inspection.organisation)


def require_urger(user: Viewer, inspection: Inspection) -> None:
    """Raise `Forbidden` unless the user may urge in this inspection."""
    if not may_urge(user, inspection):
        raise Forbidden(_("Only a leader or the rectification office urges."))
