"""Bulletins by the API: the same rows, the same verbs, the same refusals."""

import pytest

from tests.api.client import ApiClient, problem_of
from tests.bulletins.two_weeks import FIRST, OTHERS, REASON, TEXTS, TwoWeeks

pytestmark = pytest.mark.django_db
READERS = {"leader", "office", "group"}


def test_the_list_holds_what_each_person_may_read(scene: TwoWeeks) -> None:
    published, draft = scene.published(scene.draft(FIRST)), scene.draft()
    both, one = {published.pk, draft.pk}, {published.pk}
    people = {"office": both, "group": both, "leader": both, "inspector": one, "roads_officer": one, "member": one}
    people |= {"parks_officer": one, "auditor": one, "system_admin": one, "superuser": set(), "stranger": set()}
    for who, seen in people.items():
        caller = ApiClient(getattr(scene, who))
        assert caller.ids("bulletins") == seen, who
        for pk in both:
            assert caller.get(f"bulletins/{pk}/").status_code == (200 if pk in seen else 404), who
    assert ApiClient(None).get("bulletins/").status_code == 401


def test_one_bulletin_comes_with_its_content_and_the_verbs(scene: TwoWeeks) -> None:
    found = scene.edited(scene.draft())
    told = ApiClient(scene.office).get(f"bulletins/{found.pk}/").json()
    assert told["content"] == found.content
    assert (told["week_label"], told["inspection"], told["requirements"]) == (
        "2026-W10",
        found.inspection.code,
        TEXTS["requirements"],
    )
    assert told["abilities"] == ["export", "preview", "publish", "update"]
    assert ApiClient(scene.group).get(f"bulletins/{found.pk}/").json()["abilities"] == ["export"]
    (row,) = ApiClient(scene.office).rows("bulletins", status="draft", year=2026)
    assert "content" not in row


def test_the_office_edits_publishes_and_corrects(scene: TwoWeeks) -> None:
    found, caller = scene.draft(), ApiClient(scene.office)
    address = f"bulletins/{found.pk}"
    assert caller.patch(f"{address}/", version=1, opening="Now").json()["opening"] == "Now"
    assert problem_of(caller.post(f"{address}/publish/", version=1))["status"] == 409
    told = caller.post(f"{address}/publish/", version=2).json()
    assert (told["status"], told["number"], told["number_year"]) == ("published", 1, 2026)
    assert problem_of(caller.patch(f"{address}/", version=2, opening="Later"))["status"] == 422
    assert problem_of(caller.post(f"{address}/publish/", version=2))["status"] == 409
    assert problem_of(caller.post(f"{address}/correct/", reason="bad"))["errors"].keys() == {"reason"}
    made = caller.post(f"{address}/correct/", reason=REASON).json()
    assert (made["edition"], made["corrects"], made["status"]) == (2, found.pk, "draft")


def test_a_field_that_does_not_exist_is_a_mistake(scene: TwoWeeks) -> None:
    answer = ApiClient(scene.office).patch(f"bulletins/{scene.draft().pk}/", version=1, content={})
    assert problem_of(answer)["errors"].keys() == {"content"}


def test_nobody_else_uses_a_verb(scene: TwoWeeks) -> None:
    draft, published = scene.draft(), scene.published(scene.draft(FIRST))
    sends = {"edit": {"version": 1}, "publish": {"version": 1}, "correct": {"reason": REASON}}
    for who in OTHERS:
        caller = ApiClient(getattr(scene, who))
        for verb, sent in sends.items():
            found = published if verb == "correct" else draft
            sees = who not in {"superuser", "stranger"} if verb == "correct" else who in READERS
            row = f"bulletins/{found.pk}/"
            answer = caller.patch(row, **sent) if verb == "edit" else caller.post(f"{row}{verb}/", **sent)
            assert answer.status_code == (403 if sees else 404), (who, verb)
