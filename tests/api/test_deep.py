"""Long lists: as many queries for ten thousand rows as for twenty-five; a deep page costs what the first one does."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import rectify.api
from audit.models import Chain, Event
from bulletins.services import draft_bulletin
from imports.services.imports import upload_import
from issues.models import Inspection
from issues.services import Proposal, propose_disclosure
from jobs.models import Job
from measures.models import Evidence, EvidenceVersion, Extension
from notifications.models import Notification
from papers.services.comments import comment_on_paper
from papers.services.lifecycle import make_paper
from reporting.models import Week
from reporting.services import roll_up_week
from signoffs.models import Application
from tests.api.client import ApiClient
from tests.api.list_rows import further_rows, person_for
from tests.factories import NOW, TODAY
from tests.html_pages import NOTICE
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
FEW, MANY = 25, 10_000
Make = Callable[[int], Any]


def copies(row: Any, numbers: range, **varying: Make) -> None:
    """Rows like this one, each with some values of its own."""
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    rows = [type(row)(**{**same, **{name: make(n) for name, make in varying.items()}}) for n in numbers]
    type(row)._base_manager.bulk_create(rows, batch_size=1000)


def key(n: int) -> str:
    return f"z{n:08}"


def at(n: int) -> Any:
    return NOW + timedelta(seconds=n)


def place(n: int) -> int:
    return n + 100


def day(n: int) -> Any:
    return TODAY + timedelta(days=1000 + n)


WEEKS: dict[str, Make] = {"year": lambda n: 3000 + n // 50, "week": lambda n: n % 50 + 1}


class Long:
    """A bureau whose lists can be made as long as one likes; each row is like one that came about in the usual way."""

    def __init__(self) -> None:
        self.review = review = Review()
        self.measure = review.work(supporting_units=[review.parks], stages=[("Half", TODAY)])
        review.set_review_steps("office", "group", "leader")
        self.application = review.accepted(review.applied(), review.office)
        chain = Chain.objects.get(key=review.inspection.chain)
        hashes = {"previous_hash": "0" * 64, "hash": "0" * 64}
        self.event = Event(chain=chain, at=NOW, verb="x", kind="x", text="{}", **hashes)
        self.snapshot = roll_up_week(inspection=review.inspection, week=Week(2026, 8), by=None, at=NOW)
        self.bulletin = draft_bulletin(snapshot=self.snapshot, by=None, at=NOW)
        self.further = further_rows(review, self.measure)
        self.numbers = range(0)
        told: dict[str, Any] = {"inspection": review.inspection, "by": review.office, "at": NOW}
        self.source = upload_import(data=NOTICE.encode(), name="notice.txt", **told)
        self.paper = make_paper(kind="report", audience="internal", **told)
        self.comment = comment_on_paper(version=self.paper, text="Say what it cost", by=review.inspector, at=NOW)
        hidden: dict[str, Any] = {"audience": "public", "proposal": Proposal("full")}
        self.proposal = propose_disclosure(issue=self.measure.issue, by=review.office, at=NOW, **hidden)

    def caller(self, name: str) -> ApiClient:
        return ApiClient(person_for(self.review, name))

    def fill(self, name: str, count: int) -> None:
        """Add so many rows to a list."""
        self.numbers = range(self.numbers.stop, self.numbers.stop + count)
        getattr(self, f"_{name.replace('-', '_')}")(self.numbers)

    def _inspections(self, numbers: range) -> None:
        copies(self.review.inspection, numbers, code=key)

    def _areas(self, numbers: range) -> None:
        copies(self.measure.issue.problem.category.area, numbers, position=place)

    def _categories(self, numbers: range) -> None:
        copies(self.measure.issue.problem.category, numbers, position=place)

    def _problems(self, numbers: range) -> None:
        copies(self.measure.issue.problem, numbers, position=place)

    def _issues(self, numbers: range) -> None:
        copies(self.measure.issue, numbers, position=place, code=key, sort_key=key)

    def _measures(self, numbers: range) -> None:
        copies(self.measure, numbers, position=place, code=key, sort_key=key)

    def _milestones(self, numbers: range) -> None:
        copies(self.measure.milestones.first(), numbers, position=place)

    def _progress_reports(self, numbers: range) -> None:
        row = self.measure.reports.create(text="Done", by=self.review.roads_officer, unit=self.review.roads, at=NOW)
        copies(row, numbers, at=at)

    def _evidence(self, numbers: range) -> None:
        first = self.measure.evidence.earliest("pk")
        copies(first, numbers, position=place)
        file = first.latest.file
        copies(file, numbers, key=lambda n: f"00000000-0000-4000-8000-{n:012}", stored_as=key)
        files = type(file).objects.filter(stored_as__in=[key(n) for n in numbers]).values_list("pk", flat=True)
        bare = Evidence.objects.filter(versions=None).values_list("pk", flat=True)
        pairs = dict(zip(numbers, zip(bare, files, strict=True), strict=True))
        row = EvidenceVersion(number=1, by=self.review.roads_officer, unit=self.review.roads, at=NOW)
        copies(row, numbers, evidence_id=lambda n: pairs[n][0], file_id=lambda n: pairs[n][1])

    def _applications(self, numbers: range) -> None:
        """Each for a measure of its own: of one measure, one application at most is under review."""
        self._measures(numbers)
        found = type(self.measure).objects.filter(code__in=[key(n) for n in numbers]).values_list("code", "pk")
        of = dict(found)
        copies(self.application, numbers, measure_id=lambda n: of[key(n)], step=lambda n: 1)

    def _decisions(self, numbers: range) -> None:
        self._applications(numbers)
        bare = Application.objects.filter(decisions=None).values_list("pk", flat=True)
        of = dict(zip(numbers, bare, strict=True))
        copies(self.application.decisions.earliest("pk"), numbers, application_id=lambda n: of[n])

    def _extensions(self, numbers: range) -> None:
        row = Extension(measure=self.measure, old_deadline=TODAY, new_deadline=TODAY + timedelta(days=1), reason="Rain")
        row.status, row.requested_by, row.requested_at = "refused", self.review.roads_officer, NOW
        row.decided_by, row.decided_at = self.review.office, NOW
        copies(row, numbers, requested_at=at)

    def _units(self, numbers: range) -> None:
        above = self.review.organisation.path
        copies(self.review.roads, numbers, name=key, path=lambda n: f"{above}{n + 10**6}/")

    def _users(self, numbers: range) -> None:
        copies(self.review.leader, numbers, username=key, name=key)

    def _events(self, numbers: range) -> None:
        copies(self.event, numbers, seq=lambda n: n + 10**6)

    def _snapshots(self, numbers: range) -> None:
        copies(self.snapshot, numbers, **WEEKS)

    def _bulletins(self, numbers: range) -> None:
        copies(self.bulletin, numbers, **WEEKS)

    def _imports(self, numbers: range) -> None:
        copies(self.source, numbers, at=at)

    def _papers(self, numbers: range) -> None:
        """Each of an inspection of its own: of one paper, one version at most is in work."""
        copies(self.review.inspection, numbers, code=lambda n: f"p{n:08}")
        found = Inspection.objects.filter(code__in=[f"p{n:08}" for n in numbers]).values_list("code", "pk")
        of = dict(found)
        copies(self.paper, numbers, inspection_id=lambda n: of[f"p{n:08}"], created_at=at)

    def _paper_comments(self, numbers: range) -> None:
        copies(self.comment, numbers, at=at)

    def _disclosures(self, numbers: range) -> None:
        """Each for an issue of its own: of one issue, one proposal at most waits."""
        self._issues(numbers)
        of = dict(type(self.measure.issue).objects.filter(code__in=[key(n) for n in numbers]).values_list("code", "pk"))
        copies(self.proposal, numbers, issue_id=lambda n: of[key(n)], proposed_at=at)

    def _disclosure_overview(self, numbers: range) -> None:
        self._disclosures(numbers)

    def _jobs(self, numbers: range) -> None:
        row = Job(job_type="x", title="x", requested_by=self.review.office, requested_at=NOW)
        copies(row, numbers, requested_at=at)

    def _task_forces(self, numbers: range) -> None:
        copies(self.further["task-forces"], numbers, name=key)

    def _calendar(self, numbers: range) -> None:
        copies(self.further["calendar"], numbers, day=day)

    def _urges(self, numbers: range) -> None:
        copies(self.further["urges"], numbers, on=day)

    def _feedback(self, numbers: range) -> None:
        copies(self.further["feedback"], numbers, at=at)

    def _audit_chains(self, numbers: range) -> None:
        """Each of an inspection of its own."""
        self._inspections(numbers)
        found = Inspection.objects.filter(code__in=[key(n) for n in numbers])
        Chain.objects.bulk_create(Chain(key=inspection.chain) for inspection in found)

    def _notifications(self, numbers: range) -> None:
        copies(self.further["notifications"], numbers, key=key)

    def _reminders(self, numbers: range) -> None:
        copies(self.further["reminders"], numbers, stage=key)

    def _channels(self, numbers: range) -> None:
        copies(self.further["channels"], numbers, name=key)

    def _deliveries(self, numbers: range) -> None:
        """Each of a notice of its own."""
        self._notifications(numbers)
        found = Notification.objects.filter(key__in=[key(n) for n in numbers]).values_list("key", "pk")
        of = dict(found)
        copies(self.further["deliveries"], numbers, notification_id=lambda n: of[key(n)], key=lambda n: UUID(int=n))

    def _webhooks(self, numbers: range) -> None:
        copies(self.further["webhooks"], numbers, name=key)

    def _saved_filters(self, numbers: range) -> None:
        copies(self.further["saved-filters"], numbers, name=key)

    def _tokens(self, numbers: range) -> None:
        copies(self.further["tokens"], numbers, digest=key)


@pytest.fixture
def long(db: None) -> Long:
    return Long()


LISTS = [name.removeprefix("_").replace("_", "-") for name in vars(Long) if name.startswith("_") and name[1] != "_"]


def test_every_list_of_the_api_is_made_long_here() -> None:
    assert set(LISTS) == set(rectify.api.LISTS)


def page_of(caller: ApiClient, name: str) -> dict[str, Any]:
    answer = caller.get(f"{name}/", page_size=FEW)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def check_queries(long: Long, queries: Any, name: str, count: int) -> None:
    caller = long.caller(name)
    long.fill(name, FEW)
    few = queries(lambda: page_of(caller, name))
    long.fill(name, count - FEW)
    assert page_of(caller, name)["count"] >= count
    assert queries(lambda: page_of(caller, name)) == few


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_as_many_queries_however_long_the_list_is(long: Long, queries: Any, name: str) -> None:
    check_queries(long, queries, name, 200)


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_as_many_queries_with_ten_thousand_rows(long: Long, queries: Any, name: str) -> None:
    check_queries(long, queries, name, MANY)


def work_of(caller: ApiClient, address: str) -> int:
    """How much the database does to find the rows of a page; counting the list is the same work for each."""
    with CaptureQueriesContext(connection) as context:
        answer = caller.client.get(address)
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == FEW
    asked = [query["sql"] for query in context if "_key0" in query["sql"] and "COUNT(" not in query["sql"].upper()]
    assert asked
    return sum(_buffers(sql) if connection.vendor == "postgresql" else _steps(sql) for sql in asked)


def _buffers(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _steps(sql: str) -> int:
    """Transitions of SQLite's own machine, in tens."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    connection.connection.set_progress_handler(count, 10)
    try:
        connection.connection.execute(sql).fetchall()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


