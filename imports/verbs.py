"""What the trail records of imports; rows that a workbook moves or rewords are events by the verbs of those rows."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class ImportVerb(Verb):
    """Verbs of an import: one event for all of it, about the inspection."""

    IMPORT_NOTICE = "import_notice", _("imported a notice"), "inspection"
    IMPORT_LEDGER = "import_ledger", _("imported a ledger"), "inspection"
