"""What was changed behind the program's back is found by name: rows with the guards lifted, files on the disk."""

import json
import re
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from audit.models import Chain, Event
from core import guards
from issues.models import Issue
from measures.models import EvidenceVersion, Measure
from measures.services import add_version, withdraw_evidence
from signoffs.models import Application
from signoffs.services import verify_evidence, verify_manifest, verify_signoffs
from signoffs.services.audit import chains_of
from signoffs.services.manifests import hash_of
from tests.factories import NOW, TODAY, Cast, inspection, stored
from tests.signoffs.review_setup import REASON, Review, give_back

pytestmark = pytest.mark.django_db


def behind_the_back(statement: str, *values: Any) -> None:
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)


def found(*options: str) -> tuple[int, dict[str, Any]]:
    """The exit code of the command and what it prints."""
    out, code = StringIO(), 0
    try:
        call_command("verify_audit", "--json", *options, stdout=out)
    except SystemExit as exit_code:
        code = int(str(exit_code.code))
    return code, json.loads(out.getvalue())


def named(*options: str) -> list[str]:
    """What the command says is wrong, word by word; nothing wrong leaves by 0."""
    code, told = found(*options)
    assert code == (1 if told["broken"] else 0)
    return [fault["what"] for fault in told["broken"]]


def path_of(version: EvidenceVersion) -> Path:
    return Path(default_storage.path(version.file.stored_as))


@pytest.fixture
def signed(review: Review) -> Application:
    """Two rounds: the first one returned, the second accepted at a meeting; then the issue closed."""
    measure = review.work()
    give_back(review.applied(measure), by=review.office)
    piece = measure.evidence.get()
    add_version(evidence=piece, file=stored(b"More", by=review.roads_officer), by=review.roads_officer, at=NOW)
    mistaken = review.prove(measure, b"Mistaken")
    withdraw_evidence(evidence=mistaken, reason=REASON, by=review.roads_officer, at=NOW)
    made = review.accepted(review.applied(Measure.objects.get()), review.office, review.group)
    review.accepted(review.closing(made.issue), review.office, review.group)
    return made


def test_what_nobody_touched_is_whole(review: Review, signed: Application) -> None:
    review.claimed()
    review.applied()
    assert verify_signoffs([review.inspection]) == []
    assert verify_evidence([review.inspection]) == (4, [])
    code, told = found("--evidence")
    assert (code, told["broken"], told["files"]) == (0, [], 4)
    assert "files" not in found()[1]


def test_an_altered_manifest_is_found(signed: Application) -> None:
    behind_the_back("UPDATE signoffs_application SET manifest = '{}' WHERE id = %s", signed.pk)
    signed.refresh_from_db()
    assert not verify_manifest(signed)
    assert named() == [f"application {signed.code}, round 2: the manifest was altered"]


def test_a_manifest_altered_together_with_its_hash_differs_from_the_event(review: Review, signed: Application) -> None:
    values = ["{}", hash_of("{}"), signed.pk]
    behind_the_back("UPDATE signoffs_application SET manifest = %s, manifest_sha256 = %s WHERE id = %s", *values)
    signed.refresh_from_db()
    assert verify_manifest(signed)
    (fault,) = verify_signoffs([review.inspection])
    assert fault.what == f"application {signed.code}, round 2: differs from its event"
    event = json.loads(_event_of("apply_for_sign_off", fault.seq).text)
    assert event["data"]["application"] == signed.pk


def _event_of(verb: str, seq: int) -> Event:
    return Event.objects.get(verb=verb, seq=seq, chain__key__startswith="inspection")


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'Another reason altogether'",
        "ground = 'other'",
        "by_id = by_id + 1",
        "at = '2026-01-01 00:00:00+00:00'",
        "verdict = 'accepted', ground = ''",
    ],
)
def test_an_altered_decision_is_found_on_both_sides(signed: Application, change: str) -> None:
    where = "WHERE verdict = 'returned'"
    behind_the_back(f"UPDATE signoffs_decision SET {change} {where}")
    assert sorted(named()) == [
        f"decision on {signed.code}, {signed.review_steps[0]['name']}: differs from its event",
        "the decision of this event is missing or was altered",
    ]


def test_an_altered_meeting_is_found(review: Review, signed: Application) -> None:
    change = "UPDATE signoffs_decision SET meeting_on = %s, minute_number = 'No. 1'"
    behind_the_back(f"{change} WHERE application_id = %s AND step = 2", TODAY, signed.pk)
    assert len(named()) == 2


def test_a_deleted_decision_is_found(signed: Application) -> None:
    behind_the_back("DELETE FROM signoffs_decision WHERE application_id = %s AND step = 1", signed.pk)
    assert named() == ["the decision of this event is missing or was altered"]


