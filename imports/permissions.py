"""Who may import, and what a person can do with an import as it is."""

from django.utils.translation import gettext as _

from accounts.models import Role, Viewer
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from imports.models import Import
from issues.permissions import may_administer


def require_importer(user: Viewer | None) -> None:
    """Raise `Forbidden` unless the user is the office somewhere: only then is there a plan to import into."""
    if Role.OFFICE not in grants_of(user).roles():
        raise Forbidden(_("Only the rectification office can import notices."))


def may_handle_import(user: Viewer | None, source: Import) -> bool:
    """Return whether the user carries the import on: keeps the inspection's plan, or uploaded it for a new one."""
    if source.inspection is not None:
        return may_administer(user, source.inspection)
    return source.by_id == getattr(user, "pk", None)


def import_abilities(user: Viewer | None, source: Import) -> list[str]:
    """Return the verbs that the user can use on the import as it is now."""
    if source.status != Import.Status.READ or not may_handle_import(user, source):
        return []
    if source.is_at_work:
        return ["discard_import"]
    kind = "compare_import" if source.is_workbook else "correct_reading"
    return [kind, "map_names", "confirm_import", "discard_import"]
