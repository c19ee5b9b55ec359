"""What the trail records of imports, and of what only an import does to the plan."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class ImportVerb(Verb):
    """Verbs of an import; the inspection is what they are about, or the row that a workbook moved or reworded."""

    IMPORT_NOTICE = "import_notice", _("imported a notice"), "inspection"
    IMPORT_LEDGER = "import_ledger", _("imported a ledger"), "inspection"
    MOVE_MEASURE = "move_measure", _("moved the measure to another issue"), "measure"
    MOVE_ISSUE = "move_issue", _("moved the issue under another heading"), "issue"
    EDIT_AREA = "edit_area", _("reworded the area"), "area"
    EDIT_CATEGORY = "edit_category", _("reworded the category"), "category"
    EDIT_PROBLEM = "edit_problem", _("reworded the problem"), "problem"
