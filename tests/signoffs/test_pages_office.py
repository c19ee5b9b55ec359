"""Deciding at a meeting, setting the chain of steps, the auditor's page."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from audit.models import Chain, Event
from core.guards import lifted
from jobs.models import Job
from jobs.tasks import run_job
from signoffs.models import Application, Decision
from signoffs.services import return_application
from signoffs.services.audit import verify_chains
from tests.factories import NOW, Cast, unit, user
from tests.html_pages import Page, followed
from tests.signoffs.test_pages import WHY, address, applied, at_group

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
BATCH = "/signoffs/batch/"
MEETING = {"meeting_on": "2026-03-02", "minute_number": "Minutes 7"}


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sent: list[int] = []
    monkeypatch.setattr(run_job, "delay", sent.append)
    return sent


def typed(*rows: tuple[Application, dict[str, Any]], **more: Any) -> dict[str, Any]:
    """What the form of a batch sends; each row is an application with what differs from accepting it."""
    data: dict[str, Any] = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": len(rows), **MEETING, **more}
    for number, (application, differs) in enumerate(rows):
        row = {"application": application.pk, "step": 2, "verdict": "accept", "ground": "", "reason": "", **differs}
        data |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return data


def test_a_meeting_accepts_all_but_what_it_singles_out(cast: Cast, page_of: PageOf) -> None:
    first, second, third = (at_group(cast, text=text) for text in ("First", "Second", "Third"))
    client = page_of(cast.group)
    query = "&".join(f"application={each.pk}" for each in (first, second, third))
    page = Page(client.get(f"{BATCH}?{query}"))
    assert [page.typed(f"rows-{n}-application") for n in range(3)] == [str(each.pk) for each in (first, second, third)]
    single = {"verdict": "return", "ground": "unfinished", "reason": WHY}
    rows: Any = ((first, {}), (second, single), (third, {"verdict": "leave"}))
    look = Page(client.post(BATCH, typed(*rows)))
    lines = look.texts("//li[@class='batch-line']/span")
    assert lines == ["is signed off", "is returned", "is left for later"]
    assert "March 2, 2026, minutes Minutes 7" in look.text()
    assert Decision.objects.filter(step=2).count() == 0, "looking decides nothing"
    told = followed(client, BATCH, typed(*rows, confirm="1"))
    assert {label: tile.figure for label, tile in told.tiles().items()} == {"accepted": 1, "returned": 1, "skipped": 0}
    assert [Application.objects.get(pk=each.pk).status for each in (first, second, third)] == [
        "accepted",
        "returned",
        "pending",
    ]
    decided = Decision.objects.filter(step=2)
    assert {(each.meeting_on, each.minute_number) for each in decided} == {(date(2026, 3, 2), "Minutes 7")}
    assert Event.objects.filter(verb__in=["accept_application", "return_application"]).count() == 3 + 2


def test_what_cannot_be_decided_is_skipped_and_said_why(cast: Cast, page_of: PageOf) -> None:
    open_one, gone = at_group(cast), at_group(cast)
    other = user("Second of the group", role=Role.GROUP, over=cast.organisation)
    return_application(application=gone, step=2, ground="other", reason=WHY, by=other, at=NOW + timedelta(hours=3))
    client = page_of(cast.group)
    told = followed(client, BATCH, typed((open_one, {}), (gone, {}), confirm="1"))
    assert {label: tile.figure for label, tile in told.tiles().items()} == {"accepted": 1, "returned": 0, "skipped": 1}
    assert "Second of the group was first: Decision of the group, returned." in told.text()
    again = Page(client.get(reverse("batch_done")))
    assert again.text() == told.text(), "a reload says the same and decides nothing"


def test_a_batch_takes_no_application_that_the_person_may_not_decide(cast: Cast, page_of: PageOf) -> None:
    application = at_group(cast)
    told = followed(page_of(cast.leader), BATCH, typed((application, {}), confirm="1"))
    assert "This step is decided by another role." in told.text()
    for who in ("parks_officer", "stranger", "superuser"):
        client = page_of(getattr(cast, who))
        assert "Nothing was chosen" in Page(client.get(f"{BATCH}?application={application.pk}")).text()
        assert client.post(BATCH, typed((application, {}), confirm="1")).status_code == 422
    application.refresh_from_db()
    assert (application.status, application.step) == ("pending", 2)


@pytest.mark.parametrize(
    ("differs", "more", "field"),
    [
        ({"verdict": "return", "reason": WHY}, {}, "rows-0-ground"),
        ({"verdict": "return", "ground": "other", "reason": "No."}, {}, "rows-0-reason"),
        ({}, {"minute_number": ""}, "minute_number"),
        ({}, {"meeting_on": ""}, "meeting_on"),
    ],
)
def test_a_mistake_in_a_batch_is_said_at_its_field(
    cast: Cast, page_of: PageOf, differs: dict[str, str], more: dict[str, str], field: str
) -> None:
    application = at_group(cast)
    response = page_of(cast.group).post(BATCH, {**typed((application, differs), confirm="1"), **more})
    assert response.status_code == 422
    assert field in Page(response).errors()
    assert application.decisions.count() == 1


def test_the_office_sets_the_chain_and_applications_keep_theirs(cast: Cast, page_of: PageOf) -> None:
    kept, client = applied(cast), page_of(cast.office)
    url = reverse("set_review_steps", args=[cast.inspection.code])
    page = Page(client.get(url))
    assert "1 application is under review" in page.text()
    assert page.typed("steps-0-role") == "office"
    steps = [("Head", "unit_head"), ("", ""), ("Office", "office"), ("Group", "group"), ("", "")]
    data: dict[str, Any] = {"steps-TOTAL_FORMS": 5, "steps-INITIAL_FORMS": 5}
    data |= {f"steps-{n}-name": name for n, (name, _role) in enumerate(steps)}
    data |= {f"steps-{n}-role": role for n, (_name, role) in enumerate(steps)}
    shown = followed(client, url, data)
    assert "1. Head → 2. Office → 3. Group" in shown.text()
    kept.refresh_from_db()
    assert kept.review_step_count == 2
    later = applied(cast, when=NOW + timedelta(hours=3))
    assert [step["role"] for step in later.review_steps] == ["unit_head", "office", "group"]
    assert Page(page_of(cast.roads_head).get(address("application", later))).tree.xpath("//details[@data-key='a']")


@pytest.mark.parametrize("rows", [[], [("Without a role", "")], [("", "office")]])
def test_a_chain_that_is_none_is_refused_and_kept(cast: Cast, page_of: PageOf, rows: list[tuple[str, str]]) -> None:
    url = reverse("set_review_steps", args=[cast.inspection.code])
    data: dict[str, Any] = {"steps-TOTAL_FORMS": 5, "steps-INITIAL_FORMS": 5}
    for number, (name, role) in enumerate(rows):
        data[f"steps-{number}-name"], data[f"steps-{number}-role"] = name, role
    response = page_of(cast.office).post(url, data)
    assert response.status_code == 422
    assert Page(response).texts("//div[contains(@class, 'alert-danger')]")
    assert cast.inspection.review_steps.count() == 0
    for who, status in {"group": 403, "roads_head": 404, "stranger": 404}.items():
        assert page_of(getattr(cast, who)).post(url, data).status_code == status


def rows_of(page: Page) -> dict[str, list[str]]:
    return {row[0]: row for row in page.table("Chain")}


def test_the_auditor_verifies_and_reads_what_was_found(
    cast: Cast, page_of: PageOf, asked_for: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    at_group(cast)
    client = page_of(cast.auditor)
    assert all("not verified yet" in row[3] for row in rows_of(Page(client.get("/audit/"))).values())
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/audit/verify/").status_code == 302
    (job,) = asked_for
    run_job(job)
    assert Job.objects.get(pk=job).status == "done", Job.objects.get(pk=job).error
    shown = rows_of(Page(client.get("/audit/")))
    row = next(row for name, row in shown.items() if name.startswith(cast.inspection.title))
    assert row[3] == "whole"
    assert "Auditor" in row[4]


def test_a_chain_that_was_altered_is_named_with_the_number(cast: Cast, page_of: PageOf) -> None:
    at_group(cast)
    with lifted(connection):
        Event.objects.filter(chain__key=cast.inspection.chain, seq=2).update(text="{}")
    verify_chains(by=cast.auditor, at=NOW + timedelta(hours=3))
    page = Page(page_of(cast.auditor).get("/audit/"))
    assert "No. 2: text was altered" in page.text()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "The paper and the chain agree"),
        ({"hash": "f" * 64}, "They differ: event 2 has another hash"),
        ({"seq": 9999}, "The chain has no event 9999"),
    ],
)
def test_a_paper_is_held_against_a_chain(cast: Cast, page_of: PageOf, change: dict[str, Any], told: str) -> None:
    at_group(cast)
    event = Event.objects.get(chain__key=cast.inspection.chain, seq=2)
    asked = {"chain": cast.inspection.chain, "seq": 2, "hash": event.hash.upper(), **change}
    assert told in Page(page_of(cast.auditor).get("/audit/", asked)).text()


def test_the_beginning_of_a_hash_is_enough_and_less_is_not(cast: Cast, page_of: PageOf) -> None:
    event = Event.objects.get(chain__key=cast.inspection.chain, seq=1)
    client, asked = page_of(cast.auditor), {"chain": cast.inspection.chain, "seq": 1}
    assert "agree" in Page(client.get("/audit/", {**asked, "hash": event.hash[:8]})).text()
    assert client.get("/audit/", {**asked, "hash": event.hash[:7]}).status_code == 422


def test_an_auditor_sees_the_chains_of_their_own_organisation(cast: Cast, page_of: PageOf) -> None:
    elsewhere = unit("Another organisation")
    other = user("Other auditor", role=Role.AUDITOR, over=elsewhere)
    shown = Page(page_of(other).get("/audit/"))
    assert cast.inspection.title not in shown.text()
    assert cast.inspection.chain not in shown.html
    asked = {"chain": cast.inspection.chain, "seq": 1, "hash": "0" * 64}
    assert page_of(other).get("/audit/", asked).status_code == 422
    verify_chains(by=other, at=NOW + timedelta(hours=3))
    kind = Chain.KIND
    verified = Chain.objects.filter(pk__in=Event.objects.filter(kind=kind).values("object_id"))
    assert cast.inspection.chain not in verified.values_list("key", flat=True)


@pytest.mark.parametrize("who", ["office", "group", "inspector", "roads_officer", "system_admin", "superuser"])
def test_nobody_else_opens_the_auditors_page(cast: Cast, page_of: PageOf, who: str) -> None:
    client = page_of(getattr(cast, who))
    assert client.get("/audit/").status_code == 403
    assert client.post("/audit/verify/").status_code == 403
    assert Job.objects.count() == 0
