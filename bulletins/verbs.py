"""What the trail records of bulletins."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class BulletinVerb(Verb):
    """The verbs of a bulletin, from its draft to a correction."""

    DRAFT_BULLETIN = "draft_bulletin", _("created the draft"), "bulletin"
    CORRECT_BULLETIN = "correct_bulletin", _("began the correction"), "bulletin", "correct"
    EDIT_BULLETIN = "edit_bulletin", _("changed the text"), "bulletin", "update"
    PUBLISH_BULLETIN = "publish_bulletin", _("published it"), "bulletin", "publish"
