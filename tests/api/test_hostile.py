"""What nobody in their right mind would send: a clear problem each time, and nothing of ours in it."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from audit.models import Event
from core.api.pagination import SIGNER
from core.throttling import ReadRateThrottle
from measures.models import Measure
from rectify.api import LISTS
from tests.api.client import ApiClient, problem_of
from tests.api.list_rows import person_for
from tests.factories import NOW
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
HUGE = 10**40
LARGE = json.dumps({"text": "x" * (10 * 1024 * 1024)})


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def refused(answer: Any, *statuses: int) -> dict[str, Any]:
    told = problem_of(answer)
    assert told["status"] in statuses, told
    assert told["code"]
    assert told["detail"]
    assert "Traceback" not in answer.content.decode()
    return told


UNKNOWN = ["owner=1", "page=2", "format=xml", "unit__path=/", "id=1", "FIELDS=id", "%00=1"]
VALUES = ["", "\0", "x" * 5000, str(HUGE), f"-{HUGE}", "1e400", "NaN", "[]", "\ud800", "😀", "' OR 1=1", "1.5", "-1"]
VALUES += ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00"]  # at the edges of time
KEYS = ["0", "9" * 18, "9" * 40, "-1", "1.5", "x", "%00", "é", "1%2F..%2F2", "%ff"]


@pytest.mark.parametrize("name", list(LISTS))
def test_a_filter_that_does_not_exist_is_said(review: Review, name: str) -> None:
    for query in UNKNOWN:
        told = refused(ApiClient(person_for(review, name)).client.get(f"/api/v1/{name}/?{query}"), 400)
        assert told["code"] == "invalid_query"


@pytest.mark.parametrize("name", list(LISTS))
def test_odd_values_of_every_filter(review: Review, name: str) -> None:
    """Each is taken or refused; none is an error of ours, and none shows more than the list without it."""
    caller = ApiClient(person_for(review, name))
    review.measure()
    whole = {row["id"] for row in caller.rows(name)}
    for word in LISTS[name](action="list", request=None).allowed_query_params():
        for value in VALUES:
            address = f"/api/v1/{name}/?{word}={quote(value, errors='surrogatepass')}"
            answer = caller.client.get(address)
            if answer.status_code == 200:
                assert {row.get("id") for row in answer.json()["results"]} <= whole, address
            else:
                refused(answer, 400)


@pytest.mark.parametrize("name", list(LISTS))
def test_a_row_that_cannot_be_is_404(review: Review, name: str) -> None:
    for key in KEYS:
        refused(ApiClient(person_for(review, name)).client.get(f"/api/v1/{name}/{key}/"), 404)


BODIES: dict[str, tuple[str | bytes, int]] = {
    "ten megabytes": (LARGE, 413),
    "deep": ('{"text":' + "[" * 200_000 + "]" * 200_000 + "}", 400),
    "deep objects": ('{"text":' * 100_000 + "1" + "}" * 100_000, 400),
    "not UTF-8": (b'{"text": "\xff\xfe"}', 400),
    "half": ('{"text": "', 400),
    "nothing": ("", 422),
    "NaN": ('{"text": NaN}', 400),
    "endless number": ('{"text": ' + "9" * 10_000 + "}", 400),
    "list": ("[]", 422),
    "text": ('"text"', 422),
    "null": ("null", 422),
    "number": ("7", 422),
    "wrong type": ('{"text": {"a": 1}}', 422),
    "list of it": ('{"text": ["a"]}', 422),
    "NUL": ('{"text": "a\\u0000b"}', 422),
    "half a character": ('{"text": "\\ud800"}', 400),
    "half a character as a name": ('{"text": "Done", "\\uD800": 1}', 400),
    "half a character as a choice": ('{"text": "Done", "reached": ["\\udfff"]}', 400),
    "beyond numbers": ('{"text": "Done", "reached": [1e400]}', 400),
    "beyond numbers below": ('{"text": "Done", "reached": [-1e400]}', 400),
    "unknown field": ('{"text": "Done", "status": "signed_off"}', 422),
    "missing": ("{}", 422),
    "huge key": (f'{{"text": "Done", "reached": [{HUGE}]}}', 422),
    "key of another kind": ('{"text": "Done", "reached": [{"id": 1}, true, 1.5, null]}', 422),
}


@pytest.mark.parametrize("what", list(BODIES))
def test_odd_bodies(review: Review, what: str) -> None:
    measure, (body, status) = review.measure(status="in_progress"), BODIES[what]
    events = Event.objects.count()
    client = ApiClient(review.roads_officer).client
    address = f"/api/v1/measures/{measure.pk}/report-progress/"
    refused(client.post(address, body, content_type="application/json"), status)
    assert not measure.reports.exists()
    assert Event.objects.count() == events


def test_characters_that_need_two_halves_are_taken(review: Review) -> None:
    measure = review.measure(status="in_progress")
    client = ApiClient(review.roads_officer).client
    body = '{"text": "Done \\ud83d\\ude00"}'
    answer = client.post(f"/api/v1/measures/{measure.pk}/report-progress/", body, content_type="application/json")
    assert answer.status_code == 200
    assert measure.reports.get().text == "Done \U0001f600"


def test_one_row_of_a_batch_with_half_a_character_stops_the_batch_before_it_begins(review: Review) -> None:
    measures = [review.measure() for _each in range(2)]
    rows = f'[{{"id": {measures[0].pk}}}, {{"id": {measures[1].pk}, "\\ud800": 1}}]'
    body = f'{{"verb": "start", "rows": {rows}}}'
    client = ApiClient(review.roads_officer).client
    refused(client.post("/api/v1/measures/batch/", body, content_type="application/json"), 400)
    assert set(Measure.objects.values_list("status", flat=True)) == {"planned"}


@pytest.mark.parametrize("what", ["text/plain", "application/xml", "multipart/form-data", "nonsense", ""])
def test_another_kind_of_content_is_415(review: Review, what: str) -> None:
    measure = review.measure(status="in_progress")
    client = ApiClient(review.roads_officer).client
    answer = client.generic("POST", f"/api/v1/measures/{measure.pk}/report-progress/", b"text=1", content_type=what)
    refused(answer, 400, 415)


def test_a_file_where_there_is_none(review: Review) -> None:
    measure, caller = review.measure(status="in_progress"), ApiClient(review.roads_officer)
    address = f"/api/v1/measures/{measure.pk}/add-evidence/"
    refused(caller.client.post(address, {"file": "text"}), 422)
    refused(caller.client.post(address, {}), 422)
    refused(caller.post(f"measures/{measure.pk}/add-evidence/", file="x"), 415)
    refused(caller.send(f"measures/{measure.pk}/add-evidence/", b""), 422)
    refused(caller.send(f"measures/{measure.pk}/add-evidence/", b"<html>", "page.html"), 422)
    broken = caller.client.generic("POST", address, b"--x\r\n", content_type="multipart/form-data; boundary=y")
    refused(broken, 400, 422)
    assert not measure.evidence.exists()


def test_ids_of_another_unit_are_as_if_they_were_not_there(review: Review) -> None:
    theirs = review.measure(lead_unit=review.parks, status="in_progress")
    caller = ApiClient(review.roads_officer)
    refused(caller.get(f"measures/{theirs.pk}/"), 404)
    refused(caller.post(f"measures/{theirs.pk}/report-progress/", text="Done"), 404)
    told = caller.post("measures/batch/", verb="start", rows=[{"id": theirs.pk}, {"id": 999999}]).json()
    assert [row["status"] for row in told["rows"]] == [404, 404]
    assert len({row["why"] for row in told["rows"]}) == 1
    mine = review.measure(status="planned")
    outside = {"leader": review.stranger.pk, "reason": "The post has changed hands"}
    told = refused(ApiClient(review.office).post(f"measures/{mine.pk}/hand-over/", **outside), 422)
    assert list(told["errors"]) == ["leader"]


@pytest.mark.parametrize(
    "cursor", ["", "x", "WyJpZCJd", "a:b", "\0", SIGNER.sign_object([["x"], False, [1]]), SIGNER.sign_object({})]
)
def test_a_cursor_that_no_list_gave_out(review: Review, cursor: str) -> None:
    told = refused(ApiClient(review.office).get("measures/", cursor=cursor), 400)
    assert list(told["errors"]) == ["cursor"]


def test_a_cursor_of_another_list(review: Review) -> None:
    caller = ApiClient(review.office)
    for _number in range(3):
        review.measure()
    following = caller.get("measures/", page_size=1).json()["next"].partition("cursor=")[2].partition("&")[0]
    refused(caller.client.get(f"/api/v1/issues/?cursor={following}"), 400)
    forged = following[:-2] + ("AA" if following[-2:] != "AA" else "BB")
    refused(caller.client.get(f"/api/v1/measures/?cursor={forged}"), 400)


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5", "", "٣", "1e3"])
def test_a_page_of_no_size(review: Review, size: str) -> None:
    assert list(refused(ApiClient(review.office).get("measures/", page_size=size), 400)["errors"]) == ["page_size"]


@pytest.mark.parametrize(
    "rows", [[], [{}], [{"id": "1"}], [{"id": HUGE}], [{"id": True}], [1], "x", [{"id": 1}, {"id": 1}]]
)
def test_a_batch_that_is_none(review: Review, rows: Any) -> None:
    refused(ApiClient(review.office).post("measures/batch/", verb="start", rows=rows), 422)


@pytest.mark.parametrize("verb", ["batch", "list", "destroy", "__init__", "", None, "download"])
def test_a_batch_of_no_verb(review: Review, verb: Any) -> None:
    measure = review.measure()
    refused(ApiClient(review.office).post("measures/batch/", verb=verb, rows=[{"id": measure.pk}]), 422)
    assert Measure.objects.get().status == "planned"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"list": "secrets"}, 422),
        ({"list": "measures", "format": "exe"}, 422),
        ({"list": "measures", "query": "owner=1"}, 400),
        ({"list": "measures", "query": "unit=x"}, 400),
        ({"list": "measures", "query": "fields=nothing"}, 400),
        ({"list": "measures", "query": "x" * 4001}, 422),
        ({"list": "events"}, 403),
        ({}, 422),
    ],
)
def test_a_list_that_cannot_be_a_file(review: Review, sent: dict[str, Any], status: int) -> None:
    refused(ApiClient(review.office).post("exports/", **sent), status)


def test_so_many_requests_and_no_more(review: Review, settings: Any) -> None:
    settings.API_RATE, settings.API_WRITE_RATE = "3/m", "1/h"
    caller, other = ApiClient(review.office), ApiClient(review.group)
    assert [caller.get("units/").status_code for _number in range(4)] == [200, 200, 200, 429]
    answer = caller.get("units/")
    assert refused(answer, 429)["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 60
    assert other.get("units/").status_code == 200, "each person has their own"
    assert [caller.post("measures/batch/").status_code for _number in range(2)] == [422, 429]
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        assert caller.get("units/").status_code == 200


@pytest.mark.parametrize("written", ["600", "600/x", "-1/m", "0/m", "a/m"])
def test_a_rate_that_is_none_stops_the_program(written: str) -> None:
    with pytest.raises(ValueError):
        ReadRateThrottle().parse_rate(written)
