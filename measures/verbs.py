"""What the trail records of measures."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class MeasureVerb(Verb):
    """Verbs of a measure, of its extensions and of evidence.

    An extension is an event of its measure. Evidence is one of the measure or, where it hangs on none, of the issue:
    its verbs name no kind.
    """

    PLAN_MEASURE = "plan_measure", _("planned the measure"), "measure"
    EDIT_MEASURE = "edit_measure", _("changed the plan"), "measure", "update"
    START_MEASURE = "start_measure", _("started the measure"), "measure", "start"
    REPORT_PROGRESS = "report_progress", _("reported progress"), "measure", "report-progress"
    MOVE_MEASURE = "move_measure", _("moved the measure to another issue"), "measure"
    HAND_OVER = "hand_over", _("handed the measure over"), "measure", "hand-over"
    CANCEL_MEASURE = "cancel_measure", _("cancelled the measure"), "measure", "cancel"
    REQUEST_EXTENSION = "request_extension", _("requested an extension"), "measure", "request-extension"
    GRANT_EXTENSION = "grant_extension", _("granted the extension"), "measure", "grant"
    REFUSE_EXTENSION = "refuse_extension", _("refused the extension"), "measure", "refuse"
    ADD_EVIDENCE = "add_evidence", _("added evidence"), "", "add-evidence"
    ADD_VERSION = "add_version", _("put a new version of evidence in place"), "", "add-version"
    WITHDRAW_EVIDENCE = "withdraw_evidence", _("withdrew evidence"), "", "withdraw"
