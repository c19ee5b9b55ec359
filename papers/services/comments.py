"""Comments of the inspection office on the report, and how the office worked them in."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.services import open_trail
from core.exceptions import Forbidden, RuleViolation
from papers.models import PaperComment, PaperVersion
from papers.permissions import RULES, may_answer, require
from papers.verbs import PaperVerb

SHORTEST = 4


def comment_on_paper(*, version: PaperVersion, text: str, by: Any, at: datetime) -> PaperComment:
    """Comment on a report that is not approved yet. Raises `Forbidden` unless `by` is an inspector, `RuleViolation`."""
    text = text.strip()
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "comment_on_paper", version)
        if version.status not in RULES["comment_on_paper"].states:
            raise RuleViolation(_("The report can no longer be commented on."))
        if len(text) < SHORTEST:
            raise RuleViolation(_("Write what should be changed."), field="text")
        comment = PaperComment.objects.create(version=version, text=text, by=by, at=trail.at)
        trail.record(PaperVerb.COMMENT_ON_PAPER, by=by, obj=version, comment=comment.pk, text=text)
    return comment


def answer_comment(*, comment: PaperComment, answer: str, by: Any, at: datetime) -> None:
    """Say how a comment was worked in, once.

    Raises `Forbidden`, `RuleViolation` where it is answered or nothing is said.
    """
    answer = answer.strip()
    with open_trail(comment.version.inspection.chain, at=at) as trail:
        comment.refresh_from_db()
        require(by, "answer_comment", comment.version)
        if comment.answered_at is not None:
            raise RuleViolation(_("This comment has already been answered."))
        if not may_answer(by, comment):
            raise Forbidden(_("You cannot answer your own comment."))
        if len(answer) < SHORTEST:
            raise RuleViolation(_("Say how the comment was taken into account, or why not."), field="answer")
        comment.answer, comment.answered_by, comment.answered_at = answer, by, trail.at
        comment.save(update_fields=["answer", "answered_by", "answered_at"])
        trail.record(PaperVerb.ANSWER_COMMENT, by=by, obj=comment.version, comment=comment.pk, answer=answer)
