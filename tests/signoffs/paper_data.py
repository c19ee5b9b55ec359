"""Work with papers: measures with reports and evidence of a known number of pages, applications for them."""

import io
from datetime import date
from typing import Any

import pypdfium2

from files.services import store_upload
from measures.models import Measure
from measures.services import add_evidence, report_progress
from signoffs.models import Application
from signoffs.services import apply_for_closure, apply_for_sign_off
from tests.factories import NOW, evidence
from tests.signoffs.review_setup import CLOSING, STATEMENT, Review, later


def pdf(pages: int) -> bytes:
    """A PDF with so many pages."""
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _page in range(pages):
        document.new_page(200, 200)
    document.save(out)
    document.close()
    return out.getvalue()


def work(review: Review, **fields: Any) -> Measure:
    """A measure under way with a report of progress and two pieces of evidence, one of them three pages of PDF."""
    fields = {"text": "更换城东老旧管网十二公里。", "lead_unit": review.roads, **fields}
    measure = review.measure(status="in_progress", **fields)
    by = review.roads_officer
    report_progress(measure=measure, text="管网已全部更换完毕。", by=by, at=NOW)
    for name, content in (("整改报告（终稿）.pdf", pdf(3)), ("现场照片说明.txt", f"照片{measure.pk}".encode())):
        file = store_upload(stream=io.BytesIO(content), name=name, by=by, at=NOW)
        add_evidence(file=file, measure=measure, about_on=date(2026, 2, 1), by=by, at=NOW)
    return measure


def applied(review: Review, **fields: Any) -> Application:
    return apply_for_sign_off(measure=work(review, **fields), statement=STATEMENT, by=review.roads_officer, at=NOW)


def closing_of_two_units(review: Review) -> Application:
    """An application for closing an issue on which Roads and Parks each signed a measure off."""
    issue = review.issue(lead_unit=review.roads, status="in_rectification")
    first = apply_for_sign_off(measure=work(review, issue=issue), statement=STATEMENT, by=review.roads_officer, at=NOW)
    parks = review.measure(issue=issue, text="绿化措施", status="in_progress", lead_unit=review.parks)
    evidence(parks, by=review.parks_officer, name="绿化.txt")
    second = apply_for_sign_off(measure=parks, statement=STATEMENT, by=review.parks_officer, at=NOW)
    for application in (first, second):
        review.accepted(application, review.office, review.group)
    issue.refresh_from_db()
    return apply_for_closure(issue=issue, statement=STATEMENT, by=review.roads_officer, at=later(9), **CLOSING)
