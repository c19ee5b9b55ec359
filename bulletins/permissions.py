"""Who may do what with a bulletin in which state; services, pages and the API ask here and nowhere else."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor, Role, Viewer
from accounts.permissions import grants_of
from bulletins.models import DRAFT_READERS, Bulletin
from core.exceptions import Forbidden
from core.rules import VerbRule, is_possible
from issues.models import Inspection

Status = Bulletin.Status
OFFICE = frozenset({Role.OFFICE.value})


@dataclass(frozen=True, kw_only=True)
class BulletinRule(VerbRule):
    """The states of a bulletin in which a verb is possible, and the roles over its organisation that may use it."""

    roles: frozenset[str] = OFFICE


RULES: dict[str, BulletinRule] = {
    "edit_bulletin": BulletinRule(
        states=frozenset({Status.DRAFT}),
        refusal=gettext_lazy("This bulletin is published and stays as it is; a correction is the next edition."),
    ),
    "publish_bulletin": BulletinRule(
        states=frozenset({Status.DRAFT}),
        moves_to=Status.PUBLISHED,
        refusal=gettext_lazy("This bulletin has been published in the meantime."),
    ),
    "correct_bulletin": BulletinRule(
        states=frozenset({Status.PUBLISHED}),
        refusal=gettext_lazy("Only a published bulletin can be corrected; a draft is simply edited."),
    ),
}


def holds_role(user: Viewer, verb: str, bulletin: Bulletin) -> bool:
    """Return whether the user's roles allow the verb on this bulletin, whatever its state is."""
    return grants_of(user).holds(RULES[verb].roles, bulletin.organisation)


def abilities(user: Viewer, bulletin: Bulletin) -> frozenset[str]:
    """Return the verbs that the user can use on the bulletin as it is now: what a page offers as buttons."""
    able = {verb for verb in RULES if is_possible(RULES, verb, bulletin)}
    if hasattr(bulletin, "corrected_by"):
        able.discard("correct_bulletin")  # the latest edition is the one to be corrected
    return frozenset(verb for verb in able if holds_role(user, verb, bulletin))


def require(user: Actor, verb: str, bulletin: Bulletin) -> None:
    """Raise `Forbidden` unless the user's roles allow the verb; None, the program itself, may."""
    if user is not None and not holds_role(user, verb, bulletin):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))


def reads_drafts(user: Viewer, bulletin: Bulletin) -> bool:
    """Return whether the user reads drafts of this organisation, and so what became of this one before all read it."""
    return grants_of(user).holds(DRAFT_READERS, bulletin.organisation)


def require_draft_reader(user: Viewer, bulletin: Bulletin) -> None:
    """Raise `Forbidden` unless the user reads drafts of this organisation."""
    if not reads_drafts(user, bulletin):
        raise Forbidden(_("Only people who may read drafts can see this."))


def may_draft(user: Viewer, inspection: Inspection) -> bool:
    """Return whether the user may have the draft of a week made."""
    return grants_of(user).holds([Role.OFFICE], inspection.organisation)


def require_drafter(user: Actor, inspection: Inspection) -> None:
    """Raise `Forbidden` unless the user may have a draft made; None, the program itself, may."""
    if user is not None and not may_draft(user, inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
