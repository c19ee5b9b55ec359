"""A change that was thought out on an old state of the row is refused, on every change that the API knows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import URLPattern, reverse

from core.api import SingletonViewSet
from measures.models import Measure
from rectify.api.router import VIEWSETS, router
from tests.api.client import ApiClient, problem_of
from tests.api.list_rows import person_for
from tests.api.scene import Scene
from tests.factories import NOW
from tests.html_pages import everything
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
OLD = '"0000000000000000000000000000000000000000"'


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def changes() -> Iterator[tuple[str, str, URLPattern]]:
    """List, HTTP method and address of everything that changes a row, or what there is one of."""
    for pattern in router.urls:
        callback: Any = pattern.callback
        viewset = getattr(callback, "cls", None)
        if viewset is None or not hasattr(callback, "actions"):
            continue
        if callback.initkwargs.get("detail") or issubclass(viewset, SingletonViewSet):
            name = callback.initkwargs["basename"].removeprefix("api-")
            yield from ((name, method, pattern) for method in set(callback.actions) - {"get", "head"})


def address_of(caller: ApiClient, name: str, pattern: URLPattern) -> str:
    """The address of the first row that the person sees."""
    kwargs = {}
    for word in pattern.pattern.regex.groupindex:
        if word == "number":
            kwargs[word] = "1"
        else:
            row = caller.rows(name)[0]
            kwargs[word] = str(row["id" if word == "pk" else word])
    return reverse(str(pattern.name), kwargs=kwargs)


def test_an_old_etag_is_refused_on_every_change(db: None) -> None:
    scene, tried = Scene(), set()
    callers = {name: ApiClient(person_for(scene, name)) for name in VIEWSETS}
    before = everything()
    for name, method, pattern in list(changes()):
        address = address_of(callers[name], name, pattern)
        answer = callers[name].client.generic(
            method.upper(), address, b"{}", content_type="application/json", headers={"If-Match": OLD}
        )
        told = problem_of(answer)
        assert (told["status"], told["code"]) == (412, "precondition_failed"), (method, address, told)
        tried.add(f"{method.upper()} {name} {address.rstrip('/').rpartition('/')[2]}")
    assert everything() == before
    assert len(tried) > 55
    assert {"POST measures urge", "PUT inspections review-steps", "PATCH preferences preferences"} <= tried


def patched(caller: ApiClient, address: str, etag: str, **data: Any) -> Any:
    headers = {"If-Match": etag}
    return caller.client.patch(f"/api/v1/{address}", data, content_type="application/json", headers=headers)


def test_the_etag_of_the_row_as_it_is_now_is_taken_once(review: Review) -> None:
    caller, address = ApiClient(review.office), f"measures/{review.measure().pk}/"
    etag = caller.get(address)["ETag"]
    assert patched(caller, address, etag, remarks="First").json()["remarks"] == "First"
    told = problem_of(patched(caller, address, etag, remarks="Second"))
    assert (told["status"], told["title"]) == (412, "Changed in the meantime")
    assert Measure.objects.get().remarks == "First"
    assert patched(caller, address, f"{OLD}, {caller.get(address)['ETag']}", remarks="Second").status_code == 200
    assert patched(caller, address, "*", remarks="Third").status_code == 200


def test_an_action_is_guarded_by_the_etag_of_its_row(review: Review) -> None:
    measure, caller = review.measure(), ApiClient(review.roads_officer)
    etag = caller.get(f"measures/{measure.pk}/")["ETag"]

    def start(with_etag: str) -> Any:
        return caller.client.post(
            f"/api/v1/measures/{measure.pk}/start/",
            content_type="application/json",
            headers={"If-Match": with_etag, "Idempotency-Key": "start"},
        )

    theirs = ApiClient(review.office).get(f"measures/{measure.pk}/")["ETag"]
    assert start(theirs).status_code == 412, "the ETag is that of one's own view of the row"
    assert (start(etag).status_code, start(etag).status_code) == (200, 200), "sent again with its key it is done once"
    assert Measure.objects.get().status == "in_progress"


def test_a_change_of_its_own_address_is_guarded_by_what_is_read_there(review: Review) -> None:
    caller, row = ApiClient(review.office), f"inspections/{review.inspection.code}/"
    steps = {"steps": [{"name": "Office", "role": "office"}]}
    for etag, status in ((caller.get(row)["ETag"], 412), (caller.get(f"{row}review-steps/")["ETag"], 200)):
        answer = caller.client.put(
            f"/api/v1/{row}review-steps/", steps, content_type="application/json", headers={"If-Match": etag}
        )
        assert answer.status_code == status


def test_a_day_of_the_calendar_that_is_new_or_was_there(review: Review) -> None:
    client, address = ApiClient(review.office).client, "/api/v1/calendar/2027-01-01/"

    def put(**headers: str) -> int:
        answer = client.put(address, {"kind": "rest"}, content_type="application/json", headers=headers)
        return int(answer.status_code)

    assert put(**{"If-Match": OLD}) == 412, "it is not there"
    assert put(**{"If-None-Match": "*"}) == 201
    assert put(**{"If-None-Match": "*"}) == 412
    assert put(**{"If-Match": client.get(address)["ETag"]}) == 200


def test_a_row_that_is_not_seen_stays_404(review: Review) -> None:
    assert patched(ApiClient(review.stranger), f"measures/{review.measure().pk}/", OLD, remarks="x").status_code == 404
