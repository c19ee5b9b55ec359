"""The way down the plan to an inspection, its ledger, an issue; `more` are the levels below that."""

from django.utils.translation import gettext as _

from core.breadcrumbs import Crumb, breadcrumbs, crumb
from issues.models import Inspection, Issue


def to_inspection(inspection: Inspection, *more: Crumb | str) -> list[Crumb]:
    return breadcrumbs(crumb(inspection.title, "inspection", inspection.code), *more)


def to_settings(inspection: Inspection, *more: Crumb | str) -> list[Crumb]:
    return to_inspection(inspection, crumb(_("Settings"), "inspection_settings", inspection.code), *more)


def to_ledger(inspection: Inspection, *more: Crumb | str) -> list[Crumb]:
    return to_inspection(inspection, crumb(_("Ledger"), "ledger", inspection.code), *more)


def issue_crumb(issue: Issue) -> Crumb:
    return crumb(_("Issue %(code)s") % {"code": issue.code}, "issue", issue.pk)


def to_issue(issue: Issue, *more: Crumb | str) -> list[Crumb]:
    return to_ledger(issue.inspection, issue_crumb(issue), *more)


def to_issue_by_heading(issue: Issue) -> list[Crumb]:
    """Return the way to an issue with the headings above it, each a filter of the ledger; untitled ones are hidden."""
    category = issue.problem.category
    headings = [("area", category.area), ("category", category)]
    filters = [
        crumb(heading.title, "ledger", issue.inspection.code, query=f"{name}={heading.pk}")
        for name, heading in headings
        if heading.title
    ]
    return to_ledger(issue.inspection, *filters, issue_crumb(issue))
