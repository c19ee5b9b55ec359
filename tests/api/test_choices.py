"""Fields and expansions: as little or as much of a row as the caller wants, and never more than the person sees."""

from typing import Any

import pytest

from core.api.schema import EXPANDS
from rectify.api import LISTS
from tests.api.client import ApiClient, problem_of
from tests.api.list_rows import READ_BY, person_for
from tests.factories import claim
from tests.signoffs.review_setup import Review
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db


def test_only_the_fields_that_were_asked_for(review: Review) -> None:
    measure, caller = review.measure(), ApiClient(review.office)
    assert caller.rows("measures", fields="id,code") == [{"id": measure.pk, "code": measure.code}]
    assert caller.get(f"measures/{measure.pk}/", fields="abilities, status").json().keys() == {"abilities", "status"}


@pytest.mark.parametrize("asked", ["nothing", "id,nothing", "", "id,,code", "password", "lead_unit.name", "ID"])
def test_a_field_that_is_not_there_is_said(review: Review, asked: str) -> None:
    review.measure()
    told = problem_of(ApiClient(review.office).get("measures/", fields=asked))
    assert (told["status"], told["code"], list(told["errors"])) == (400, "invalid_query", ["fields"])


def test_what_a_row_points_at_in_full(review: Review) -> None:
    measure, caller = review.measure(supporting_units=[review.parks]), ApiClient(review.office)
    wanted = "issue,lead_unit,supporting_units,inspection"
    (listed,) = caller.rows("measures", expand=wanted)
    one = caller.get(f"measures/{measure.pk}/", expand=wanted).json()
    for row in (listed, one):
        assert row["issue"] == caller.get(f"issues/{measure.issue_id}/").json()
        assert row["lead_unit"] == caller.get(f"units/{review.roads.pk}/").json()
        assert [unit["short_name"] for unit in row["supporting_units"]] == [""]
        assert row["inspection"]["title"] == review.inspection.title
        assert row["leader"] == {"id": review.leader.pk, "name": "Leader"}, "not asked for"


def test_what_is_empty_stays_so(review: Review) -> None:
    review.measure(leader=None, lead_unit=None)
    (row,) = ApiClient(review.office).rows("measures", expand="leader,lead_unit,supporting_units")
    assert (row["leader"], row["lead_unit"], row["supporting_units"]) == (None, None, [])


@pytest.mark.parametrize(
    "asked", ["nothing", "text", "", "issue.problem", "issue,inspection,leader,lead_unit,supporting_units"]
)
def test_what_cannot_be_expanded_is_said(review: Review, asked: str) -> None:
    review.measure()
    for address in ("measures/", "jobs/"):
        told = problem_of(ApiClient(review.office).get(address, expand=asked))
        assert (told["status"], list(told["errors"])) == (400, ["expand"])


def test_a_field_may_be_left_out_that_is_expanded(review: Review) -> None:
    measure = review.measure()
    (row,) = ApiClient(review.office).rows("measures", fields="id", expand="issue")
    assert row == {"id": measure.pk}


def test_nobody_sees_more_by_an_expansion(place: TwoUnits) -> None:
    """A unit outside that leads a measure is named in it; what else is known of it is not this person's business."""
    outside = place.stranger.unit
    measure = place.measure(issue=place.issues["roads"], lead_unit=outside, leader=place.stranger)
    caller = ApiClient(place.office)
    row = caller.get(f"measures/{measure.pk}/", expand="lead_unit,leader,issue").json()
    assert row["lead_unit"] == {"id": outside.pk, "name": outside.name}
    assert row["leader"] == {"id": place.stranger.pk, "name": "Stranger"}
    assert row["issue"]["id"] == measure.issue_id
    claimed = claim(place.issues["roads"])
    seen = ApiClient(place.roads_officer).get(f"applications/{claimed.pk}/", expand="issue,measure,applicant").json()
    assert (seen["issue"]["text"], seen["measure"], seen["applicant"]) == ("Potholes are left open", None, None)


@pytest.mark.parametrize("name", [name for name, rows in LISTS.items() if rows.expands])
def test_every_expansion_is_a_row_that_its_own_list_shows(place: TwoUnits, queries: Any, name: str) -> None:
    """For each person, so that none is a way round `visible_to`; and one fetch serves all rows."""
    for who in [READ_BY[name]] if name in READ_BY else ["office", "roads_officer", "member", "stranger"]:
        caller = ApiClient(getattr(place, who))
        for field, source in LISTS[name].expands.items():
            of = next(list_name for list_name, rows in LISTS.items() if issubclass(rows, source))
            key = "code" if of == "inspections" else "id"
            own = {row[key]: row for row in caller.rows(of)}
            for row in caller.rows(name, expand=field):
                for value in row[field] if isinstance(row[field], list) else [row[field]]:
                    if isinstance(value, dict) and set(value) != {"id", "name"}:
                        assert value == own[value[key]], (who, field)
    caller = ApiClient(person_for(place, name))
    plain = queries(lambda: caller.rows(name))
    for field in LISTS[name].expands:
        assert queries(lambda f=field: caller.rows(name, expand=f)) <= plain + 6


def test_every_list_says_what_can_be_expanded() -> None:
    assert {rows.serializer_class for rows in LISTS.values()} <= set(EXPANDS)
