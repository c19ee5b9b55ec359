"""Filters of the ledger under a name: visible only to the person who saved them, in no trail."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.exceptions import Forbidden, RuleViolation
from issues.models import Inspection
from ledger.models import SavedFilter

MOST = 20


def save_filter(*, inspection: Inspection, name: str, query: str, by: User, at: datetime) -> SavedFilter:
    """Save the filters `query` (already cleaned) under the name; a name that is there already gets the new filters.

    Raises `RuleViolation` without a name or filters, or for more than may be saved.
    """
    name = name.strip()
    if not name:
        raise RuleViolation(_("Give the filters a name."), field="name")
    if not query:
        raise RuleViolation(_("Set a filter first; there is nothing to save."), field="name")
    if len(query) > SavedFilter.LONGEST:
        raise RuleViolation(_("These filters are too long to be saved; search for fewer words."), field="name")
    own = SavedFilter.objects.filter(inspection=inspection, user=by)
    if not own.filter(name=name).exists() and own.count() >= MOST:
        message = _("You have %(count)d saved filters here. Remove one that is not used.") % {"count": MOST}
        raise RuleViolation(message, field="name")
    saved, _is_new = SavedFilter.objects.update_or_create(
        inspection=inspection, user=by, name=name, defaults={"query": query, "at": at}
    )
    return saved


def delete_saved_filter(*, saved: SavedFilter, by: User) -> None:
    """Remove a saved filter; the ledger itself stays as it is. Raises `Forbidden` for any but one's own."""
    if saved.user_id != getattr(by, "pk", None):
        raise Forbidden(_("Only the person who saved it can remove it."))
    saved.delete()
