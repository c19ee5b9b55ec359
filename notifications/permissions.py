"""Who sets channels and looks after deliveries: the system administrator, who reads nothing of what they say."""

from django.utils.translation import gettext as _

from accounts.models import Role, Viewer
from accounts.permissions import grants_of, is_system_admin
from core.exceptions import Forbidden


def require_system_admin(user: Viewer | None) -> None:
    """Raise `Forbidden` unless the user administers the system; None, the program itself, may."""
    if user is not None and not is_system_admin(user):
        raise Forbidden(_("Only the system administrator may do this."))


def may_view_coverage(user: Viewer) -> bool:
    """Return whether the user can do something about configuration gaps: the system administrator, an office."""
    return is_system_admin(user) or Role.OFFICE in grants_of(user).roles()


def require_coverage_viewer(user: Viewer) -> None:
    """Raise `Forbidden` unless the user may see the configuration gaps."""
    if not may_view_coverage(user):
        raise Forbidden(_("Only the system administrator or the rectification office may see this."))