@pytest.mark.parametrize("name", ["measures", "issues", "events"])
def test_a_deep_page_costs_what_the_first_one_costs(long: Long, name: str) -> None:
    """Ten pages are turned, then one goes to the far end; skipping rows would show as a multiple."""
    long.fill(name, 3000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    caller = long.caller(name)
    address = f"/api/v1/{name}/?page_size={FEW}"
    first = work_of(caller, address)
    deep = caller.client.get(address.replace(str(FEW), "200")).json()["next"]
    for _page in range(12):
        deep = caller.client.get(deep).json()["next"]
    assert work_of(caller, deep.replace("page_size=200", f"page_size={FEW}")) <= first * 1.5 + 50


def test_pages_turn_both_ways_and_leave_no_row_out(long: Long) -> None:
    long.fill("measures", 60)
    caller = long.caller("measures")
    told = page_of(caller, "measures")
    pages = [told]
    while told["next"]:
        told = caller.client.get(told["next"]).json()
        pages.append(told)
    there = [[row["id"] for row in page["results"]] for page in pages]
    assert [len(page) for page in there] == [25, 25, 12]
    back: list[list[int]] = []
    while told["previous"]:
        told = caller.client.get(told["previous"]).json()
        back.append([row["id"] for row in told["results"]])
    assert back[::-1] == there[:-1]
    assert told["previous"] is None
    assert len({pk for page in there for pk in page}) == 62


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_the_same_by_pages_of_two_as_by_one(long: Long, name: str) -> None:
    """Also where rows share what the list is ordered by."""
    long.fill(name, 3)
    caller = long.caller(name)
    if name == "events":
        whole, address = caller.rows(name, kind="x"), f"/api/v1/{name}/?page_size=2&kind=x"
    else:
        whole, address = caller.rows(name), f"/api/v1/{name}/?page_size=2"
    found: list[Any] = []
    while address:
        told = caller.client.get(address).json()
        found, address = found + told["results"], told["next"]
    assert found == whole
    assert len(whole) >= 3


def test_a_row_that_came_meanwhile_moves_nothing(long: Long) -> None:
    long.fill("measures", 4)
    caller = long.caller("measures")
    first = caller.get("measures/", page_size=2).json()
    copies(long.measure, range(1), position=lambda n: 99, code=lambda n: "0", sort_key=lambda n: "0")
    second = caller.client.get(first["next"]).json()
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}
    assert [row["code"] for row in second["results"]] == [key(0), key(1)]


def test_an_inspection_of_another_organisation_is_in_nobodys_pages(long: Long) -> None:
    long.fill("inspections", 5)
    Inspection.objects.filter(code=key(3)).update(organisation=long.review.stranger.unit)
    codes = [row["code"] for row in long.caller("inspections").rows("inspections")]
    assert key(3) not in codes
    assert key(2) in codes
