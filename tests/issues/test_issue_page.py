"""The page of an issue: what it shows, and the office's work on it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from issues.models import Issue
from issues.services import create_task_force
from measures.services import hand_over_duties
from tests.factories import NOW, TODAY, Cast, claim, inspection, issue, problem
from tests.html_pages import Page, followed
from tests.measures.trail_checks import REASON, event, events, rows

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
CARDS = "//div[contains(@class, 'measure-card')]"
HISTORY = "//ol[@class='timeline']/li"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(cast: Cast, page_of: PageOf) -> Client:
    return page_of(cast.office)


def issue_page(client: Client, issue: Issue) -> Page:
    answer = client.get(reverse("issue", args=[issue.pk]))
    assert answer.status_code == 200
    return Page(answer)


def facts(page: Page) -> dict[str, str]:
    return dict(zip(page.texts("//dl[@class='facts']/dt"), page.texts("//dl[@class='facts']/dd"), strict=True))


def typed(issue: Issue, **changed: Any) -> dict[str, Any]:
    """What the browser sends when the form is filled as it is, but for `changed`."""
    leader, lead_unit, force = issue.leader_id or "", issue.lead_unit_id or "", issue.task_force_id or ""
    plan = {"text": issue.text, "goal": issue.goal, "leader": leader, "lead_unit": lead_unit, "task_force": force}
    return {**plan, **changed}


def test_the_page_shows_who_answers_for_the_issue_and_what_is_to_be_reached(cast: Cast, page: Client) -> None:
    force = create_task_force(inspection=cast.inspection, name="Street force", by=None, at=NOW)
    full = cast.issue(
        text="The lamps are dark",
        goal="Every lamp burns",
        leader=cast.leader,
        lead_unit=cast.roads,
        task_force=force,
        is_sustained=True,
        status="rectified",
        completion="basically_done",
        outcome_before="The bureau held a meeting.",
        outcome_after="Since then all lamps burn.",
    )
    answer = issue_page(page, full)
    assert answer.text("//h1") == "The lamps are dark"
    assert answer.texts("//div[@class='page-head']//span[contains(@class, 'chip')]") == ["rectified", "to be kept up"]
    assert facts(answer) == {
        "Goal": "Every lamp burns",
        "Responsible leader": "Leader",
        "Lead unit": "Roads",
        "Task force": "Street force",
        "Conclusion": "basically done",
    }
    assert answer.texts("//p[@class='prose']") == ["The bureau held a meeting.", "Since then all lamps burn."]
    assert facts(issue_page(page, cast.issue())) == {"Responsible leader": "—", "Lead unit": "—"}


def test_the_way_up_leaves_out_levels_without_a_title(cast: Cast, page: Client) -> None:
    below = issue(cast.inspection, under=problem(cast.inspection, area=2))
    cast.measure(issue=below)
    cast.measure()
    crumbs = "//nav[@aria-label='Where you are']//li"
    answer = issue_page(page, below)
    assert answer.texts(crumbs) == [
        cast.inspection.title,
        "Ledger",
        "Area 2",
        "Category 1",
        f"Issue {below.code}",
    ]
    for link in answer.tree.xpath(f"{crumbs}/a/@href")[2:]:
        assert Page(page.get(link)).counted() == (1, 1)
    area = below.problem.category.area
    type(area).objects.filter(pk=area.pk).update(title="")
    assert "Area 2" not in issue_page(page, below).texts(crumbs)


def test_each_measure_is_a_card_with_its_state_its_light_and_its_days(cast: Cast, page: Client) -> None:
    under = cast.issue()
    plan = [("in_progress", -2), ("planned", 10), ("planned", 11), ("submitted", -5), ("signed_off", -9)]
    for status, days in [*plan, ("cancelled", -1)]:
        deadline = TODAY + timedelta(days=days)
        cast.measure(issue=under, text="Do", status=status, deadline=deadline, cancellation_reason=REASON)
    cast.measure(issue=under, text="Do", status="planned", leader=None, lead_unit=None, deadline=None)
    answer = issue_page(page, under)
    facts_of_cards = [
        "in progress overdue 红 Leader Roads 02/28/2026 2 days late",
        "planned due soon 黄 Leader Roads 03/12/2026 10 days left",
        "planned on course 绿 Leader Roads 03/13/2026",
        "under review on course 绿 Leader Roads 02/25/2026",
        "signed off signed off 蓝 Leader Roads 02/21/2026",
        "cancelled Leader Roads 03/01/2026",
        "planned on course 绿 — —",
    ]
    assert answer.texts(f"{CARDS}/p[2]") == facts_of_cards
    assert answer.texts("//h2")[0] == "7 measures"
    assert answer.texts("//ul[@class='legend']/li") == [
        "signed off 1",
        "under review 1",
        "overdue 1",
        "planned 3",
        "cancelled 1",
    ]
    assert answer.tree.xpath(f"{CARDS}/p[1]/a/@href") == [
        reverse("measure", args=[measure.pk]) for measure in under.measures.order_by("sort_key")
    ]


def test_an_issue_without_measures_leads_the_office_to_the_first_one(cast: Cast, page: Client, page_of: PageOf) -> None:
    bare = cast.issue()
    plan = reverse("plan_measure", args=[bare.pk])
    assert plan in issue_page(page, bare).tree.xpath("//div[@class='empty-state']/a/@href")
    answer = issue_page(page_of(cast.leader), bare)
    assert "No measure yet" in answer.text()
    assert answer.tree.xpath("//main//a[contains(@href, 'plan-measure') or contains(@href, 'edit')]") == []


def test_a_new_measure_takes_leader_and_unit_from_the_issue(cast: Cast, page: Client) -> None:
    under = cast.issue(leader=cast.roads_head, lead_unit=cast.parks)
    form = Page(page.get(reverse("plan_measure", args=[under.pk])))
    assert (form.typed("leader"), form.typed("lead_unit")) == (str(cast.roads_head.pk), str(cast.parks.pk))
    plan = {"text": "Plant", "mode": "time_limited", "leader": cast.leader.pk, "lead_unit": cast.roads.pk}
    plan |= {"deadline": "2026-05-01", "stages-TOTAL_FORMS": 0, "stages-INITIAL_FORMS": 0}
    answer = followed(page, reverse("plan_measure", args=[under.pk]), plan)
    assert answer.toasts() == ["The measure was planned."]
    assert answer.texts(f"{CARDS}/p[1]/a") == [f"{under.code}-01 Plant"]
    under.refresh_from_db()
    assert under.leader == cast.roads_head, "the issue stays as it was"


@pytest.mark.parametrize("status", ["awaiting_closure", "rectified"])
def test_no_measure_is_added_to_a_closed_issue(cast: Cast, page: Client, status: str) -> None:
    closed = cast.issue(status=status, completion="done")
    before = rows()
    plan = {"text": "Plant", "mode": "time_limited", "leader": cast.leader.pk, "lead_unit": cast.roads.pk}
    plan |= {"deadline": "2026-05-01", "stages-TOTAL_FORMS": 0, "stages-INITIAL_FORMS": 0}
    answer = Page(page.post(reverse("plan_measure", args=[closed.pk]), plan))
    assert (answer.status, answer.typed("text")) == (422, "Plant")
    assert answer.errors() == {"": "No measure can be added to an issue that is closed or awaits closure."}
    assert rows() == before


def test_the_office_edits_an_issue_and_the_history_tells_old_and_new(cast: Cast, page: Client) -> None:
    force = create_task_force(inspection=cast.inspection, name="Street force", by=None, at=NOW)
    edited = cast.issue(text="The lamps are dark", leader=cast.leader)
    assert issue_page(page, edited).texts(HISTORY) == []
    address = reverse("edit_issue", args=[edited.pk])
    form = Page(page.get(address))
    assert (form.typed("text"), form.typed("leader")) == ("The lamps are dark", str(cast.leader.pk))
    changed = {"goal": "Light", "leader": cast.roads_head.pk, "task_force": force.pk, "is_sustained": "on"}
    answer = followed(page, address, typed(edited, **changed))
    assert answer.toasts() == ["The issue was saved."]
    assert answer.texts(HISTORY) == [
        f"03/02/2026 9 a.m. · Office ({cast.office.username}) changed the plan goal — → Light"
        " to be kept up no → yes responsible leader Leader → Roads head task force — → Street force"
    ]
    assert facts(answer)["Task force"] == "Street force"
    assert event("edit_issue")[0] == cast.office.pk


def test_saving_without_a_change_leaves_no_trace(cast: Cast, page: Client) -> None:
    same = cast.issue(goal="Light", leader=cast.leader, lead_unit=cast.roads)
    before = rows()
    followed(page, reverse("edit_issue", args=[same.pk]), typed(same))
    assert rows() == before


@pytest.mark.parametrize(
    ("status", "changed", "errors"),
    [
        ("open", {"text": "  "}, {"text": "This field is required."}),
        ("open", {"leader": "999999"}, {"leader": "Select a valid choice. That choice is not one of the available"}),
        ("awaiting_closure", {}, {"": "An issue that is closed or awaits closure can no longer be edited."}),
        ("rectified", {}, {"": "An issue that is closed or awaits closure can no longer be edited."}),
    ],
)
def test_a_refusal_keeps_what_was_typed(
    cast: Cast, page: Client, status: str, changed: dict[str, str], errors: dict[str, str]
) -> None:
    refused = cast.issue(status=status, completion="done" if status == "rectified" else "")
    before = rows()
    answer = Page(page.post(reverse("edit_issue", args=[refused.pk]), typed(refused, goal="A new goal", **changed)))
    assert (answer.status, list(answer.errors())) == (422, list(errors))
    assert all(answer.errors()[name].startswith(words) for name, words in errors.items())
    assert answer.typed("goal") == "A new goal"
    assert rows() == before


def test_only_people_units_and_task_forces_of_the_organisation_can_be_chosen(cast: Cast, page: Client) -> None:
    other = inspection(cast.organisation)
    create_task_force(inspection=other, name="Of another round", by=None, at=NOW)
    create_task_force(inspection=cast.inspection, name="Of this round", by=None, at=NOW)
    form = Page(page.get(reverse("edit_issue", args=[cast.issue().pk])))
    assert form.choices("task_force") == ["Of this round"]
    assert form.choices("leader") == ["Group", "Leader", "Roads head"]
    assert form.choices("lead_unit") == ["Bureau", "Roads", "Parks", "Another bureau"], "units outside may lead too"


@pytest.mark.parametrize(("who", "status"), [("group", 403), ("leader", 403), ("roads_head", 403), ("stranger", 404)])
def test_nobody_else_edits_it(cast: Cast, page_of: PageOf, who: str, status: int) -> None:
    of_roads = cast.measure().issue
    client, before = page_of(getattr(cast, who)), rows()
    for verb in ("edit_issue", "plan_measure"):
        address = reverse(verb, args=[of_roads.pk])
        assert client.get(address).status_code == status
        assert client.post(address, typed(of_roads, text="Changed")).status_code == status
    assert rows() == before


def test_handing_over_duties_shows_in_the_history_of_the_issue(cast: Cast, page: Client) -> None:
    led = cast.issue(leader=cast.leader)
    people = {"from_leader": cast.leader, "to_leader": cast.roads_head, "by": cast.office}
    hand_over_duties(inspection=cast.inspection, reason=REASON, at=NOW, **people)
    assert "responsible leader Leader → Roads head" in issue_page(page, led).texts(HISTORY)[0]
    assert len(events("edit_issue")) == 1


def test_what_a_notice_claims_is_marked_as_nobodys_decision(cast: Cast, page: Client) -> None:
    claimed, plain = cast.issue(), cast.issue()
    claim(claimed, title="Notice of results", words="Put right, to be kept up", line=41, is_sustained=True)
    answer = facts(issue_page(page, claimed))
    assert answer["Imported claim"] == (
        "done · to be kept up Put right, to be kept up"
        " What “Notice of results” says in line 41; it has not been decided here."
    )
    assert "Conclusion" not in answer
    assert issue_page(page, claimed).texts("//div[@class='page-head']//span[contains(@class, 'chip')]") == ["open"]
    assert "Imported claim" not in facts(issue_page(page, plain))


def test_what_was_typed_is_shown_as_text_and_never_run(cast: Cast, page: Client) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    answer = issue_page(page, cast.issue(text=nasty, goal=nasty, outcome_before=nasty, outcome_after=nasty))
    assert "<img" not in answer.html
    assert answer.text("//h1") == nasty


@pytest.mark.parametrize("who", ["office", "roads_officer"])
def test_the_cost_does_not_grow_with_measures_or_history(
    cast: Cast, page: Client, page_of: PageOf, queries: Any, who: str
) -> None:
    under = cast.issue()
    client, address = page_of(getattr(cast, who)), reverse("issue", args=[under.pk])

    def more(times: int) -> None:
        for number in range(times):
            cast.measure(issue=under, supporting_units=[cast.parks], deadline=TODAY - timedelta(days=number))
            followed(page, reverse("edit_issue", args=[under.pk]), typed(under, goal=f"Goal {under.measures.count()}"))

    more(1)
    few = queries(lambda: client.get(address))
    more(12)
    assert queries(lambda: client.get(address)) == few
    assert few <= 14
