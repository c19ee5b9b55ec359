"""The pages of sign-off as people in roles use them: apply, withdraw, queue, review, earlier rounds, closing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import Event
from files.services import store_upload
from issues.models import Issue
from measures.models import Measure
from measures.services import add_evidence, add_version
from signoffs.models import Application
from signoffs.services import accept_application, apply_for_sign_off, return_application
from tests.factories import NOW, TODAY, Cast, sign_off
from tests.html_pages import Page, followed

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
SAID = "All twelve kilometres were replaced and the leakage fell to nine per cent."
WHY = "The photographs do not show the second stretch."


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        yield


def file(name: str, cast: Cast, text: str = "") -> Any:
    return store_upload(stream=BytesIO(f"{name} {text}".encode()), name=name, by=cast.roads_officer, at=NOW)


def under_way(cast: Cast, *, when: datetime = NOW, **fields: Any) -> Measure:
    """A measure that is under way, with one file."""
    measure = cast.measure(status="in_progress", **fields)
    add_evidence(file=file("Report.txt", cast, measure.text), measure=measure, by=cast.roads_officer, at=when)
    return measure


def applied(cast: Cast, *, when: datetime = NOW, **fields: Any) -> Application:
    measure = under_way(cast, when=when, **fields)
    return apply_for_sign_off(measure=measure, statement=SAID, by=cast.roads_officer, at=when)


def at_group(cast: Cast, **fields: Any) -> Application:
    application = applied(cast, **fields)
    accept_application(application=application, step=1, by=cast.office, at=NOW)
    return application


def address(verb: str, subject: Any) -> str:
    return reverse(verb, args=[subject.pk])


def test_an_officer_sees_what_will_be_frozen_and_applies(cast: Cast, page_of: PageOf) -> None:
    measure, client = under_way(cast), page_of(cast.roads_officer)
    page = Page(client.get(address("apply_for_sign_off", measure)))
    version = measure.evidence.get().latest
    assert "Report.txt" in page.text()
    assert version.file.sha256 in page.text()
    assert "1. Review by the office · rectification office → 2. Decision of the group · leading group" in page.text()
    shown = followed(client, address("apply_for_sign_off", measure), {"statement": SAID})
    assert shown.toasts() == ["The application was submitted."]
    application = Application.objects.get(measure=measure)
    assert (application.status, application.statement) == ("pending", SAID)
    assert "currently with: Review by the office" in shown.text()


def test_without_evidence_one_is_sent_to_upload_first(cast: Cast, page_of: PageOf) -> None:
    measure, client = cast.measure(status="in_progress"), page_of(cast.roads_officer)
    page = Page(client.get(address("apply_for_sign_off", measure)))
    assert page.tree.xpath("//div[@class='empty-state']/a/@href") == [address("add_evidence", measure)]
    assert page.tree.xpath("//textarea") == []
    assert client.post(address("apply_for_sign_off", measure), {"statement": SAID}).status_code == 422
    assert Application.objects.count() == 0


def test_a_statement_that_says_too_little_is_refused_and_kept(cast: Cast, page_of: PageOf) -> None:
    measure, client = under_way(cast), page_of(cast.roads_officer)
    response = client.post(address("apply_for_sign_off", measure), {"statement": "Done."})
    page = Page(response)
    assert (response.status_code, page.typed("statement")) == (422, "Done.")
    assert "ten characters" in page.errors()["statement"]


@pytest.mark.parametrize(
    ("who", "status"), [("office", 403), ("group", 403), ("inspector", 403), ("parks_officer", 404)]
)
def test_only_the_lead_unit_applies(cast: Cast, page_of: PageOf, who: str, status: int) -> None:
    measure, client = under_way(cast), page_of(getattr(cast, who))
    assert client.get(address("apply_for_sign_off", measure)).status_code == status
    assert client.post(address("apply_for_sign_off", measure), {"statement": SAID}).status_code == status


def test_who_applied_withdraws_with_a_reason_and_nobody_else(cast: Cast, page_of: PageOf) -> None:
    application = applied(cast)
    for who, status in {"roads_head": 403, "office": 403, "parks_officer": 404}.items():
        answer = page_of(getattr(cast, who)).post(address("withdraw_application", application), {"reason": WHY})
        assert answer.status_code == status
    client = page_of(cast.roads_officer)
    assert "ten characters" in Page(client.post(address("withdraw_application", application))).errors().get(
        "reason", "ten characters"
    )
    page = followed(client, address("withdraw_application", application), {"reason": WHY})
    assert page.toasts() == ["The application was withdrawn; the work goes on."]
    assert WHY in page.text()
    measure = Measure.objects.get(pk=application.measure_id)
    assert measure.status == "in_progress"


def test_the_queue_has_the_oldest_first_with_age_deadline_and_unit(cast: Cast, page_of: PageOf) -> None:
    late = applied(cast, text="Second", deadline=TODAY - timedelta(days=2))
    first = applied(cast, text="First")
    with time_machine.travel(NOW, tick=False):
        assert Application.objects.get(pk=first.pk).applied_at == late.applied_at, "equal times: the first made first"
    page = Page(page_of(cast.office).get(reverse("signoffs")))
    rows = page.texts("//table//tbody/tr")
    assert [("Second" in rows[0]), ("First" in rows[1])] == [True, True]
    assert "2 days late" in rows[0]
    assert "Roads" in rows[0]
    assert "2 applications wait for your decision" in page.text()
    assert "Waiting for me 2" in page.text()
    assert page.texts("//nav[@class='side-nav']//span[@class='nav-count']") == ["2"]
    assert "Nothing is waiting for you" in Page(page_of(cast.group).get(reverse("signoffs") + "?tab=waiting")).text()


def test_a_queue_costs_the_same_for_one_and_for_thirty(cast: Cast, page_of: PageOf, queries: Any) -> None:
    client = page_of(cast.office)
    applied(cast)
    few = {tab: queries(lambda t=tab: client.get(f"/signoffs/?tab={t}")) for tab in ("waiting", "decided", "all")}
    for _each in range(12):
        applied(cast)
    assert {tab: queries(lambda t=tab: client.get(f"/signoffs/?tab={t}")) for tab in few} == few


def test_an_application_is_seen_by_who_sees_the_measure(cast: Cast, page_of: PageOf) -> None:
    application = applied(cast)
    for who in ("office", "group", "leader", "inspector", "roads_officer", "roads_head"):
        assert page_of(getattr(cast, who)).get(address("application", application)).status_code == 200
    for who in ("parks_officer", "stranger", "auditor", "system_admin", "superuser"):
        client = page_of(getattr(cast, who))
        assert client.get(address("application", application)).status_code == 404
        assert "Report" not in client.get("/signoffs/?tab=all").content.decode()


def test_a_reviewer_accepts_and_the_next_that_waits_opens(cast: Cast, page_of: PageOf) -> None:
    first, second = applied(cast), applied(cast, text="The next one")
    client = page_of(cast.office)
    page = Page(client.get(address("application", first)))
    assert "The application goes on to the next step: Decision of the group." in page.text()
    assert page.one("//a[@data-key='j']/@href") == address("application", second)
    assert "1 of 2 that wait for you" in page.text()
    shown = followed(client, address("accept_application", first), {"step": 1, "note": ""})
    assert shown.toasts() == [f"Accepted: {first.code}"]
    assert "The next one" in shown.text("//h1")
    last = followed(client, address("accept_application", second), {"step": 1})
    assert "Nothing is waiting for you" in last.text() or "All applications" in last.text()
    first.refresh_from_db()
    assert (first.step, first.status) == (2, "pending")


def test_the_group_signs_off_with_the_minutes_of_a_meeting(cast: Cast, page_of: PageOf) -> None:
    application, client = at_group(cast), page_of(cast.group)
    page = Page(client.get(address("application", application)))
    assert "This is the last step: the measure is signed off" in page.text()
    half = client.post(address("accept_application", application), {"step": 2, "meeting_on": "2026-03-02"})
    assert (half.status_code, "minute_number" in Page(half).html) == (422, True)
    meeting = {"meeting_on": "2026-03-02", "minute_number": "7"}
    followed(client, address("accept_application", application), {"step": 2, **meeting})
    measure = Measure.objects.get(pk=application.measure_id)
    assert measure.status == "signed_off"
    assert application.decisions.get(step=2).minute_number == "7"
    shown = Page(client.get(address("application", application)))
    assert "minutes 7" in shown.text()
    assert shown.tree.xpath("//form[contains(@action, '/accept/')]") == [], "nothing is left to decide"


@pytest.mark.parametrize(
    ("typed", "field"), [({"reason": WHY}, "ground"), ({"ground": "other", "reason": "No."}, "reason")]
)
def test_a_return_needs_ground_and_reason_and_keeps_what_was_typed(
    cast: Cast, page_of: PageOf, typed: dict[str, str], field: str
) -> None:
    application = applied(cast)
    response = page_of(cast.office).post(address("return_application", application), {"step": 1, **typed})
    page = Page(response)
    assert response.status_code == 422
    assert f"return_{field}" in page.errors()
    assert page.one("//form[contains(@action, '/return/')]//textarea").text.strip() == typed["reason"]
    assert page.tree.xpath("//details[@data-key='r']/@open"), "the form that was sent stays open"
    assert application.decisions.count() == 0


def test_a_return_says_why_and_the_next_round_says_what_changed(cast: Cast, page_of: PageOf) -> None:
    application = applied(cast)
    client = page_of(cast.office)
    followed(client, address("return_application", application), {"step": 1, "ground": "weak_measure", "reason": WHY})
    measure = Measure.objects.get(pk=application.measure_id)
    assert measure.status == "in_progress"
    mine = Page(page_of(cast.roads_officer).get("/"))
    assert mine.text("//p[@class='prose']").split(" : ") == ["the measure is weak", WHY]
    by: dict[str, Any] = {"by": cast.roads_officer, "at": NOW + timedelta(hours=3)}
    add_version(evidence=measure.evidence.get(), file=file("Report 2.txt", cast), **by)
    add_evidence(file=file("Photo list.txt", cast), measure=measure, **by)
    again = apply_for_sign_off(measure=measure, statement=SAID, **by)
    page = Page(client.get(address("application", again)))
    assert page.texts("(//ul[contains(@class, 'file-list')])[1]/li//span[contains(@class, 'chip')]") == [
        "replaced",
        "added",
    ]
    assert WHY in page.text("//details[summary[contains(., 'Round 1')]]")
    assert "There is a later application, round 2." in Page(client.get(address("application", application))).text()


def test_who_was_first_is_said_to_who_comes_second(cast: Cast, page_of: PageOf) -> None:
    application = applied(cast)
    return_application(application=application, step=1, ground="other", reason=WHY, by=cast.office, at=NOW)
    client = page_of(cast.office)
    page = followed(client, address("accept_application", application), {"step": 1})
    assert page.toasts() == ["Office was first: Review by the office, returned."]
    assert application.decisions.count() == 1


def test_nobody_decides_on_their_own_application_nor_two_steps(cast: Cast, page_of: PageOf) -> None:
    cast.roads_officer.appointments.create(role="office", unit=cast.organisation)
    cast.office.appointments.create(role="group", unit=cast.organisation)
    own = applied(cast)
    client = page_of(cast.roads_officer)
    page = Page(client.get(address("application", own)))
    assert "You cannot decide on your own application." in page.text()
    assert page.tree.xpath("//details[@data-key]") == []
    answer = client.post(address("accept_application", own), {"step": 1})
    assert answer.status_code == 403
    second = at_group(cast)
    office = page_of(cast.office)
    assert "You decided an earlier step" in Page(office.get(address("application", second))).text()
    assert office.post(address("accept_application", second), {"step": 2}).status_code == 403
    assert Event.objects.filter(verb="accept_application").count() == 1


@pytest.mark.parametrize("who", ["roads_officer", "leader", "inspector", "group"])
def test_other_roles_get_no_decision_and_are_refused(cast: Cast, page_of: PageOf, who: str) -> None:
    application, client = applied(cast), page_of(getattr(cast, who))
    assert Page(client.get(address("application", application))).tree.xpath("//details[@data-key]") == []
    for verb in ("accept_application", "return_application"):
        data = {"step": 1, "ground": "other", "reason": WHY}
        assert client.post(address(verb, application), data).status_code == 403
    assert application.decisions.count() == 0


def test_all_that_one_sees_can_be_filtered(cast: Cast, page_of: PageOf) -> None:
    applied(cast, text="Renew the pipes")
    done = cast.measure(text="Paint the fence", status="in_progress")
    sign_off(done)
    client = page_of(cast.inspector)

    def listed(query: str) -> list[str]:
        return Page(client.get(f"/signoffs/?tab=all&{query}")).texts("//tbody//a[@class='measure-text']")

    assert len(listed("")) == 2
    assert ["pipes" in row for row in listed("status=pending")] == [True]
    assert ["fence" in row for row in listed("status=accepted")] == [True]
    assert ["fence" in row for row in listed("q=fence")] == [True]
    assert listed("kind=closure") == []
    assert listed(f"unit={cast.parks.pk}") == []


def closable(cast: Cast) -> Issue:
    issue = cast.issue(lead_unit=cast.roads, status="in_rectification")
    sign_off(cast.measure(issue=issue, status="in_progress"))
    return issue


def test_an_issue_is_applied_for_and_closed_with_its_conclusion(cast: Cast, page_of: PageOf) -> None:
    issue, officer = closable(cast), page_of(cast.roads_officer)
    assert officer.get(address("issue", issue)).content.decode().count(address("apply_for_closure", issue)) == 1
    typed = {"statement": SAID, "completion": "basically_done", "is_sustained": "on"}
    response = officer.post(address("apply_for_closure", issue), typed)
    assert "upkeep" in Page(response).errors()
    page = followed(officer, address("apply_for_closure", issue), {**typed, "upkeep": "Checked every quarter."})
    assert "Round 1" in page.text()
    application = Application.objects.get(issue=issue, measure=None)
    followed(page_of(cast.office), address("accept_application", application), {"step": 1})
    shown = Page(page_of(cast.group).get(address("application", application)))
    assert "the issue is rectified" in shown.text()
    assert "basically done" in shown.text()
    followed(page_of(cast.group), address("accept_application", application), {"step": 2})
    issue.refresh_from_db()
    assert (issue.status, issue.completion, issue.is_sustained) == ("rectified", "basically_done", True)
    history = Page(officer.get(address("issue", issue))).texts("//ol[@class='timeline']/li//strong")
    assert history[:2] == ["accepted the application", "closed the issue"]


def test_an_issue_with_open_measures_is_not_offered_for_closing(cast: Cast, page_of: PageOf) -> None:
    issue = closable(cast)
    cast.measure(issue=issue, status="in_progress")
    client = page_of(cast.roads_officer)
    page = Page(client.get(address("issue", issue)))
    assert "1 measure is not signed off yet" in page.text()
    assert address("apply_for_closure", issue) not in page.html
    typed = {"statement": SAID, "completion": "done"}
    assert client.post(address("apply_for_closure", issue), typed).status_code == 422
    assert page_of(cast.office).get(address("apply_for_closure", issue)).status_code == 403


def test_the_page_of_the_measure_tells_the_line_and_the_history(cast: Cast, page_of: PageOf) -> None:
    application = at_group(cast)
    accept_application(application=application, step=2, by=cast.group, at=NOW + timedelta(minutes=5))
    client = page_of(cast.roads_officer)
    page = Page(client.get(address("measure", application.measure) + "?tab=history"))
    verbs = page.texts("//ol[@class='timeline']/li//strong")
    assert verbs[:4] == [
        "accepted the application",
        "accepted the application",
        "applied for sign-off",
        "added evidence",
    ]
    current = page.text("//ol[@class='steps']/li[@aria-current]")
    assert current.startswith("signed off")
    assert "Group" in current
    rounds = Page(client.get(address("measure", application.measure) + "?tab=applications")).text()
    assert "Decision of the group: accepted · Group" in rounds
