"""Who keeps channels and looks after deliveries: the system administrator, who reads nothing of what they say."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of, is_system_admin
from core.exceptions import Forbidden


def require_system_admin(user: Any) -> None:
    """Raise `Forbidden` unless the user administers the system; None, the program itself, may."""
    if user is not None and not is_system_admin(user):
        raise Forbidden(_("Only the system administrator may do this."))


def may_look_for_gaps(user: Any) -> bool:
    """Return whether the user can do something about what cannot be reached: the system administrator, an office."""
    return is_system_admin(user) or Role.OFFICE in grants_of(user).roles()


def require_keeper(user: Any) -> None:
    """Raise `Forbidden` unless the user may look for what cannot be reached."""
    if not may_look_for_gaps(user):
        raise Forbidden(_("Only the system administrator or the rectification office may see this."))
