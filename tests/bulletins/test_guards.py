"""Raw statements, past every service: a published bulletin is final, figures never change, numbers come in turn."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from bulletins.models import Bulletin
from tests.bulletins.two_weeks import FIRST, FRIDAY, TwoWeeks
from tests.database_constraints import put

pytestmark = pytest.mark.django_db
TABLE = "bulletins_bulletin"
FINAL = "A published bulletin never changes; a correction is the next edition."
FROZEN = "The figures of a bulletin never change; a correction is the next edition."
GONE = "A bulletin is never deleted."


def message_of(statement: str, *values: Any) -> str:
    """What the database says who refuses the statement."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value).splitlines()[0]


CHANGES = [
    "content = '{}'",
    "title = 'Another'",
    "week = 11",
    "edition = 7",
    "organisation_id = organisation_id + 1",
    "snapshot_id = snapshot_id + 1",
    "correction_reason = 'None at all'",
]
ENDED = ["opening = 'Mine'", "number = 7", "status = 'draft'", "chain_hash = '0'", "published_at = NULL", "week = week"]


def test_a_published_bulletin_never_changes(scene: TwoWeeks) -> None:
    bulletin = scene.published()
    for change in [*CHANGES, *ENDED]:
        assert message_of(f"UPDATE {TABLE} SET {change} WHERE id = %s", bulletin.pk) in {FINAL, FROZEN}, change
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        bulletin.opening = "Mine"
        bulletin.save()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Bulletin.objects.update(outlook="Mine")


def test_the_figures_of_a_draft_never_change(scene: TwoWeeks) -> None:
    bulletin = scene.draft()
    for change in CHANGES:
        assert message_of(f"UPDATE {TABLE} SET {change} WHERE id = %s", bulletin.pk) == FROZEN, change


def test_no_bulletin_is_deleted(scene: TwoWeeks) -> None:
    draft, published = scene.draft(FIRST), scene.published()
    for bulletin in (draft, published):
        assert message_of(f"DELETE FROM {TABLE} WHERE id = %s", bulletin.pk) == GONE
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            bulletin.delete()


@pytest.mark.postgres
def test_nor_is_the_table_emptied(scene: TwoWeeks) -> None:
    scene.published()
    connection.check_constraints()
    assert message_of(f"TRUNCATE {TABLE} CASCADE") == GONE


def test_a_number_is_not_skipped(scene: TwoWeeks) -> None:
    values = "status = 'published', number = 3, number_year = 2026, published_at = drafted_at, chain_seq = 1"
    statement = f"UPDATE {TABLE} SET {values}, chain_hash = 'a' WHERE id = %s"
    assert message_of(statement, scene.draft().pk) == "Bulletins are numbered one after another."


def test_a_bulletin_begins_as_a_draft(scene: TwoWeeks) -> None:
    bulletin = scene.published()
    values = {field.attname: getattr(bulletin, field.attname) for field in Bulletin._meta.concrete_fields}
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        put(Bulletin, **{**values, "id": None, "edition": 2, "number": 2})


def test_the_admin_only_shows_it(scene: TwoWeeks) -> None:
    bulletin, browser = scene.published(), Client()
    browser.force_login(scene.system_admin, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:bulletins_bulletin_change", args=[bulletin.pk])
    assert browser.get(address).status_code == 200
    for verb in ("change", "delete"):
        target = reverse(f"admin:bulletins_bulletin_{verb}", args=[bulletin.pk])
        assert browser.post(target, {"opening": "Mine", "post": "yes"}).status_code == 403
    bulletin.refresh_from_db()
    assert bulletin.opening == ""


def test_the_catalogue_holds_the_guards(scene: TwoWeeks) -> None:
    call_command("check", databases=["default"])
    assert scene.published(at=FRIDAY).number == 1
