"""The pages of measures: what is said after each verb, what a refusal looks like, who is turned away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Appointment, Role
from measures.models import Extension, Measure
from tests.factories import NOW, TODAY, Cast
from tests.html_pages import Page, followed
from tests.measures.trail_checks import REASON, rows

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
Typed = dict[str, Any]
LATER = str(TODAY + timedelta(days=60))
SHORT = "Give a reason of at least ten characters."
NO_STAGES = {"stages-TOTAL_FORMS": "0", "stages-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class Situation:
    """A measure of Roads under way, with milestones, for which Roads requested an extension where it says so."""

    def __init__(self, cast: Cast, *, status: str, pending: bool) -> None:
        self.cast = cast
        stages = [("Survey", TODAY + timedelta(days=5)), ("Works", TODAY + timedelta(days=20))]
        self.measure = cast.measure(status=status, stages=stages)
        self.extension = self._ask() if pending else None

    def _ask(self) -> Extension:
        return Extension.objects.create(
            measure=self.measure,
            old_deadline=self.measure.deadline,
            new_deadline=LATER,
            reason=REASON,
            requested_by=self.cast.roads_officer,
            requested_at=NOW,
        )

    def address(self, verb: str) -> str:
        if verb == "plan_measure":
            return reverse(verb, args=[self.measure.issue_id])
        if verb == "hand_over_duties":
            return reverse(verb, args=[self.measure.inspection.code])
        return reverse(verb, args=[self.extension.pk if self.extension else self.measure.pk])

    def led_to(self, verb: str) -> str:
        """Where one is led after the verb."""
        if verb == "plan_measure":
            return reverse("issue", args=[self.measure.issue_id])
        if verb == "hand_over_duties":
            return reverse("ledger", args=[self.measure.inspection.code])
        return reverse("measure", args=[self.measure.pk])

    def typed(self, values: Typed) -> Typed:
        """Fill in ids where a case names people and units."""
        ids = {"@leader": self.cast.leader, "@head": self.cast.roads_head, "@roads": self.cast.roads}
        ids["@parks"] = self.cast.parks
        return {name: str(ids[value].pk) if value in ids else value for name, value in values.items()}


@dataclass
class Case:
    """A verb: who uses it, on what; what is typed and what is said; what is typed wrongly, where it is said."""

    verb: str
    who: str
    saved: str
    typed: Typed
    wrong: Typed
    errors: dict[str, str]
    turned_away: str
    status: str = "in_progress"
    pending: bool = False
    first: Typed = field(default_factory=dict)  # fields of the measure that somebody changed meanwhile

    def __str__(self) -> str:
        return f"{self.verb} {'+'.join(self.errors) or 'done'}"


PLAN: Typed = {"text": "Mend it", "mode": "time_limited", "leader": "@leader", "lead_unit": "@roads"}
PLAN |= {"deadline": LATER, "handler": "Section two", "remarks": "As agreed", **NO_STAGES}
AS_IT_IS: Typed = {**PLAN, "deadline": str(TODAY + timedelta(days=30))}
CASES = [
    Case(
        "plan_measure",
        "office",
        "The measure was planned.",
        PLAN,
        {**PLAN, "mode": "staged"},
        {"": "A staged measure needs at least one milestone."},
        "group",
    ),
    Case(
        "plan_measure",
        "office",
        "The measure was planned.",
        {**PLAN, "mode": "long_term", "deadline": ""},
        {**PLAN, "deadline": ""},
        {"deadline": "A measure needs a deadline; only long-term ones may go without."},
        "roads_head",
    ),
    Case(
        "edit_measure",
        "office",
        "The plan was saved.",
        AS_IT_IS,
        {**AS_IT_IS, "deadline": LATER},
        {"deadline": "A measure that was started gets another deadline by an extension only."},
        "leader",
    ),
    Case(
        "report_progress",
        "roads_officer",
        "The report was saved.",
        {"text": "Half of the road is done"},
        {"text": "Half of the road is done"},
        {"": "Progress is reported on a measure that is under way. Start it first."},
        "office",
        first={"status": "planned"},
    ),
    Case(
        "hand_over",
        "office",
        "It was handed over.",
        {"leader": "@head", "lead_unit": "@parks", "reason": REASON},
        {"leader": "@leader", "lead_unit": "@roads", "reason": REASON},
        {"leader": "Choose another leader or another lead unit."},
        "group",
    ),
    Case(
        "hand_over",
        "office",
        "It was handed over.",
        {"leader": "@head", "reason": REASON},
        {"leader": "@head", "lead_unit": "", "reason": "Too short"},
        {"reason": SHORT},
        "inspector",
    ),
    Case(
        "cancel_measure",
        "office",
        "It was cancelled.",
        {"reason": REASON},
        {"reason": "Too short"},
        {"reason": SHORT},
        "roads_head",
    ),
    Case(
        "request_extension",
        "roads_head",
        "The request was submitted.",
        {"new_deadline": LATER, "reason": REASON},
        {"new_deadline": str(TODAY + timedelta(days=30)), "reason": REASON},
        {"new_deadline": "The new deadline must be later than the current one."},
        "office",
    ),
    Case(
        "request_extension",
        "roads_officer",
        "The request was submitted.",
        {"new_deadline": LATER, "reason": REASON},
        {"new_deadline": LATER, "reason": "Too short"},
        {"reason": SHORT},
        "leader",
    ),
    Case(
        "grant_extension",
        "group",
        "The extension was granted.",
        {"note": "Agreed"},
        {"note": "Agreed"},
        {"": "The measure has changed since the extension was requested."},
        "roads_officer",
        pending=True,
        first={"status": "submitted"},
    ),
    Case(
        "refuse_extension",
        "office",
        "The extension was refused.",
        {"reason": REASON},
        {"reason": "Too short"},
        {"reason": SHORT},
        "roads_head",
        pending=True,
    ),
    Case(
        "hand_over_duties",
        "office",
        "Measures handed over: 1",
        {"from_leader": "@leader", "to_leader": "@head", "reason": REASON},
        {"from_leader": "@leader", "to_leader": "@leader", "reason": REASON},
        {"to_leader": "Choose another leader or another lead unit."},
        "group",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_done_is_said_on_the_page_one_is_led_to(cast: Cast, page_of: PageOf, case: Case) -> None:
    at = Situation(cast, status=case.status, pending=case.pending)
    before = rows()
    client = page_of(getattr(cast, case.who))
    answer = client.post(at.address(case.verb), at.typed(case.typed))
    assert (answer.status_code, answer["Location"]) == (302, at.led_to(case.verb))
    page = Page(client.get(answer["Location"]))
    assert page.toasts() == [case.saved]
    assert page.one("//div[contains(@class, 'toast-line')]/@class") == "toast-line success"
    assert rows() != before
    assert Page(client.get(answer["Location"])).toasts() == [], "it is said once"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_refusal_is_said_at_its_field_and_nothing_typed_is_lost(cast: Cast, page_of: PageOf, case: Case) -> None:
    at = Situation(cast, status=case.status, pending=case.pending)
    client = page_of(getattr(cast, case.who))
    assert Page(client.get(at.address(case.verb))).errors() == {}
    Measure.objects.filter(pk=at.measure.pk).update(**case.first)
    before, typed = rows(), at.typed(case.wrong)
    page = Page(client.post(at.address(case.verb), typed))
    assert (page.status, page.errors()) == (422, case.errors)
    assert {name: page.typed(name) for name in typed} == typed
    assert rows() == before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_whoever_may_not_is_turned_away(cast: Cast, page_of: PageOf, case: Case) -> None:
    """Who sees the measure by 403, who does not see it by 404, whether they look or send."""
    at = Situation(cast, status=case.status, pending=case.pending)
    before = rows()
    for who, status in ((case.turned_away, 403), ("stranger", 404), ("superuser", 404), ("auditor", 404)):
        client = page_of(getattr(cast, who))
        assert client.get(at.address(case.verb)).status_code == status
        assert client.post(at.address(case.verb), at.typed(case.typed)).status_code == status
    if case.verb != "hand_over_duties":
        assert page_of(cast.parks_officer).get(at.address(case.verb)).status_code == 404
    assert rows() == before


@pytest.mark.parametrize("case", [case for case in CASES if case.verb != "grant_extension"], ids=str)
def test_an_empty_form_is_told_what_is_missing(cast: Cast, page_of: PageOf, case: Case) -> None:
    """Granting alone needs no words."""
    at = Situation(cast, status=case.status, pending=case.pending)
    before = rows()
    page = Page(page_of(getattr(cast, case.who)).post(at.address(case.verb), {"nothing": "typed", **NO_STAGES}))
    assert page.status == 422
    assert set(page.errors().values()) == {"This field is required."}
    assert rows() == before


def test_starting_takes_one_click_and_is_said(cast: Cast, page_of: PageOf) -> None:
    measure, client = cast.measure(), page_of(cast.roads_officer)
    address = reverse("start_measure", args=[measure.pk])
    assert client.get(address).status_code == 405
    assert followed(client, address).toasts() == ["The measure is under way."]
    before = rows()
    page = followed(client, address)
    assert page.one("//div[contains(@class, 'toast-line')]/@class") == "toast-line error"
    assert page.toasts() == ["This step is not possible from the current state."]
    assert rows() == before


def test_starting_an_incomplete_measure_says_what_is_missing(cast: Cast, page_of: PageOf) -> None:
    measure, client = cast.measure(leader=None), page_of(cast.roads_officer)
    page = followed(client, reverse("start_measure", args=[measure.pk]))
    assert page.toasts() == ["Fill in leader, lead unit and deadline first; the measure is incomplete."]
    assert "Incomplete: leader, lead unit or deadline is missing." in page.text()


@pytest.mark.parametrize("status", ["planned", "in_progress", "submitted", "signed_off", "cancelled"])
def test_every_button_that_is_shown_opens(cast: Cast, page_of: PageOf, status: str) -> None:
    """And none is shown to who can do nothing."""
    measure = cast.measure(status=status, cancellation_reason=REASON, supporting_units=[cast.parks])
    for who in ("office", "group", "leader", "inspector", "roads_officer", "roads_head", "parks_officer"):
        client = page_of(getattr(cast, who))
        page = Page(client.get(reverse("measure", args=[measure.pk])))
        for href in page.tree.xpath("//div[contains(@class, 'action-bar')]//a/@href"):
            assert client.get(href).status_code == 200, (who, href)
        if who in {"leader", "inspector", "group"} or status in {"signed_off", "cancelled"}:
            assert page.tree.xpath("//div[contains(@class, 'action-bar')]") == [], who


def test_what_is_typed_is_shown_as_text_and_never_run(cast: Cast, page_of: PageOf) -> None:
    nasty = "<script>alert(1)</script> & more"
    measure = cast.measure(text=nasty, status="in_progress", remarks=nasty, handler=nasty)
    client = page_of(cast.roads_officer)
    page = followed(client, reverse("report_progress", args=[measure.pk]), {"text": nasty})
    assert "<script>alert" not in page.html
    assert page.text("//h1") == nasty
    assert page.text("//ol[@class='timeline']/li/div[@class='prose']") == nasty


def test_the_cost_of_a_page_does_not_grow_with_what_happened(cast: Cast, page_of: PageOf, queries: Any) -> None:
    measure = cast.measure(status="in_progress", supporting_units=[cast.parks])
    client, address = page_of(cast.roads_officer), reverse("measure", args=[measure.pk])
    tabs = ("", "?tab=milestones", "?tab=extensions", "?tab=history")

    def happen(times: int) -> None:
        for _each in range(times):
            pending = {"old_deadline": TODAY, "new_deadline": LATER, "reason": REASON, "status": "refused"}
            decided = {"decided_by": cast.group, "decided_at": NOW, "requested_by": cast.roads_officer}
            Extension.objects.create(measure=measure, requested_at=NOW, **pending, **decided)
            followed(client, reverse("report_progress", args=[measure.pk]), {"text": "Some more of it"})

    happen(1)
    few = [queries(lambda tab=tab: client.get(address + tab)) for tab in tabs]
    happen(6)
    assert [queries(lambda tab=tab: client.get(address + tab)) for tab in tabs] == few
    assert max(few) <= 16


def test_the_office_that_asked_itself_is_offered_no_decision(cast: Cast, page_of: PageOf) -> None:
    """Somebody holds the office and works in the unit: their own request waits for somebody else."""
    at = Situation(cast, status="in_progress", pending=True)
    Appointment.objects.create(user=cast.roads_officer, role=Role.OFFICE, unit=cast.organisation)
    client = page_of(cast.roads_officer)
    tab = f"{reverse('measure', args=[at.measure.pk])}?tab=extensions"
    for address in (reverse("extensions"), tab):
        assert Page(client.get(address)).tree.xpath("//a[contains(@href, '/grant/')]") == []
    assert client.get(at.address("grant_extension")).status_code == 403
    assert client.post(at.address("grant_extension"), {"note": "Agreed"}).status_code == 403
    offered = Page(page_of(cast.office).get(tab)).tree.xpath("//a[contains(@href, '/grant/')]/@href")
    assert offered == [at.address("grant_extension")]


def test_the_queue_holds_what_waits_the_oldest_first(cast: Cast, page_of: PageOf, queries: Any) -> None:
    situations = [Situation(cast, status="in_progress", pending=True) for _each in range(3)]
    for days, at in enumerate(situations):
        Extension.objects.filter(measure=at.measure).update(requested_at=NOW - timedelta(days=days))
    client = page_of(cast.group)
    address, links = reverse("extensions"), "//div[@class='card']/p/a/@href"
    page = Page(client.get(address))
    assert page.tree.xpath(links) == [reverse("measure", args=[at.measure.pk]) for at in reversed(situations)]
    card = page.texts("//div[@class='card']")[0]
    for words in ("04/01/2026 → 05/01/2026", REASON, "Roads · Leader", "Roads officer"):
        assert words in card
    cost = queries(lambda: client.get(address))
    followed(client, situations[0].address("grant_extension"), {"note": ""})
    followed(client, situations[1].address("refuse_extension"), {"reason": REASON})
    assert Page(client.get(address)).tree.xpath(links) == [reverse("measure", args=[situations[2].measure.pk])]
    assert queries(lambda: client.get(address)) == cost
    followed(client, situations[2].address("refuse_extension"), {"reason": REASON})
    assert "Nothing is waiting" in Page(client.get(address)).text()


def test_a_decision_is_shown_where_the_request_was(cast: Cast, page_of: PageOf) -> None:
    at = Situation(cast, status="in_progress", pending=True)
    followed(page_of(cast.group), at.address("refuse_extension"), {"reason": "The season is not over"})
    page = Page(page_of(cast.roads_officer).get(f"{reverse('measure', args=[at.measure.pk])}?tab=extensions"))
    (card,) = page.texts("//div[@class='card'][.//span[contains(@class, 'chip')]][not(.//ol)]")
    assert card.startswith(f"refused 04/01/2026 → 05/01/2026 {REASON} Roads officer")
    assert "refused: Group" in card
    assert card.endswith("The season is not over")