def test_a_decision_that_was_slipped_in_is_found(review: Review, signed: Application) -> None:
    made = review.applied()
    values = [made.pk, review.office.pk, made.applicant_id]
    columns = "application_id, by_id, applicant_id, step, step_name, role, verdict, ground, reason, minute_number, at"
    behind_the_back(
        f"INSERT INTO signoffs_decision ({columns}) VALUES (%s, %s, %s, 1, 'Step', 'office', 'accepted', '', '', '', "
        "'2026-03-02 00:00:00+00:00')",
        *values,
    )
    assert named() == [f"decision on {made.code}, Step: differs from its event"]


def test_an_application_that_was_taken_away_is_found(review: Review) -> None:
    made = review.applied()
    behind_the_back("DELETE FROM signoffs_application WHERE id = %s", made.pk)
    assert named() == [f"application {made.pk} is missing"]


def test_what_counts_as_done_without_a_decision_is_found(review: Review) -> None:
    measure, issue = review.work(), review.issue()
    behind_the_back("UPDATE measures_measure SET status = 'signed_off' WHERE id = %s", measure.pk)
    Issue.objects.filter(pk=issue.pk).update(status="rectified", completion="done")
    assert named() == [f"{code} counts as done without an accepted application" for code in (measure.code, issue.code)]


def test_an_altered_claim_of_a_source_is_found(review: Review) -> None:
    made = review.claimed()
    behind_the_back("UPDATE signoffs_application SET manifest = '{}' WHERE id = %s", made.pk)
    assert named() == [f"application {made.code}, round 0: the manifest was altered"]


def test_a_file_that_was_altered_on_the_disk_is_found_by_name(review: Review, signed: Application) -> None:
    version = EvidenceVersion.objects.order_by("pk")[0]
    path = path_of(version)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    assert named() == [], "files are read again on request alone"
    assert named("--evidence") == [f"{version.file.name}: the file was altered"]
    _count, (fault,) = verify_evidence([review.inspection])
    assert json.loads(_event_of("add_evidence", fault.seq).text)["data"]["evidence"] == version.evidence_id


def test_a_file_that_is_missing_is_found_by_name(signed: Application) -> None:
    version = EvidenceVersion.objects.get(number=2)
    path_of(version).unlink()
    assert named("--evidence") == [f"{version.file.name}: the file is missing"]


def test_a_file_altered_together_with_its_row_differs_from_the_event(signed: Application) -> None:
    version = EvidenceVersion.objects.order_by("pk")[0]
    path_of(version).write_bytes(b"Forged")
    forged = hash_of("Forged")
    behind_the_back("UPDATE files_storedfile SET sha256 = %s, size = 6 WHERE id = %s", forged, version.file_id)
    assert named("--evidence") == [f"{version.file.name}: the file was altered"]


def test_an_altered_row_beside_an_unaltered_file_is_found(signed: Application) -> None:
    version = EvidenceVersion.objects.order_by("pk")[0]
    behind_the_back("UPDATE files_storedfile SET sha256 = '0' WHERE id = %s", version.file_id)
    assert named("--evidence") == [f"{version.file.name}: the row of the file was altered"]


def test_a_version_that_was_taken_away_or_slipped_in_is_found(review: Review, signed: Application) -> None:
    version = EvidenceVersion.objects.get(number=2)
    behind_the_back("DELETE FROM measures_evidenceversion WHERE id = %s", version.pk)
    other = stored(b"Slipped in", name="other.txt")
    EvidenceVersion.objects.create(evidence=version.evidence, number=3, file=other, by=review.roads_officer, at=NOW)
    assert sorted(named("--evidence")) == [
        "other.txt: no event records this file",
        f"{version.file.name}: the row of this file is missing",
    ]


def test_one_inspection_alone(review: Review, signed: Application) -> None:
    other = inspection(review.organisation)
    version = EvidenceVersion.objects.order_by("pk")[0]
    path_of(version).unlink()
    assert named("--evidence", "--inspection", other.code) == []
    assert len(named("--evidence", "--inspection", review.inspection.code)) == 1


def test_people_read_how_many_files_there_are(signed: Application) -> None:
    out = StringIO()
    call_command("verify_audit", "--evidence", stdout=out)
    assert out.getvalue().splitlines()[-2:] == ["2 chains, 19 events, 0 faults", "Evidence files checked: 3"]


def test_an_auditor_is_shown_every_common_chain_that_the_program_writes(cast: Cast) -> None:
    """The keys are found in the code: what opens a trail by a word of its own has a chain that no inspection holds."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=settings.BASE_DIR, capture_output=True, text=True)
    names = [name for name in listed.stdout.split() if not name.startswith(("tests/", "tools/"))]
    texts = [path.read_text(encoding="utf-8") for name in names if (path := settings.BASE_DIR / name).is_file()]
    keys = {key for text in texts for key in re.findall(r'^CHAIN = "(\w+)"|open_trail\("(\w+)"', text, re.MULTILINE)}
    written = {first or second for first, second in keys}
    for key in written:
        Chain.objects.get_or_create(key=key)
    assert len(written) > 4
    assert written <= set(chains_of(cast.auditor))
