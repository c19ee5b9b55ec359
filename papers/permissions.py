"""Who may do what to a paper, in which state: one table that services and pages ask."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of
from core.exceptions import Forbidden
from issues.models import Inspection
from papers.models import PaperComment, PaperVersion

DRAFT, SUBMITTED, APPROVED = PaperVersion.Status.DRAFT, PaperVersion.Status.SUBMITTED, PaperVersion.Status.APPROVED


@dataclass(frozen=True)
class Rule:
    """The role that uses a verb, held over the organisation; the states and the kinds of paper it is possible for."""

    role: str
    states: frozenset[str]
    kinds: frozenset[str] = frozenset(PaperVersion.Kind.values)


RULES = {
    "edit_paper": Rule(Role.OFFICE, frozenset({DRAFT})),
    "submit_paper": Rule(Role.OFFICE, frozenset({DRAFT})),
    "discard_paper": Rule(Role.OFFICE, frozenset({DRAFT, APPROVED})),
    "approve_paper": Rule(Role.GROUP, frozenset({SUBMITTED})),
    "return_paper": Rule(Role.GROUP, frozenset({SUBMITTED})),
    "issue_paper": Rule(Role.OFFICE, frozenset({APPROVED})),
    "comment_on_paper": Rule(Role.INSPECTOR, frozenset({DRAFT, SUBMITTED}), frozenset({PaperVersion.Kind.REPORT})),
    "answer_comment": Rule(Role.OFFICE, frozenset(PaperVersion.Status), frozenset({PaperVersion.Kind.REPORT})),
}


def may_make_papers(user: Any, inspection: Inspection) -> bool:
    """Return whether the user draws up papers of the inspection: the office."""
    return grants_of(user).holds([Role.OFFICE], inspection.organisation)


def holds_role(user: Any, verb: str, version: PaperVersion) -> bool:
    """Return whether the user's roles allow the verb on this paper, whatever its state is."""
    rule = RULES[verb]
    return version.kind in rule.kinds and grants_of(user).holds([rule.role], version.inspection.organisation)


def had_a_hand_in(user: Any, version: PaperVersion) -> bool:
    """Return whether the user made, edited or submitted the version, and so does not decide on it."""
    hands = {version.created_by_id, version.edited_by_id, version.submitted_by_id}
    return getattr(user, "pk", None) in hands | set(version.hands)


def abilities(user: Any, version: PaperVersion) -> frozenset[str]:
    """Return the verbs that the user can use on the version as it is: what a page offers as buttons."""
    able = {verb for verb, rule in RULES.items() if version.status in rule.states and holds_role(user, verb, version)}
    if had_a_hand_in(user, version):
        able -= {"approve_paper", "return_paper"}
    return frozenset(able)


def require(user: Any, verb: str, version: PaperVersion) -> None:
    """Raise `Forbidden` unless the user's roles allow the verb on this paper; deciding on one's own is none of them."""
    if not holds_role(user, verb, version):
        raise Forbidden(_("Your role does not allow this."))
    if verb in {"approve_paper", "return_paper"} and had_a_hand_in(user, version):
        raise Forbidden(_("You cannot decide on a paper that you worked on."))


def may_answer(user: Any, comment: PaperComment) -> bool:
    """Return whether the user may answer the comment: the office, once, never one's own."""
    is_own = comment.by_id == getattr(user, "pk", None)
    return comment.answered_at is None and not is_own and holds_role(user, "answer_comment", comment.version)
