"""What the trail records of papers."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class PaperVerb(Verb):
    """Verbs of a version of a paper; a comment is an event of its version."""

    MAKE_PAPER = "make_paper", _("created it"), "paper"
    EDIT_PAPER = "edit_paper", _("changed the text"), "paper", "update"
    SUBMIT_PAPER = "submit_paper", _("submitted it"), "paper", "submit"
    APPROVE_PAPER = "approve_paper", _("approved it"), "paper", "approve"
    RETURN_PAPER = "return_paper", _("returned it"), "paper", "return"
    ISSUE_PAPER = "issue_paper", _("issued it"), "paper", "issue"
    DISCARD_PAPER = "discard_paper", _("discarded it"), "paper", "discard"
    COMMENT_ON_PAPER = "comment_on_paper", _("commented"), "paper", "comment"
    ANSWER_COMMENT = "answer_comment", _("answered a comment"), "paper", "answer"
