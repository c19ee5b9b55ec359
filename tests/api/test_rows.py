"""Lists come in pages and cost the same however many rows there are; the schema is whole."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
import yaml
from django.core.management import call_command
from django.test import Client

from core.api import ReadOnlyViewSet
from imports.services.imports import upload_import
from issues.models import Issue
from issues.services import Proposal, propose_disclosure
from papers.services.comments import comment_on_paper
from papers.services.lifecycle import discard_paper, make_paper
from rectify.api.router import LISTS as ROWS
from rectify.api.router import VIEWSETS
from reporting.services import roll_up_due
from tests.api.client import ApiClient, problem_of
from tests.api.list_rows import further_rows, person_for
from tests.factories import NOW, TODAY, claim
from tests.html_pages import NOTICE
from tests.measures.trail_checks import REASON
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
NAMES = list(VIEWSETS)
CREATED = ["channels", "imports", "measures", "papers", "saved-filters", "webhooks"]
"""Whose rows are created by a POST to the list."""
LISTS = list(ROWS)  # what there is one of has no rows and no pages


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def more(review: Review) -> None:
    """One more of everything, each with all that a row mentions."""
    measure = review.signed_off(supporting_units=[review.parks], stages=[("Half", TODAY)])
    measure.reports.create(text="Done", by=review.roads_officer, unit=review.roads, at=NOW)
    measure.extensions.create(
        old_deadline=TODAY,
        new_deadline=TODAY + timedelta(days=1),
        reason=REASON,
        status="refused",
        requested_by=review.roads_officer,
        requested_at=NOW,
        decided_by=review.office,
        decided_at=NOW,
    )
    review.closing(measure.issue)
    review.applied()
    claim(review.issue(leader=review.leader, lead_unit=review.roads, task_force=review.force))
    roll_up_due(at=NOW)
    papers(review, measure.issue)
    further_rows(review, measure)


def papers(review: Review, issue: Issue) -> None:
    """One more import, report with a comment, and proposal of what the public is shown of an issue."""
    told: dict[str, Any] = {"inspection": review.inspection, "by": review.office, "at": NOW}
    upload_import(data=NOTICE.encode(), name="notice.txt", **told)
    report = make_paper(kind="report", audience="internal", **told)
    comment_on_paper(version=report, text="Say what it cost", by=review.inspector, at=NOW)
    discard_paper(version=report, by=review.office, at=NOW)
    propose_disclosure(issue=issue, audience="public", proposal=Proposal("full"), by=review.office, at=NOW)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_more_rows(review: Review, queries: Any, name: str) -> None:
    caller = ApiClient(person_for(review, name))
    more(review)
    few = queries(lambda: caller.rows(name))
    for _number in range(3):
        more(review)
    assert queries(lambda: caller.rows(name)) <= few
    assert few <= 12


@pytest.mark.parametrize(
    "name", ["measures", "applications", "issues", "evidence", "papers", "disclosures", "disclosure-overview"]
)
def test_one_row_costs_the_same_with_more_rows(review: Review, queries: Any, name: str) -> None:
    caller = ApiClient(review.office)
    more(review)
    pk = min(caller.ids(name))
    few = queries(lambda: caller.get(f"{name}/{pk}/"))
    for _number in range(3):
        more(review)
    assert queries(lambda: caller.get(f"{name}/{pk}/")) <= few


def test_every_list_shows_something_here(review: Review) -> None:
    """Else what a list costs would say nothing."""
    more(review)
    empty = {name for name in LISTS if not ApiClient(person_for(review, name)).rows(name)}
    assert empty == {"jobs", "bulletins"}


def test_lists_come_in_pages(review: Review) -> None:
    under = review.issue()
    for _number in range(7):
        review.measure(issue=under)
    caller = ApiClient(review.office)
    first = caller.get("measures/", page_size=3).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (7, 3, None)
    codes = [row["code"] for row in first["results"]]
    address = first["next"]
    while address:
        told = caller.client.get(address).json()
        codes += [row["code"] for row in told["results"]]
        address = told["next"]
    assert codes == sorted(codes)
    assert len(set(codes)) == 7
    assert len(caller.get("measures/", page_size=100000).json()["results"]) == 7
    assert problem_of(caller.get("measures/", page=9))["status"] == 400


def test_every_address_says_what_it_can_do(review: Review) -> None:
    for name in NAMES:
        answer = ApiClient(person_for(review, name)).client.options(f"/api/v1/{name}/")
        assert answer.status_code == 200, name
        assert ("POST" in answer["Allow"]) == (name in CREATED), name


def test_a_page_holds_two_hundred_rows_at_most(review: Review) -> None:
    assert ReadOnlyViewSet.pagination_class is not None
    pagination = ReadOnlyViewSet.pagination_class
    assert (pagination.page_size, pagination.max_page_size) == (50, 200)


@pytest.mark.parametrize("query", ["overdue=perhaps", "due_before=soon", "unit=x", "status=lost"])
def test_a_filter_that_cannot_be_is_said_at_its_name(review: Review, query: str) -> None:
    told = problem_of(ApiClient(review.office).client.get(f"/api/v1/measures/?{query}"))
    assert (told["status"], list(told["errors"])) == (400, [query.partition("=")[0]])


def test_measures_of_one_inspection(review: Review) -> None:
    measure = review.measure()
    caller = ApiClient(review.office)
    assert caller.ids("measures", inspection=review.inspection.code) == {measure.pk}
    assert caller.ids("measures", inspection="another") == set()
    assert caller.get(f"inspections/{review.inspection.code}/").json()["title"] == review.inspection.title


def test_what_is_late_says_so(review: Review) -> None:
    late = review.measure(deadline=TODAY - timedelta(days=1))
    review.measure()
    rows = ApiClient(review.office).rows("measures", overdue="true")
    assert [(row["id"], row["is_overdue"]) for row in rows] == [(late.pk, True)]


def test_the_schema_is_whole_and_without_warnings(tmp_path: Any) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    schema = yaml.safe_load(file.read_text(encoding="utf-8"))
    paths = schema["paths"]
    assert schema["openapi"].startswith("3.1")
    assert {path.split("/")[3] for path in paths} == {*NAMES, "exports"}
    for verb in ("start", "report-progress", "hand-over", "cancel", "request-extension", "apply"):
        assert list(paths[f"/api/v1/measures/{{id}}/{verb}/"]) == ["post"]
    for verb in ("accept", "return", "withdraw"):
        assert list(paths[f"/api/v1/applications/{{id}}/{verb}/"]) == ["post"]
    written = {path.removeprefix("/api/v1/") for path, methods in paths.items() if set(methods) - {"get"}}
    apart = {path for path in written if path.count("/") != 3}
    assert apart == {
        *("exports/", "preferences/", "notifications/mark-all-read/", "audit-chains/verify/"),
        *(f"{name}/" for name in CREATED),
        *(f"{name}/batch/" for name in ("applications", "disclosures", "extensions", "issues", "measures")),
        *(f"{name}/{{id}}/" for name in ("bulletins", "channels", "issues", "measures", "papers", "saved-filters")),
        *("calendar/{day}/", "inspections/{code}/", "webhooks/{id}/", "deliveries/send-failed-again/"),
        "evidence/{id}/versions/{number}/make-pages/",
    }
    assert {path for path, methods in paths.items() if "delete" in methods} == {
        "/api/v1/calendar/{day}/",
        "/api/v1/saved-filters/{id}/",
    }
    assert sent_to(schema, "measures/{id}/report-progress/") == {"text", "reached"}
    assert sent_to(schema, "webhooks/") == {"name", "url", "organisation", "is_active", "secret"}
    assert all("4XX" in told["responses"] for methods in paths.values() for told in methods.values())


def sent_to(schema: dict[str, Any], path: str) -> set[str]:
    """The fields that a verb takes, as the schema tells of them."""
    body = schema["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return set(schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]["properties"])


def test_the_schema_and_its_pages_are_for_people_who_are_logged_in(review: Review) -> None:
    visitor = Client()
    assert visitor.get("/api/schema/").status_code == 401
    assert visitor.get("/api/docs/").status_code == 302
    client = ApiClient(review.roads_officer).client
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "://" not in html.replace("http://testserver", "")
    assert "<style" not in html
    assert html.count("<script") == html.count('<script src="/')
    script = client.get("/api/docs/?script=")
    assert "/api/schema/" in script.content.decode()
