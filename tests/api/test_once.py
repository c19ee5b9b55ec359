"""What is sent twice with one key is done once; what is read again and has not changed is not sent again."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import IdempotencyRecord
from accounts.services import idempotency
from measures.models import Evidence, Measure, ProgressReport
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW, TODAY
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def sent(caller: ApiClient, address: str, key: str, **data: Any) -> Any:
    headers = {"Idempotency-Key": key}
    return caller.client.post(f"/api/v1/{address}", data, content_type="application/json", headers=headers)


def plan(review: Review, issue: Any, text: str = "Fill the holes") -> dict[str, Any]:
    people = {"leader": review.leader.pk, "lead_unit": review.roads.pk}
    return {"issue": issue.pk, "text": text, **people, "deadline": str(TODAY)}


def test_a_replayed_key_makes_one_row_and_gives_the_first_answer(review: Review) -> None:
    under, caller = review.issue(), ApiClient(review.office)
    first = sent(caller, "measures/", "k-1", **plan(review, under))
    again = sent(caller, "measures/", "k-1", **plan(review, under))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert Measure.objects.count() == 1
    sent(caller, "measures/", "k-2", **plan(review, under))
    assert Measure.objects.count() == 2


def test_the_answer_is_the_first_one_even_where_the_row_has_changed_since(review: Review) -> None:
    measure, caller = review.measure(), ApiClient(review.roads_officer)
    first = sent(caller, f"measures/{measure.pk}/start/", "k")
    Measure.objects.filter(pk=measure.pk).update(remarks="Changed")
    assert sent(caller, f"measures/{measure.pk}/start/", "k").json() == first.json()
    assert problem_of(sent(caller, f"measures/{measure.pk}/start/", "other"))["status"] == 422


def test_a_key_that_came_with_something_else_is_refused(review: Review) -> None:
    under, other, caller = review.issue(), review.issue(), ApiClient(review.office)
    sent(caller, "measures/", "k", **plan(review, under))
    for data in (plan(review, under, "Another text"), plan(review, other)):
        told = problem_of(sent(caller, "measures/", "k", **data))
        assert (told["status"], told["code"]) == (422, "idempotency_key_reused")
    assert Measure.objects.count() == 1


def test_a_key_is_ones_own(review: Review) -> None:
    measure = review.measure(status="in_progress", supporting_units=[review.parks])
    for person in (review.roads_officer, review.parks_officer):
        answer = sent(ApiClient(person), f"measures/{measure.pk}/report-progress/", "k", text="Done")
        assert answer.status_code == 200
        assert "Idempotency-Replayed" not in answer
    assert ProgressReport.objects.count() == 2


def test_what_was_refused_may_be_sent_again_with_its_key(review: Review) -> None:
    measure, caller = review.measure(), ApiClient(review.roads_officer)
    assert sent(caller, f"measures/{measure.pk}/report-progress/", "k", text="Done").status_code == 422
    assert not IdempotencyRecord.objects.exists()
    caller.post(f"measures/{measure.pk}/start/")
    assert sent(caller, f"measures/{measure.pk}/report-progress/", "k", text="Done").status_code == 200


def test_a_file_that_is_sent_twice_is_one_piece_of_evidence(review: Review) -> None:
    measure, caller = review.measure(status="in_progress"), ApiClient(review.roads_officer)
    caller.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "file"
    address = f"measures/{measure.pk}/add-evidence/"
    first, again = (caller.send(address, b"Filled") for _twice in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert problem_of(caller.send(address, b"Another content"))["code"] == "idempotency_key_reused"
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "clé", "a\tb"])
def test_a_key_that_is_none_is_said_to_be(review: Review, key: str) -> None:
    answer = sent(ApiClient(review.office), f"measures/{review.measure().pk}/start/", key)
    assert problem_of(answer)["status"] == 400
    assert Measure.objects.get().status == "planned"


def test_records_last_a_day(review: Review) -> None:
    begin: dict[str, Any] = {"user": review.office, "digest": "d"}
    idempotency.finish(idempotency.begin(**begin, key="old", at=NOW), status=200, content="{}")
    assert idempotency.begin(**begin, key="old", at=NOW + timedelta(hours=23)).is_answered
    assert not idempotency.begin(**begin, key="old", at=NOW + timedelta(hours=25)).is_answered
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_that_send_the_same_at_once_one_does_it_and_all_get_its_answer() -> None:
    review = Review()
    under = review.issue()
    found: list[tuple[int, str]] = []

    def send() -> None:
        answer = sent(ApiClient(review.office), "measures/", "race", **plan(review, under))
        found.append((answer.status_code, answer.content.decode()))
        connection.close()

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Measure.objects.count() == 1
    assert {status for status, _content in found} == {201}
    assert len({json.loads(content)["id"] for _status, content in found}) == 1


def marked(client: Client, address: str, etag: str = "", **headers: str) -> Any:
    return client.get(address, headers={**({"If-None-Match": etag} if etag else {}), **headers})


@pytest.mark.parametrize("address", ["measures/", "measures/{}/", "issues/", "units/", "inspections/"])
def test_what_has_not_changed_is_not_sent_again(review: Review, address: str) -> None:
    measure = review.measure()
    client, address = ApiClient(review.office).client, f"/api/v1/{address.format(measure.pk)}"
    first = marked(client, address)
    same = marked(client, address, first["ETag"])
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    assert same["ETag"] == first["ETag"]
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Authorization", "Accept-Language"} <= set(first["Vary"].split(", "))
    assert same["Vary"] == first["Vary"]


def test_what_has_changed_is_sent_again(review: Review) -> None:
    measure = review.measure()
    client, address = ApiClient(review.office).client, f"/api/v1/measures/{measure.pk}/"
    before = marked(client, address)
    assert ApiClient(review.office).post(f"measures/{measure.pk}/start/").status_code == 200
    after = marked(client, address, before["ETag"])
    assert (after.status_code, after.json()["status"]) == (200, "in_progress")
    assert marked(client, address, f'"nonsense", W/{after["ETag"]}').status_code == 304


def test_a_mark_never_serves_the_answer_of_another(review: Review) -> None:
    """Also where both see exactly the same."""
    address = f"/api/v1/measures/{review.measure().pk}/?fields=id,text"
    mine = marked(ApiClient(review.group).client, address)
    for person in (review.leader, review.inspector, review.stranger):
        client = ApiClient(person).client
        theirs = marked(client, address, mine["ETag"])
        assert theirs.status_code == (404 if person == review.stranger else 200)
        assert theirs.get("ETag") != mine["ETag"]
    assert marked(Client(), address, mine["ETag"]).status_code == 401
    assert marked(ApiClient(review.group).client, address, mine["ETag"]).status_code == 304


def test_a_mark_belongs_to_a_language(review: Review) -> None:
    address, client = f"/api/v1/measures/{review.measure().pk}/", ApiClient(review.office).client
    english = marked(client, address, **{"Accept-Language": "en"})
    chinese = marked(client, address, english["ETag"], **{"Accept-Language": "zh-CN"})
    assert (chinese.status_code, chinese["Content-Language"]) == (200, "zh-hans")


@pytest.mark.parametrize(
    ("header", "cookie", "told"),
    [
        ("zh-CN,zh;q=0.9", "", "zh-hans"),
        ("en", "", "en"),
        ("fr", "", "en"),
        ("", "", "en"),
        ("en", "zh-hans", "zh-hans"),
    ],
)
def test_a_problem_is_told_in_the_language_of_the_caller(review: Review, header: str, cookie: str, told: str) -> None:
    client = ApiClient(review.office).client
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    answer = client.get("/api/v1/measures/999999/", headers={"Accept-Language": header} if header else {})
    assert answer["Content-Language"] == told
    assert (problem_of(answer)["title"] == "Not found") == (told == "en")
    assert problem_of(answer)["code"] == "not_found"
