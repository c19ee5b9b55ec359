"""What the trail records of the plan's upper levels, of what is disclosed of issues, and of the calendar."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class IssueVerb(Verb):
    """Verbs of an inspection, the levels of its plan and the calendar; a disclosure is an event of its issue."""

    CREATE_INSPECTION = "create_inspection", _("opened the inspection"), "inspection"
    EDIT_INSPECTION = "edit_inspection", _("changed the settings"), "inspection", "update"
    CREATE_TASK_FORCE = "create_task_force", _("set up the task force"), "task_force"
    EDIT_AREA = "edit_area", _("changed the title"), "area"
    EDIT_CATEGORY = "edit_category", _("changed the title"), "category"
    EDIT_PROBLEM = "edit_problem", _("changed the title"), "problem"
    EDIT_ISSUE = "edit_issue", _("changed the plan"), "issue", "update"
    MOVE_ISSUE = "move_issue", _("moved the issue under another heading"), "issue"
    PROPOSE_DISCLOSURE = "propose_disclosure", _("proposed a disclosure"), "issue", "propose-disclosure"
    APPROVE_DISCLOSURE = "approve_disclosure", _("approved a disclosure"), "issue", "approve"
    REFUSE_DISCLOSURE = "refuse_disclosure", _("refused a disclosure"), "issue", "refuse"
    SET_CALENDAR_DAY = "set_calendar_day", _("entered a day of the calendar"), "calendar_day", "update"
    CLEAR_CALENDAR_DAY = "clear_calendar_day", _("made it an ordinary day again"), "calendar_day", "delete"
