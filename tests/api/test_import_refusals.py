"""Files that no ledger takes in and people who may not bring one: a clear problem, and nothing is left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounts.models import User
from files.models import StoredFile
from imports.models import Import
from imports.services import imports as imports_service
from tests.api.client import ApiClient, problem_of
from tests.api.test_imports import GOOD, book, sent, taken
from tests.factories import NOW, Cast, user
from tests.html_pages import NOTICE, everything
from tests.imports.uploads import stored
from tests.imports.workbook.workbook_files import workbook
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def caller(cast: Cast) -> ApiClient:
    return ApiClient(cast.office)


def wrong_files() -> dict[str, tuple[bytes, str]]:
    return {
        "nothing": (b"", "notice.txt"),
        "no notice": (b"Dear all, the canteen is closed.", "notice.txt"),
        "not a word of it": (b"\xff\xfe\x00\x01" * 200, "notice.txt"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "notice.docx"),
        "half a workbook": (book(GOOD)[:900], "ledger.xlsx"),
        "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ledger.xls"),
        "no columns": (workbook([["a", "b"], ["1", "2"]]), "ledger.xlsx"),
    }


@pytest.mark.parametrize("what", list(wrong_files()))
def test_a_file_that_cannot_be_read_is_said_and_leaves_nothing(
    cast: Cast, caller: ApiClient, settings: Any, tmp_path: Path, what: str
) -> None:
    settings.DATA_DIR = tmp_path
    content, name = wrong_files()[what]
    before, files = everything(), stored(tmp_path)
    problem = problem_of(sent(caller, content, name, inspection=cast.inspection.code))
    assert (problem["status"], list(problem["errors"])) == (422, ["file"])
    assert problem["detail"] or problem["errors"]["file"]
    assert (everything(), stored(tmp_path)) == (before, files)


def test_a_file_that_is_too_large(cast: Cast, caller: ApiClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(imports_service, "LIMIT", 100)
    problem = problem_of(sent(caller))
    assert (problem["status"], problem["field"]) == (422, "file")
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "round-9", "inspection": "own"}, "code"),
        ({"code": "Round 9"}, "code"),
        ({"code": "own"}, "code"),
        ({"inspection": "unknown"}, "inspection"),
        ({"inspection": "another"}, "inspection"),
        ({"code": "round-9", "title": "x"}, "title"),
    ],
)
def test_a_target_that_is_none(cast: Cast, caller: ApiClient, data: dict[str, str], field: str) -> None:
    own = {"own": cast.inspection.code}
    problem = problem_of(sent(caller, **{name: own.get(value, value) for name, value in data.items()}))
    assert (problem["status"], list(problem["errors"])) == (422, [field])
    assert not Import.objects.exists()


def test_what_is_no_file(cast: Cast, caller: ApiClient) -> None:
    assert problem_of(caller.post("imports/", code="round-9"))["status"] == 415
    answer = caller.client.post("/api/v1/imports/", {"file": "text", "code": "round-9"})
    assert list(problem_of(answer)["errors"]) == ["file"]
    assert problem_of(caller.client.put("/api/v1/imports/"))["status"] == 405


def test_a_file_that_is_sent_twice_with_one_key_is_one_import(cast: Cast, caller: ApiClient) -> None:
    caller.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "file"
    first, again = (sent(caller) for _twice in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert Import.objects.count() == StoredFile.objects.count() == 1
    assert problem_of(sent(caller, NOTICE + "\n"))["code"] == "idempotency_key_reused"


VERBS: dict[str, dict[str, Any]] = {
    "correct-reading": {"lines": {}},
    "map-names": {},
    "compare": {},
    "confirm": {"base_seq": 0},
    "discard": {},
}
# Of two imports into the inspection, one by the office and one by an officer who was its office then.
WHO = {
    "office": (200, 200),
    "former": (404, 403),
    "group": (404, 404),
    "leader": (404, 404),
    "inspector": (404, 404),
    "roads_officer": (404, 404),
    "stranger": (404, 404),
    "superuser": (404, 404),
    "nobody": (401, 401),
}


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_for_every_person(cast: Cast, verb: str) -> None:
    former: User = user("Former office", role="office", over=cast.organisation)
    content, name = (book(GOOD), "ledger.xlsx") if verb == "compare" else (NOTICE, "notice.txt")
    sources = [taken(ApiClient(each), content, name, inspection=cast.inspection.code) for each in (cast.office, former)]
    former.appointments.all().delete()
    people = {who: None if who == "nobody" else former if who == "former" else getattr(cast, who) for who in WHO}
    callers = {who: ApiClient(person) for who, person in people.items()}
    before = everything()
    for who, caller in callers.items():
        found = []
        for source in sources:
            with transaction.atomic():
                answer = caller.post(f"imports/{source['id']}/{verb}/", **VERBS[verb])
                found.append(answer.status_code)
                if answer.status_code >= 400:
                    problem_of(answer)
                    assert everything() == before, who
                transaction.set_rollback(True)
        assert tuple(found) == WHO[who], who


def test_who_takes_a_file_in(cast: Cast) -> None:
    code = cast.inspection.code
    found = {}
    for who in ("office", "group", "leader", "inspector", "roads_officer", "auditor", "system_admin", "superuser"):
        found[who] = sent(ApiClient(getattr(cast, who)), inspection=code).status_code
    assert found.pop("office") == 201
    assert set(found.values()) == {403}
    assert problem_of(sent(ApiClient(cast.stranger), inspection=code))["status"] == 422, "there is no such inspection"
    both = user("Office elsewhere", role="office", over=cast.stranger.unit)
    both.appointments.create(role="inspector", unit=cast.organisation)
    assert problem_of(sent(ApiClient(both), inspection=code))["status"] == 403, "seen, but not one's own to import into"


def test_imports_are_seen_by_who_made_them_and_by_the_office_of_the_inspection(db: None) -> None:
    place = TwoUnits()
    second = user("Second office", role="office", over=place.organisation)
    fresh = taken(ApiClient(place.office), code="round-7")["id"]
    assert ApiClient(place.office).ids("imports") == {place.source.pk, fresh}
    assert ApiClient(second).ids("imports") == {place.source.pk}, "an inspection that is not there yet is nobody else's"
    assert ApiClient(second).ids("imports", code="round-7") == set()
    for who in ("group", "leader", "inspector", "roads_officer", "member", "stranger", "superuser"):
        assert ApiClient(getattr(place, who)).ids("imports") == set(), who
        assert ApiClient(getattr(place, who)).get(f"imports/{place.source.pk}/").status_code == 404
        assert ApiClient(getattr(place, who)).get(f"imports/{place.source.pk}/reading/").status_code == 404
    assert ApiClient(place.office).ids("imports", inspection=place.inspection.code, status="read") == {place.source.pk}


def test_a_form_of_another_site_takes_nothing_in(cast: Cast) -> None:
    from_form = SimpleUploadedFile("notice.txt", NOTICE.encode())
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.office, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/api/v1/imports/", {"file": from_form, "code": "round-9"})
    assert problem_of(answer)["status"] == 403, "a form of another site is not the person"
    assert not Import.objects.exists()
