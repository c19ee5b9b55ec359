"""What the trail records of files."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class FileVerb(Verb):
    """Verbs of the chain `downloads`."""

    DOWNLOAD = "download", _("downloaded the file"), "file"
    PREVIEW = "preview", _("viewed the file"), "file"
    FIND_VIRUS = "find_virus", _("found a virus in the file"), "file"
    REMOVE_LEFTOVER = "remove_leftover", _("removed an unused file"), "file"
