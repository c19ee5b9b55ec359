"""The way down the plan to a measure and its evidence; `more` are the levels below that."""

from django.utils.translation import gettext as _

from core.breadcrumbs import Crumb, crumb
from issues.breadcrumbs import issue_crumb, to_issue, to_ledger
from measures.models import Evidence, Measure


def to_measure(measure: Measure, *more: Crumb | str, query: str = "") -> list[Crumb]:
    page = crumb(_("Measure %(code)s") % {"code": measure.code}, "measure", measure.pk, query=query)
    # By way of the measure's own inspection: its issue's would be one more query.
    return to_ledger(measure.inspection, issue_crumb(measure.issue), page, *more)


def to_evidence(evidence: Evidence, *more: Crumb | str) -> list[Crumb]:
    """Return the way to the place where the evidence is listed, with the page about it as the only level below."""
    if evidence.measure is not None:
        return to_measure(evidence.measure, *more, query="tab=evidence")
    return to_issue(evidence.issue, *more)
