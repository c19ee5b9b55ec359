"""One verb for several measures: each by itself, a trial before, a result after; nobody reaches more than alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import Role
from audit.models import Chain, Event
from core.exceptions import RuleViolation
from issues.models import Issue, IssueSpan
from ledger.permissions import BATCH_VERBS
from ledger.services.batch import SERVICES, batch_measures
from measures.models import Extension, Measure, MeasureSpan, ProgressReport
from measures.services import start_measure
from supervision.models import Urge
from supervision.services import urge_measure
from tests.factories import NOW, TODAY, Cast, user
from tests.html_pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
REASON = "The tasks of the leaders were divided anew."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def used(verb: str, measures: list[Measure], by: Any, *, is_trial: bool = False, **values: Any) -> Any:
    return batch_measures(verb=verb, measures=measures, values=values, by=by, at=NOW, is_trial=is_trial)


def send(client: Client, cast: Cast, measures: list[Measure], **data: Any) -> Any:
    address = reverse("batch_measures", args=[cast.inspection.code])
    return client.post(address, {"measure": [measure.pk for measure in measures], **data})


def opened(client: Client, cast: Cast, measures: list[Measure], **asked: Any) -> Page:
    address = reverse("batch_measures", args=[cast.inspection.code])
    return Page(client.get(address, {"measure": [measure.pk for measure in measures], **asked}))


def tabs(page: Page) -> list[str]:
    return page.texts("//nav[@class='page-tabs']/a")


def test_every_verb_has_its_service() -> None:
    assert list(SERVICES) == list(BATCH_VERBS)
    assert [service.__name__ for service in SERVICES.values()] == list(BATCH_VERBS)


def test_each_is_done_by_itself_with_its_own_event(cast: Cast) -> None:
    measures = [cast.measure() for _each in range(3)]
    outcome = used("start_measure", measures, cast.roads_officer)
    assert (outcome.done, outcome.skipped) == (measures, [])
    assert set(Measure.objects.values_list("status", flat=True)) == {"in_progress"}
    told = set(Event.objects.filter(verb="start_measure").values_list("object_id", flat=True))
    assert told == {measure.pk for measure in measures}


def test_what_one_refuses_stops_none_of_the_others(cast: Cast) -> None:
    ready, under_way, incomplete = cast.measure(), cast.measure(status="in_progress"), cast.measure(leader=None)
    of_others = cast.measure(lead_unit=cast.parks, supporting_units=[cast.roads])
    outcome = used("start_measure", [under_way, incomplete, of_others, ready], cast.roads_officer)
    assert outcome.done == [ready]
    assert [measure for measure, _why in outcome.skipped] == [under_way, incomplete, of_others]
    assert all(why for _measure, why in outcome.skipped)
    assert Event.objects.filter(verb="start_measure").count() == 1


@pytest.mark.parametrize(
    ("verb", "who", "values"),
    [
        ("start_measure", "roads_officer", {}),
        ("report_progress", "roads_officer", {"text": "Half of it is done."}),
        ("request_extension", "roads_head", {"new_deadline": TODAY + timedelta(days=60), "reason": REASON}),
        ("urge_measure", "leader", {}),
        ("hand_over", "office", {"reason": REASON}),
    ],
)
def test_a_trial_tells_what_would_happen_and_leaves_nothing(
    cast: Cast, verb: str, who: str, values: dict[str, Any]
) -> None:
    status = "planned" if verb == "start_measure" else "in_progress"
    under = cast.issue()
    measures = [cast.measure(status=each, issue=under) for each in (status, status, "signed_off")]
    values = {**values, "leader": cast.office} if verb == "hand_over" else values
    everything = (Measure, MeasureSpan, ProgressReport, Extension, Issue, IssueSpan, Urge, Event, Chain)
    before = [list(model._default_manager.order_by("pk").values()) for model in everything]
    trial = used(verb, measures, getattr(cast, who), is_trial=True, **values)
    assert before == [list(model._default_manager.order_by("pk").values()) for model in everything]
    again = list(Measure.objects.order_by("pk"))
    outcome = used(verb, again, getattr(cast, who), **values)
    assert [each.pk for each in trial.done] == [each.pk for each in outcome.done] == [each.pk for each in measures[:2]]
    assert [why for _each, why in trial.skipped] == [why for _each, why in outcome.skipped]


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("office", ["Start", "Urge", "Hand over"]),
        ("leader", ["Urge"]),
        ("roads_officer", ["Start", "Report progress", "Request an extension"]),
        ("roads_head", ["Start", "Report progress", "Request an extension"]),
        ("parks_officer", []),
        ("group", []),
        ("inspector", []),
        ("superuser", []),
        ("system_admin", []),
    ],
)
def test_only_what_one_can_do_with_one_of_them_is_offered(
    cast: Cast, page_of: PageOf, who: str, offered: list[str]
) -> None:
    measures = [cast.measure(), cast.measure(status="in_progress")]
    client = page_of(getattr(cast, who))
    if who in {"superuser", "system_admin"}:
        answer = client.get(reverse("batch_measures", args=[cast.inspection.code]))
        assert answer.status_code == 404
    elif who == "parks_officer":
        measures.append(cast.measure(lead_unit=cast.parks, status="signed_off"))
        assert tabs(opened(client, cast, measures)) == []
    else:
        assert tabs(opened(client, cast, measures)) == offered


def test_a_finished_measure_offers_nothing(cast: Cast, page_of: PageOf) -> None:
    page = opened(page_of(cast.office), cast, [cast.measure(status="signed_off")])
    assert "There is nothing you can do with these measures" in page.text()


def test_choose_look_confirm_and_read_the_result(cast: Cast, page_of: PageOf) -> None:
    client, measures = page_of(cast.leader), [cast.measure(), cast.measure(status="submitted")]
    assert "2 measures chosen" in opened(client, cast, measures).text()
    look = Page(send(client, cast, measures, verb="urge_measure"))
    assert "1 will be done, 1 will be skipped" in look.text()
    assert "Only a measure that is planned or under way can be urged." in look.text()
    assert not Urge.objects.exists()
    answer = send(client, cast, measures, verb="urge_measure", confirm="1")
    assert answer.status_code == 302
    result = Page(client.get(answer.url))
    assert {label: tile.figure for label, tile in result.tiles().items()} == {"done": 1, "skipped": 1}
    assert Urge.objects.get().measure == measures[0]
    assert Page(client.get(answer.url)).status == 200, "a reload does nothing again"
    assert Urge.objects.count() == 1


def test_the_last_look_says_what_is_confirmed(cast: Cast, page_of: PageOf) -> None:
    client, measures = page_of(cast.roads_head), [cast.measure(), cast.measure()]
    given = {"new_deadline": str(TODAY + timedelta(days=60)), "reason": REASON}
    look = Page(send(client, cast, measures, verb="request_extension", **given))
    assert "What will happen: Request an extension" in look.text()
    assert look.texts("//dl[@class='facts']/dd") == [date_format(TODAY + timedelta(days=60)), REASON]


def test_a_measure_of_nobody_is_not_offered_for_urging(cast: Cast, page_of: PageOf) -> None:
    assert tabs(opened(page_of(cast.leader), cast, [cast.measure(lead_unit=None)])) == []


def test_mistakes_of_the_form_keep_what_was_typed(cast: Cast, page_of: PageOf) -> None:
    client, measures = page_of(cast.office), [cast.measure(), cast.measure()]
    other = user("Other leader", role=Role.LEADER, over=cast.organisation)
    answer = Page(send(client, cast, measures, verb="hand_over", leader=other.pk, reason=""))
    assert (answer.status, set(answer.errors())) == (422, {"reason"})
    assert answer.typed("leader") == str(other.pk)
    back = Page(send(client, cast, measures, verb="hand_over", leader=other.pk, reason=REASON, change="1"))
    assert back.typed("reason") == REASON
    assert not Event.objects.filter(verb="hand_over").exists()


def test_what_changed_since_the_last_look_is_said_and_skipped(cast: Cast, page_of: PageOf) -> None:
    client, measures = page_of(cast.office), [cast.measure(), cast.measure()]
    send(client, cast, measures, verb="urge_measure")
    urge_measure(measure=measures[0], by=cast.leader, at=NOW)
    result = Page(client.get(send(client, cast, measures, verb="urge_measure", confirm="1").url))
    assert "has already urged this today" in result.text()
    assert Urge.objects.count() == 2


def test_a_verb_that_became_impossible_does_not_turn_into_another(cast: Cast, page_of: PageOf) -> None:
    client, measure = page_of(cast.roads_officer), cast.measure()
    start_measure(measure=measure, by=cast.roads_officer, at=NOW)
    answer = send(client, cast, [measure], verb="start_measure", confirm="1", text="Not this")
    assert answer.status_code == 422
    assert "This can no longer be done with any of these measures." in Page(answer).text()
    assert tabs(Page(answer)) == ["Report progress", "Request an extension"]
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize("verb", ["cancel_measure", "apply_for_sign_off", "hand_over", "", "nonsense"])
def test_verbs_that_are_not_for_many_or_not_for_the_role_are_refused(cast: Cast, page_of: PageOf, verb: str) -> None:
    measure = cast.measure(status="in_progress")
    answer = send(page_of(cast.roads_officer), cast, [measure], verb=verb, confirm="1", reason=REASON)
    assert answer.status_code == (403 if verb == "hand_over" else 422)
    assert not Event.objects.filter(kind="measure").exists()


def test_measures_of_others_are_as_if_they_were_not_there(cast: Cast, page_of: PageOf) -> None:
    own, theirs = cast.measure(), cast.measure(lead_unit=cast.parks, text="Secret of the parks")
    client = page_of(cast.roads_officer)
    page = opened(client, cast, [own, theirs])
    assert "1 chosen measure was left out" in page.text()
    assert "Secret" not in page.html
    send(client, cast, [own, theirs], verb="start_measure", confirm="1")
    theirs.refresh_from_db()
    assert theirs.status == "planned"


def test_at_most_a_hundred_at_once_and_nonsense_is_nothing(cast: Cast, page_of: PageOf) -> None:
    under = cast.issue()
    measures = [cast.measure(issue=under) for _each in range(103)]
    client = page_of(cast.office)
    page = opened(client, cast, measures)
    assert "3 chosen measures were left out" in page.text()
    assert "100 measures chosen" in page.text()
    address = reverse("batch_measures", args=[cast.inspection.code])
    for keys in (["x"], ["-1"], ["1e9"], ["9" * 30], ["²"], []):
        assert "Nothing was chosen" in Page(client.get(address, {"measure": keys})).text()


def test_a_hundred_cost_as_many_queries_to_show_as_two(cast: Cast, page_of: PageOf, queries: Any) -> None:
    client, under = page_of(cast.office), cast.issue()
    measures = [cast.measure(issue=under, supporting_units=[cast.parks]) for _each in range(60)]
    few = queries(lambda: opened(client, cast, measures[:2]))
    assert queries(lambda: opened(client, cast, measures)) == few <= 12


@pytest.mark.parametrize(("who", "shown"), [("office", True), ("roads_officer", True), ("inspector", False)])
def test_the_ledger_offers_boxes_to_who_works_on_measures(cast: Cast, page_of: PageOf, who: str, shown: bool) -> None:
    measure = cast.measure()
    page = Page(page_of(getattr(cast, who)).get(reverse("ledger", args=[cast.inspection.code])))
    assert page.tree.xpath("//input[@name='measure']/@value") == ([str(measure.pk)] if shown else [])
    assert bool(page.tree.xpath("//form[@id='batch']")) is shown


def test_an_unknown_verb_is_a_mistake_of_the_program(cast: Cast) -> None:
    with pytest.raises(KeyError):
        used("sign_off", [cast.measure()], cast.office)


def test_a_refusal_of_the_trial_names_its_reason_in_words(cast: Cast) -> None:
    outcome = used("urge_measure", [cast.measure(lead_unit=None)], cast.office, is_trial=True)
    ((_measure, why),) = outcome.skipped
    with pytest.raises(RuleViolation, match=why):
        urge_measure(measure=cast.measure(lead_unit=None), by=cast.office, at=NOW)
