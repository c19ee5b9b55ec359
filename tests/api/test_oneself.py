"""Who one is, one's tokens, and the search, by the API."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken
from accounts.services import make_token
from tests.api.client import ApiClient, problem_of
from tests.api.test_office import refused
from tests.factories import NOW
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db
AS_JSON: dict[str, Any] = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def program(person: Any, scope: str) -> tuple[Client, ApiToken]:
    token, secret = make_token(name="Program", scope=scope, days=1, by=person, at=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"}), token


def test_a_program_learns_for_whom_it_acts(place: TwoUnits) -> None:
    client, _token = program(place.roads_officer, "read")
    told = client.get("/api/v1/account/").json()
    assert (told["username"], told["name"]) == (place.roads_officer.username, "Roads officer")
    role = {"role": "officer", "unit": {"id": place.roads.pk, "name": "Roads"}, "since": None, "until": None}
    assert (told["roles"], told["is_system_admin"], told["is_auditor"]) == ([role], False, False)
    assert ApiClient(place.superuser).get("account/").json()["is_system_admin"] is True
    assert ApiClient(place.auditor).get("account/").json()["is_auditor"] is True
    refused(ApiClient(place.office).get("account/", expand="unit"), 400, "expand")


def test_a_token_is_revoked_by_its_program_and_makes_no_other(place: TwoUnits) -> None:
    client, token = program(place.office, "write")
    listed = client.get("/api/v1/tokens/").json()["results"]
    assert {(row["name"], row["state"]) for row in listed} == {("Program", "in_force"), ("Screen", "in_force")}
    assert all("digest" not in row for row in listed)
    address = f"/api/v1/tokens/{token.pk}/revoke/"
    assert client.post("/api/v1/tokens/", {"name": "New"}, **AS_JSON).status_code == 405
    reading, _token = program(place.office, "read")
    assert problem_of(reading.post(address, **AS_JSON))["code"] == "token_only_reads"
    assert problem_of(ApiClient(place.group).client.post(address, **AS_JSON))["status"] == 404
    assert client.post(address, **AS_JSON).json()["state"] == "revoked"
    assert problem_of(client.get("/api/v1/tokens/"))["status"] == 401
    assert ApiClient(place.office).get(f"tokens/{token.pk}/").json()["revoked_at"] is not None


def test_filters_are_saved_listed_and_deleted_by_oneself(place: TwoUnits) -> None:
    officer, of = ApiClient(place.roads_officer), {"inspection": place.inspection.code}
    made = officer.post("saved-filters/", **of, name="Late", query="overdue=true&page=3&sort=deadline")
    assert (made.status_code, made.json()["query"]) == (201, "overdue=true&sort=deadline")
    assert officer.post("saved-filters/", **of, name="Late", query="overdue=false").json()["id"] == made.json()["id"]
    refused(officer.post("saved-filters/", **of, name=" ", query="overdue=true"), 422, "name")
    refused(officer.post("saved-filters/", **of, name="Nothing", query="owner=1"), 422, "query")
    refused(officer.post("saved-filters/", name="Late", query="overdue=true"), 422, "inspection")
    refused(ApiClient(place.stranger).post("saved-filters/", **of, name="Late", query="overdue=true"), 404)
    assert [row["query"] for row in officer.rows("saved-filters", inspection=place.inspection.code)] == [
        "overdue=false"
    ]
    assert ApiClient(place.group).rows("saved-filters") == []
    row = f"saved-filters/{made.json()['id']}/"
    refused(ApiClient(place.office).delete(row), 404)
    assert officer.delete(row).status_code == 204
    refused(officer.delete(row), 404)


def test_the_search_finds_what_the_person_sees(place: TwoUnits) -> None:
    told = ApiClient(place.office).get("search/", q="holes").json()
    assert [row["id"] for row in told["measures"]] == [place.measures["roads"].pk]
    assert (told["measures"][0]["lead_unit"]["name"], told["more"]) == ("Roads", [])
    assert ApiClient(place.parks_officer).get("search/", q="holes").json()["measures"] == []
    found = ApiClient(place.office).get("search/", q="parks").json()
    assert [(row["name"], row["inspection"]) for row in found["units"]] == [("Parks", place.inspection.code)]
    assert {row["name"] for row in found["people"]} >= {"Parks officer", "Parks chief"}
    issues = ApiClient(place.office).get("search/", q="lindens").json()["issues"]
    assert [row["id"] for row in issues] == [place.issues["parks"].pk]
    for query in ({}, {"q": ""}, {"q": "x" * 201}, {"q": "\0"}, {"q": "x", "page": 1}):
        assert problem_of(ApiClient(place.office).get("search/", **query))["status"] == 400, query


def test_the_search_costs_the_same_with_more_rows(place: TwoUnits, queries: Any) -> None:
    caller = ApiClient(place.office)
    few = queries(lambda: caller.get("search/", q="Mow"))
    for _number in range(8):
        place.measure(issue=place.issues["parks"], text="Mow the verges", lead_unit=place.parks)
    assert len(caller.get("search/", q="Mow").json()["measures"]) == 9
    assert queries(lambda: caller.get("search/", q="Mow")) == few
