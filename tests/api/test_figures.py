"""Figures by the API: what each person sees of an inspection, by every grouping, and the weeks that were rolled up."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from measures.services import start_measure
from reporting.models import Snapshot
from reporting.services import roll_up_due
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW, Cast
from tests.reporting.fridays import beside, friday
from tests.test_visible_lists import SEEN
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db
WHOLE = {"office", "group", "leader", "inspector"}
GROUPINGS = ["area", "category", "unit", "leader", "task_force", "week"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rolled_up(place: TwoUnits) -> TwoUnits:
    roll_up_due(at=NOW)
    return place


def stats(place: TwoUnits, who: str, **asked: str) -> Any:
    return ApiClient(getattr(place, who)).get("stats/", inspection=place.inspection.code, **asked)


@pytest.mark.parametrize("who", list(SEEN))
def test_everybody_gets_the_figures_of_what_they_see(rolled_up: TwoUnits, who: str) -> None:
    told = stats(rolled_up, who).json()
    seen = [rolled_up.measures[name] for name in SEEN[who]]
    late = [measure for measure in seen if measure.is_overdue(NOW.date())]
    assert (told["inspection"], told["day"], told["groups"]) == (rolled_up.inspection.code, "2026-03-02", [])
    assert (told["measures"]["total"], told["measures"]["overdue"]) == (len(seen), len(late))
    assert told["issues"]["total"] == len({measure.issue_id for measure in seen})
    assert told["issues"]["overdue"] == len({measure.issue_id for measure in late})


@pytest.mark.parametrize("group_by", GROUPINGS[:-1])
@pytest.mark.parametrize("who", ["office", "parks_officer", "roads_officer", "member"])
def test_groups_add_up_to_the_whole_and_name_nothing_of_others(rolled_up: TwoUnits, who: str, group_by: str) -> None:
    told = stats(rolled_up, who, group_by=group_by).json()
    for kind in ("measures", "issues"):
        for name, count in told[kind].items():
            if name != "rate":
                assert sum(group[kind][name] for group in told["groups"]) == count
    assert [group["position"] for group in told["groups"]] == list(range(1, len(told["groups"]) + 1))
    names = {group["name"] for group in told["groups"]}
    if who == "roads_officer":
        assert names & {"Parks", "Parks chief", "Nursery chief", "Area 2", "Green force"} == set()


@pytest.mark.parametrize("who", list(SEEN))
def test_by_week_each_sees_their_own_part_of_every_week(rolled_up: TwoUnits, who: str) -> None:
    """What was frozen for who sees the whole, counted anew for the others; begun on Saturday, it was not on Friday."""
    start_measure(measure=rolled_up.measures["both"], by=rolled_up.roads_officer, at=NOW + timedelta(minutes=1))
    told = stats(rolled_up, who, group_by="week").json()
    assert [group["name"] for group in told["groups"]] == ["2026-W07", "2026-W08", "2026-W09"]
    assert told["groups"][-1]["measures"]["total"] == len(SEEN[who])
    planned = {"parks", "verges", "both"} & SEEN[who]
    assert told["groups"][-1]["measures"]["planned"] == len(planned)
    assert told["measures"]["planned"] == len(planned - {"both"})


@pytest.mark.parametrize("who", ["stranger", "auditor", "system_admin", "superuser"])
def test_who_sees_nothing_of_an_inspection_finds_none(rolled_up: TwoUnits, who: str) -> None:
    problem_of(stats(rolled_up, who))
    assert stats(rolled_up, who).status_code == 404
    assert ApiClient(getattr(rolled_up, who)).rows("snapshots") == []


def test_what_is_asked_wrongly_is_said_at_its_name(place: TwoUnits) -> None:
    caller = ApiClient(place.office)
    for query, name in (({}, "inspection"), ({"group_by": "colour"}, "group_by"), ({"unit": "1"}, "unit")):
        asked = query if name == "inspection" else {"inspection": place.inspection.code, **query}
        told = problem_of(caller.get("stats/", **asked))
        assert (told["status"], list(told["errors"])) == (400, [name])


@pytest.mark.parametrize("who", list(SEEN))
def test_snapshots_are_for_who_sees_the_whole(rolled_up: TwoUnits, who: str) -> None:
    caller = ApiClient(getattr(rolled_up, who))
    keys = set(Snapshot.objects.values_list("pk", flat=True))
    assert len(keys) == 3
    assert caller.ids("snapshots") == (keys if who in WHOLE else set())
    for pk in keys:
        assert caller.get(f"snapshots/{pk}/").status_code == (200 if who in WHOLE else 404)


def test_a_snapshot_tells_its_parts_and_lists_are_filtered(rolled_up: TwoUnits) -> None:
    other = beside(rolled_up, at=friday(-1))
    roll_up_due(at=NOW)
    caller = ApiClient(rolled_up.office)
    (row,) = caller.rows("snapshots", inspection=rolled_up.inspection.code, week="2026-W09")
    assert (row["week"], row["measures"]["total"], row["issues"]["total"]) == ("2026-W09", 5, 3)
    assert {each["inspection"] for each in caller.rows("snapshots", week="2026-W08")} == {
        rolled_up.inspection.code,
        other.code,
    }
    assert caller.rows("snapshots", week="soon") == []
    assert len(caller.rows("snapshots", year="2026")) == 5
    told = caller.get(f"snapshots/{row['id']}/").json()
    units = [each for each in told["rows"] if each["kind"] == "unit"]
    assert {each["name"]: each["measures"]["total"] for each in units if each["name"]} == {"Roads": 2, "Parks": 3}
    assert told["measures"]["rate"] == 0
    assert caller.post(f"snapshots/{row['id']}/").status_code == 405


def test_the_cost_does_not_grow_with_measures_or_weeks(cast: Cast, queries: Any) -> None:
    costs = []
    for weeks in (1, 6):
        for _number in range(weeks):
            cast.measure(at=friday(-weeks))
        with time_machine.travel(NOW + timedelta(weeks=weeks), tick=False):
            caller = ApiClient(cast.office)
            roll_up_due(at=NOW + timedelta(weeks=weeks))
            asked = [{"inspection": cast.inspection.code, "group_by": each} for each in GROUPINGS]
            costs.append([queries(partial(caller.get, "stats/", **query)) for query in asked])
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 18
