"""The first page after the log-in, by role: one's own work for units, the inspection for those who see the whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Appointment, Role
from issues.services import create_task_force
from measures.models import Measure, Milestone
from tests.factories import NOW, TODAY, Cast, evidence, inspection, user
from tests.html_pages import Page, followed

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
HOME = "/"
WORK = "//div[contains(@class, 'work-line')]"
BAR = "//div[contains(@class, 'action-bar')]"
OPEN_STAGES = "//div[contains(@class, 'alert-warning')]/ul/li"


def navigation(page: Page) -> list[str]:
    return page.texts("//nav[@class='side-nav']//a")


@pytest.mark.parametrize("who", ["office", "group", "leader", "inspector"])
def test_who_sees_the_whole_is_led_to_the_only_inspection(cast: Cast, page_of: PageOf, who: str) -> None:
    answer = page_of(getattr(cast, who)).get(HOME)
    assert (answer.status_code, answer["Location"]) == (302, reverse("inspection", args=[cast.inspection.code]))


def test_of_several_inspections_one_is_chosen(cast: Cast, page_of: PageOf) -> None:
    second = inspection(cast.organisation)
    page = Page(page_of(cast.leader).get(HOME))
    assert page.text("//h1") == "Inspections"
    links = page.tree.xpath("//table//th[@scope='row']/a/@href")
    assert set(links) == {reverse("inspection", args=[each.code]) for each in (cast.inspection, second)}
    assert page.tree.xpath(WORK) == []


def test_a_unit_sees_what_is_late_and_due_the_most_urgent_first(cast: Cast, page_of: PageOf) -> None:
    days = {"in a month": 30, "late": -4, "today": 0, "much later": 31, "soon": 9}
    for text, offset in days.items():
        cast.measure(text=text, deadline=TODAY + timedelta(days=offset))
    for status in ("submitted", "signed_off", "cancelled"):
        cast.measure(text=status, status=status, deadline=TODAY, cancellation_reason="Not needed any more")
    cast.measure(text="for ever", status="in_progress", mode="long_term", deadline=None)
    cast.measure(text="of the other unit", lead_unit=cast.parks, deadline=TODAY)
    cast.measure(text="with us", lead_unit=cast.parks, supporting_units=[cast.roads], deadline=TODAY)
    page = Page(page_of(cast.roads_officer).get(HOME))
    shown = [words.split(" ", 1)[1] for words in page.texts(f"{WORK}//p[1]/a")]
    assert shown == ["late", "today", "with us", "soon", "in a month"]
    assert "5 measures are late or due within 30 days, of 7 unfinished ones" in page.text()
    days_left = page.texts(f"{WORK}//p[@class='facts-line']/span[3]")
    assert days_left == ["4 days late", "due today", "due today", "9 days left", "30 days left"]


@pytest.mark.parametrize("who", ["roads_officer", "roads_head"])
def test_the_next_step_stands_beside_each_measure(cast: Cast, page_of: PageOf, who: str) -> None:
    planned = cast.measure(text="planned", deadline=TODAY)
    running = cast.measure(text="running", status="in_progress", deadline=TODAY + timedelta(days=1))
    cast.measure(text="helped", lead_unit=cast.parks, supporting_units=[cast.roads])
    client = page_of(getattr(cast, who))
    page = Page(client.get(HOME))
    lines = {line.xpath("string(.//p[1]/a)").split()[-1]: line for line in page.tree.xpath(WORK)}
    assert list(lines) == ["planned", "running", "helped"]
    assert lines["planned"].xpath(".//form/@action") == [reverse("start_measure", args=[planned.pk])]
    report = ".//a[contains(@class, 'btn')]/@href"
    assert lines["running"].xpath(report) == [reverse("report_progress", args=[running.pk])]
    assert lines["helped"].xpath(".//form") + lines["helped"].xpath(report) == [], "the lead unit starts it"
    started = followed(client, reverse("start_measure", args=[planned.pk]))
    assert started.toasts() == ["The measure is under way."]


def test_a_milestone_that_is_not_reached_comes_before_the_application(cast: Cast, page_of: PageOf) -> None:
    """On the list, on the page of the measure and on that of the application itself."""
    staged = cast.measure(status="in_progress", mode="staged", stages=[("Survey", TODAY)], deadline=TODAY)
    evidence(staged, by=cast.roads_officer)
    client = page_of(cast.roads_officer)
    shown = reverse("measure", args=[staged.pk])
    button = "//a[contains(@class, 'btn-primary')]/@href"
    report, apply = (reverse(verb, args=[staged.pk]) for verb in ("report_progress", "apply_for_sign_off"))
    assert Page(client.get(HOME)).tree.xpath(f"{WORK}{button}") == [report]
    assert Page(client.get(shown)).tree.xpath(f"{BAR}{button}") == [report]
    page = Page(client.get(apply))
    assert [words.split(" ·")[0] for words in page.texts(OPEN_STAGES)] == ["Survey"]
    Milestone.objects.filter(measure=staged).update(reached_on=TODAY)
    assert Page(client.get(HOME)).tree.xpath(f"{WORK}{button}") == [apply]
    assert Page(client.get(shown)).tree.xpath(f"{BAR}{button}") == [apply]
    assert not Page(client.get(apply)).tree.xpath(OPEN_STAGES)


def test_only_the_most_urgent_forty_are_shown_and_it_is_said(cast: Cast, page_of: PageOf, queries: Any) -> None:
    client, under = page_of(cast.roads_officer), cast.issue()
    for offset in range(3):
        cast.measure(issue=under, deadline=TODAY + timedelta(days=offset), supporting_units=[cast.parks])
    few = queries(lambda: client.get(HOME))
    for offset in range(3, 45):
        cast.measure(issue=under, deadline=TODAY + timedelta(days=offset % 29), supporting_units=[cast.parks])
    page = Page(client.get(HOME))
    assert len(page.tree.xpath(WORK)) == 40
    assert "45 measures are late or due within 30 days" in page.text()
    assert "Only the 40 most urgent ones are shown" in page.text()
    assert queries(lambda: client.get(HOME)) == few


def test_a_unit_with_nothing_to_do_is_told_so(cast: Cast, page_of: PageOf) -> None:
    assert "Nothing is late or due within 30 days" in Page(page_of(cast.roads_officer).get(HOME)).text()


def test_who_holds_a_role_in_a_unit_and_over_the_whole_sees_both(cast: Cast, page_of: PageOf) -> None:
    Appointment.objects.create(user=cast.roads_head, role=Role.LEADER, unit=cast.organisation)
    cast.measure(lead_unit=cast.parks, deadline=TODAY)
    page = Page(page_of(cast.roads_head).get(HOME))
    assert page.text("//h1") == "My work"
    assert len(page.tree.xpath(WORK)) == 1
    assert page.texts("//table//th[@scope='row']/a") == [cast.inspection.title]


def test_a_member_of_a_task_force_is_led_to_its_inspection(cast: Cast, page_of: PageOf) -> None:
    member = user("Member")
    assert "No inspection is visible to you" in Page(page_of(member).get(HOME)).text()
    force = create_task_force(inspection=cast.inspection, name="Force", members=[member], by=None, at=NOW)
    cast.issue(task_force=force)
    assert page_of(member).get(HOME)["Location"] == reverse("inspection", args=[cast.inspection.code])


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("system_admin", "You administer accounts and settings"),
        ("superuser", "You administer accounts and settings"),
        ("auditor", "You verify the trail of all changes"),
        ("stranger", "No inspection is visible to you"),
    ],
)
def test_who_sees_no_inspection_is_told_what_to_do(cast: Cast, page_of: PageOf, who: str, told: str) -> None:
    cast.measure()
    assert told in Page(page_of(getattr(cast, who)).get(HOME)).text()


def test_an_appointment_that_has_ended_shows_nothing_any_more(cast: Cast, page_of: PageOf) -> None:
    cast.measure(deadline=TODAY)
    Appointment.objects.filter(user=cast.roads_officer).update(until=TODAY)
    client = page_of(cast.roads_officer)
    assert len(Page(client.get(HOME)).tree.xpath(WORK)) == 1, "its last day is part of it"
    Appointment.objects.filter(user=cast.roads_officer).update(until=TODAY - timedelta(days=1))
    page = Page(client.get(HOME))
    assert "No inspection is visible to you" in page.text()
    assert navigation(page) == ["Rectification bulletins"], "which everybody of the organisation reads"
    assert Measure.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "entries"),
    [
        ("office", ["Dashboard", "Ledger", "Sign-off", "Rectification bulletins", "Extensions", "Import", "Settings"]),
        ("group", ["Dashboard", "Ledger", "Sign-off", "Rectification bulletins", "Extensions"]),
        ("leader", ["Dashboard", "Ledger", "Sign-off", "Rectification bulletins"]),
        ("inspector", ["Dashboard", "Ledger", "Sign-off", "Rectification bulletins"]),
        ("roads_officer", ["My work", "Dashboard", "Ledger", "Sign-off", "Rectification bulletins"]),
        ("roads_head", ["My work", "Dashboard", "Ledger", "Sign-off", "Rectification bulletins"]),
        ("stranger", ["Rectification bulletins", "Extensions", "Import"]),
        ("auditor", ["Rectification bulletins", "Audit trail"]),
        ("system_admin", ["Rectification bulletins", "Accounts", "Sending of messages", "Calendar", "Style guide"]),
        ("superuser", ["Accounts", "Sending of messages", "Calendar", "Style guide"]),
    ],
)
def test_the_navigation_has_what_the_person_can_use(cast: Cast, page_of: PageOf, who: str, entries: list[str]) -> None:
    """And nothing else: each entry opens."""
    cast.measure()
    client = page_of(getattr(cast, who))
    page = Page(client.get(reverse("account")))
    assert navigation(page) == entries
    for link in page.tree.xpath("//nav[@class='side-nav']//a/@href"):
        assert client.get(link, follow=True).status_code == 200, link
