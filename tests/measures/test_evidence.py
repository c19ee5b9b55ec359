"""Evidence: who adds it to what, versions instead of replacement, withdrawal instead of deletion, nothing half done."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.exceptions import Forbidden, RuleViolation
from files.models import StoredFile
from issues.models import Issue
from measures.models import Evidence, EvidenceVersion, Measure
from measures.services import accepted_kinds, upload_evidence, upload_version, withdraw_evidence
from tests.factories import NOW, TODAY, Cast
from tests.files.test_store_upload import left_behind
from tests.measures.trail_checks import REASON, event, events, refused

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 minutes"
NAME = "整改报告（终稿）.pdf"


@pytest.fixture
def running(cast: Cast) -> Measure:
    return cast.measure(status="in_progress", supporting_units=[cast.parks])


def upload(by: Any, content: bytes = PDF, name: str = NAME, **where: Any) -> Evidence:
    return upload_evidence(stream=io.BytesIO(content), name=name, by=by, **{"at": NOW, **where})


@pytest.mark.parametrize("who", ["roads_officer", "roads_head", "parks_officer"])
def test_lead_and_supporting_units_add_evidence_under_its_exact_name(cast: Cast, running: Measure, who: str) -> None:
    person = getattr(cast, who)
    evidence = upload(person, measure=running, about_on=TODAY, classification="public")
    version = evidence.latest
    assert (evidence.measure, evidence.issue, evidence.position) == (running, running.issue, 1)
    assert (evidence.about_on, evidence.classification) == (TODAY, "public")
    assert (version.number, version.by, version.unit, version.at) == (1, person, person.unit, NOW)
    assert (version.file.name, version.file.kind, version.file.received_from) == (NAME, "pdf", person)
    data = {
        "evidence": evidence.pk,
        "name": NAME,
        "size": len(PDF),
        "sha256": version.file.sha256,
        "classification": "public",
    }
    assert event("add_evidence") == (person.pk, data)


@pytest.mark.parametrize("who", ["office", "group", "leader", "inspector", "auditor", "system_admin", "superuser"])
def test_nobody_else_does_and_no_byte_stays(cast: Cast, running: Measure, who: str, tmp_path: Path) -> None:
    with refused(Forbidden):
        upload(getattr(cast, who), measure=running)
    assert (left_behind(tmp_path), StoredFile.objects.count()) == ([], 0)


@pytest.mark.parametrize("status", ["planned", "submitted", "cancelled"])
def test_only_while_the_measure_is_under_way(cast: Cast, status: str, tmp_path: Path) -> None:
    reason = {"cancellation_reason": REASON} if status == "cancelled" else {}
    measure = cast.measure(status=status, **reason)
    with refused():
        upload(cast.roads_officer, measure=measure)
    assert left_behind(tmp_path) == []


def test_an_issue_as_a_whole_gets_evidence_from_the_office_and_from_its_lead_unit(cast: Cast) -> None:
    issue = cast.issue(lead_unit=cast.roads)
    first, second = (upload(by, issue=issue) for by in (cast.office, cast.roads_officer))
    assert [(each.measure, each.position) for each in (first, second)] == [(None, 1), (None, 2)]
    for who in ("parks_officer", "group", "leader", "superuser"):
        with refused(Forbidden):
            upload(getattr(cast, who), issue=issue)
    Issue.objects.filter(pk=issue.pk).update(status="awaiting_closure")
    with refused():
        upload(cast.office, issue=issue)


def test_the_date_it_is_about_is_a_day_of_the_office_and_not_to_come(cast: Cast, running: Measure) -> None:
    early = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)  # six in the morning of the fifth in Shanghai
    upload(cast.roads_officer, measure=running, about_on=date(2026, 3, 5), at=early)
    with refused(field="about_on"):
        upload(cast.roads_officer, measure=running, about_on=date(2026, 3, 6), at=early)


def test_a_new_file_is_a_new_version_and_the_old_one_stays(cast: Cast, running: Measure) -> None:
    evidence = upload(cast.roads_officer, measure=running)
    version = upload_version(
        evidence=evidence, stream=io.BytesIO(b"%PDF-1.7 signed"), name=NAME, by=cast.roads_head, at=NOW
    )
    assert [(v.number, v.by) for v in evidence.versions.all()] == [(1, cast.roads_officer), (2, cast.roads_head)]
    assert Evidence.objects.get().latest == version
    data = {"evidence": evidence.pk, "version": 2, "name": NAME, "sha256": version.file.sha256}
    assert event("add_version") == (cast.roads_head.pk, data)
    for statement in ("UPDATE measures_evidenceversion SET number = 9", "DELETE FROM measures_evidenceversion"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_version_that_is_refused_leaves_the_evidence_as_it_was(cast: Cast, running: Measure, tmp_path: Path) -> None:
    evidence = upload(cast.roads_officer, measure=running)
    before = left_behind(tmp_path)
    with refused(field="file"):
        upload_version(evidence=evidence, stream=io.BytesIO(b"MZ"), name=NAME, by=cast.roads_officer, at=NOW)
    with refused(Forbidden):
        upload_version(evidence=evidence, stream=io.BytesIO(PDF), name=NAME, by=cast.office, at=NOW)
    assert left_behind(tmp_path) == before
    assert EvidenceVersion.objects.count() == StoredFile.objects.count() == 1


def test_a_mistake_is_withdrawn_with_a_reason_once_and_stays(cast: Cast, running: Measure) -> None:
    evidence = upload(cast.roads_officer, measure=running)
    with refused(field="reason"):
        withdraw_evidence(evidence=evidence, reason="wrong", by=cast.roads_officer, at=NOW)
    withdraw_evidence(evidence=evidence, reason=REASON, by=cast.roads_head, at=NOW)
    evidence = Evidence.objects.get()
    assert (evidence.withdrawn_by, evidence.withdrawal_reason, evidence.withdrawn_at) == (
        cast.roads_head,
        REASON,
        NOW,
    )
    assert not Evidence.objects.in_force().exists()
    with refused():
        withdraw_evidence(evidence=evidence, reason=REASON, by=cast.roads_head, at=NOW)
    with refused():
        upload_version(evidence=evidence, stream=io.BytesIO(PDF), name=NAME, by=cast.roads_head, at=NOW)
    assert len(events("withdraw_evidence")) == 1
    assert StoredFile.objects.count() == 1


def test_the_setting_takes_from_what_is_harmless_and_adds_nothing(
    cast: Cast, running: Measure, settings: Any, tmp_path: Path
) -> None:
    for kind in ("html", "drawing", "program", "active", "bomb", "unknown"):
        assert kind not in accepted_kinds()
    settings.EVIDENCE_KINDS = ["pdf", "html", "program"]
    assert accepted_kinds() == ("pdf",)
    with pytest.raises(RuleViolation) as caught:
        upload(cast.roads_officer, content=b"text", measure=running)
    assert caught.value.message == "By its content this file is: plain text. Accepted here: PDF document."
    upload(cast.roads_officer, measure=running)


def test_two_units_that_must_not_see_each_other_see_their_own_evidence(cast: Cast) -> None:
    roads = cast.measure(status="in_progress")
    parks = cast.measure(status="in_progress", lead_unit=cast.parks)
    mine, theirs = upload(cast.roads_officer, measure=roads), upload(cast.parks_officer, measure=parks)
    visible = {
        who: set(Evidence.objects.visible_to(getattr(cast, who)))
        for who in (
            "roads_officer",
            "parks_officer",
            "office",
            "group",
            "inspector",
            "auditor",
            "stranger",
            "superuser",
        )
    }
    both = {mine, theirs}
    assert visible == {
        "roads_officer": {mine},
        "parks_officer": {theirs},
        "office": both,
        "group": both,
        "inspector": both,
        "auditor": set(),
        "stranger": set(),
        "superuser": set(),
    }


def test_evidence_of_a_measure_that_moved_on_while_the_page_was_open_is_refused(
    cast: Cast, running: Measure, tmp_path: Path
) -> None:
    visible = Measure.objects.get(pk=running.pk)
    Measure.objects.filter(pk=running.pk).update(status="submitted")
    with refused():
        upload(cast.roads_officer, measure=visible)
    Measure.objects.filter(pk=running.pk).update(status="in_progress", lead_unit=cast.parks)
    running.supporting_units.clear()
    with refused(Forbidden):
        upload(cast.roads_officer, measure=visible)
    assert left_behind(tmp_path) == []


def test_what_goes_wrong_after_the_bytes_came_in_takes_them_along(
    cast: Cast, running: Measure, monkeypatch: Any, tmp_path: Path
) -> None:
    """Handed over while a large file was on its way: the check before it came in was not enough."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            Measure.objects.filter(pk=running.pk).update(status="submitted")
            return super().read(size)

    with pytest.raises(RuleViolation):
        upload_evidence(stream=Slow(PDF), name=NAME, measure=running, by=cast.roads_officer, at=NOW + timedelta(1))
    assert (left_behind(tmp_path), StoredFile.objects.count(), Evidence.objects.count()) == ([], 0, 0)
