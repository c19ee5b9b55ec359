"""Who may do what with a bulletin in which state; services, pages and the API ask here and nowhere else."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of
from bulletins.models import DRAFT_READERS, Bulletin
from core.exceptions import Forbidden
from issues.models import Inspection

RULES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # Verb → roles over the organisation, states of the bulletin.
    "edit_bulletin": (frozenset({Role.OFFICE}), frozenset({Bulletin.Status.DRAFT})),
    "publish_bulletin": (frozenset({Role.OFFICE}), frozenset({Bulletin.Status.DRAFT})),
    "correct_bulletin": (frozenset({Role.OFFICE}), frozenset({Bulletin.Status.PUBLISHED})),
}


def holds_role(user: Any, verb: str, bulletin: Bulletin) -> bool:
    """Return whether the user's roles allow the verb on this bulletin, whatever its state is."""
    return grants_of(user).holds(RULES[verb][0], bulletin.organisation)


def abilities(user: Any, bulletin: Bulletin) -> frozenset[str]:
    """Return the verbs that the user can use on the bulletin as it is now: what a page offers as buttons."""
    able = {verb for verb, (_roles, states) in RULES.items() if bulletin.status in states}
    if hasattr(bulletin, "corrected_by"):
        able.discard("correct_bulletin")  # the latest edition is the one to be corrected
    return frozenset(verb for verb in able if holds_role(user, verb, bulletin))


def require(user: Any, verb: str, bulletin: Bulletin) -> None:
    """Raise `Forbidden` unless the user's roles allow the verb; None, the program itself, may."""
    if user is not None and not holds_role(user, verb, bulletin):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))


def reads_drafts(user: Any, bulletin: Bulletin) -> bool:
    """Return whether the user reads drafts of this organisation, and so what became of this one before all read it."""
    return grants_of(user).holds(DRAFT_READERS, bulletin.organisation)


def require_draft_reader(user: Any, bulletin: Bulletin) -> None:
    """Raise `Forbidden` unless the user reads drafts of this organisation."""
    if not reads_drafts(user, bulletin):
        raise Forbidden(_("Only those who read drafts may see this."))


def may_draft(user: Any, inspection: Inspection) -> bool:
    """Return whether the user may have the draft of a week made."""
    return grants_of(user).holds([Role.OFFICE], inspection.organisation)


def require_drafter(user: Any, inspection: Inspection) -> None:
    """Raise `Forbidden` unless the user may have a draft made; None, the program itself, may."""
    if user is not None and not may_draft(user, inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
