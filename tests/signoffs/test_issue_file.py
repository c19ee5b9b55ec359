"""The whole file of an issue as one archive, which any `sha256sum -c` verifies."""

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment
from audit.models import Event
from documents.archive import ArchiveStream
from files.models import FileScan, StoredFile
from files.services import store_upload
from issues.models import Issue
from jobs.models import Job
from jobs.tasks import run_job
from measures.models import Evidence
from measures.services import add_evidence, add_version, withdraw_evidence
from signoffs.services import apply_for_sign_off
from tests.documents.papers import pages_of, squeezed
from tests.factories import NOW
from tests.html_pages import Page
from tests.signoffs.paper_data import applied, closing_of_two_units
from tests.signoffs.review_setup import STATEMENT, Review, give_back, later

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
LONG_NAME = "关于城东片区管网改造的整改报告" * 14 + ".txt"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        yield


def asked(client: Client, issue: Issue) -> Job:
    """Ask for the archive as a person does, and have it packed."""
    response = client.post(reverse("request_archive", args=[issue.pk]))
    assert response.status_code == 302
    job = Job.objects.latest("pk")
    assert response["Location"] == reverse("job", args=[job.pk])
    run_job(job.pk)
    job.refresh_from_db()
    return job


def archive(client: Client, issue: Issue) -> zipfile.ZipFile:
    job = asked(client, issue)
    assert job.status == "done", job.error
    response = client.get(job.result_url)
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def names(packed: zipfile.ZipFile) -> list[str]:
    """The paths below the one folder of the archive."""
    assert len({name.split("/")[0] for name in packed.namelist()}) == 1
    return [name.partition("/")[2] for name in packed.namelist()]


def read(packed: zipfile.ZipFile, name: str) -> bytes:
    (path,) = [each for each in packed.namelist() if each.endswith(f"/{name}")]
    return packed.read(path)


@pytest.fixture
def issue(review: Review) -> Issue:
    """An issue with everything in it: two rounds, an earlier version, withdrawn evidence, names that repeat."""
    by = review.roads_officer
    application = applied(review, issue=review.issue(lead_unit=review.roads))
    give_back(application, by=review.office)
    measure = application.measure
    assert measure is not None
    first, second = measure.evidence.order_by("position")
    newer = store_upload(stream=io.BytesIO(b"%PDF-1.7 second"), name="整改报告（终稿）.pdf", by=by, at=NOW)
    add_version(evidence=first, file=newer, by=by, at=later(2))
    withdraw_evidence(evidence=second, reason="照片属于另一条道路，传错了。", by=by, at=later(2))
    for content in (b"one", b"two"):
        file = store_upload(stream=io.BytesIO(content), name=LONG_NAME, by=by, at=NOW)
        add_evidence(file=file, measure=measure, by=by, at=later(3))
    again = apply_for_sign_off(measure=measure, statement=STATEMENT, by=by, at=later(4))
    review.accepted(again, review.office, review.group, at=later(5))
    return Issue.objects.get(pk=measure.issue_id)


def test_it_holds_plan_progress_evidence_decisions_forms_contents(
    issue: Issue, review: Review, page_of: PageOf
) -> None:
    packed = archive(page_of(review.office), issue)
    code = issue.measures.get().code
    found = names(packed)
    assert found[:2] == ["01-整改方案/整改方案.pdf", "02-整改进展/整改进展.pdf"]
    assert found[-2:] == ["目录.pdf", "SHA256SUMS"]
    assert f"03-证明材料/历史版本/{code}-整改报告（终稿）（第1版）.pdf" in found
    assert f"03-证明材料/现行/{code}-整改报告（终稿）.pdf" in found
    assert f"03-证明材料/已撤回/{code}-现场照片说明.txt" in found
    assert [name for name in found if name.startswith("05-")] == [
        f"05-审批表/整改销号申请审批表-{code}-第{number}轮.pdf" for number in (1, 2)
    ]
    assert read(packed, f"{code}-整改报告（终稿）.pdf") == b"%PDF-1.7 second"
    plan, done = (squeezed("".join(pages_of(read(packed, f"{name}.pdf")))) for name in ("整改方案", "整改进展"))
    assert issue.text.replace(" ", "") in plan
    assert "管网已全部更换完毕。" in done
    told = squeezed("".join(pages_of(read(packed, "审核情况.pdf"))))
    assert "退回（任务完不成）" in told
    assert told.count("该号SHA-256：") == 5


def test_sha256sum_verifies_it_in_a_plain_shell(issue: Issue, review: Review, page_of: PageOf, tmp_path: Path) -> None:
    packed = archive(page_of(review.office), issue)
    folder = unpacked(packed, tmp_path)
    done = verified(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK\n") == len(packed.namelist()) - 1
    (report,) = folder.glob("03-*/现行/*终稿*")
    report.write_bytes(b"forged")
    done = verified(folder)
    assert done.returncode == 1
    assert "整改报告（终稿）.pdf: FAILED" in done.stdout


def test_the_manifests_line_is_the_hash_that_the_form_prints(issue: Issue, review: Review, page_of: PageOf) -> None:
    packed = archive(page_of(review.office), issue)
    sums = dict(line.split("  ")[::-1] for line in read(packed, "SHA256SUMS").decode().splitlines())
    for application in issue.applications.all():
        (path,) = [name for name in sums if name.endswith(f"-第{application.round}轮.json")]
        assert sums[path] == application.manifest_sha256
        form = pages_of(read(packed, f"整改销号申请审批表-{application.code}-第{application.round}轮.pdf"))
        assert sums[path] in squeezed("".join(form))
        assert json.loads(read(packed, path))["statement"] == STATEMENT


def test_the_contents_page_lists_every_file_with_its_hash_and_the_head_of_the_trail(
    issue: Issue, review: Review, page_of: PageOf
) -> None:
    packed = archive(page_of(review.office), issue)
    contents = squeezed("".join(pages_of(read(packed, "目录.pdf"))))
    listed = [line.split("  ") for line in read(packed, "SHA256SUMS").decode().splitlines()]
    for sha256, path in listed:
        assert path == "目录.pdf" or sha256 in contents, path
    assert f"原文件名：{issue.measures.get().code}-{LONG_NAME}" in contents
    head = Event.objects.filter(chain__key=issue.inspection.chain).latest("seq")
    assert f"至第{head.seq}号，SHA-256：{head.hash}" in contents


def test_long_and_repeated_names_stay_apart_and_fit_a_file_system(
    issue: Issue, review: Review, page_of: PageOf
) -> None:
    found = [name for name in names(archive(page_of(review.office), issue)) if "城东片区" in name]
    assert len(set(found)) == 2
    assert all(len(part.encode()) <= 255 for name in found for part in name.split("/"))
    assert all(name.endswith(".txt") for name in found)


def test_a_unit_gets_its_own_part_and_never_the_others(review: Review, page_of: PageOf) -> None:
    closing = closing_of_two_units(review)
    roads, whole = (archive(page_of(person), closing.issue) for person in (review.roads_officer, review.office))
    assert any("绿化.txt" in name for name in names(whole))
    hidden = closing.issue.measures.get(lead_unit=review.parks).code
    assert not any("绿化" in name or hidden in name for name in names(roads))
    papers = [pages_of(roads.read(name)) for name in roads.namelist() if name.endswith(".pdf") and "终稿" not in name]
    words = squeezed("".join("".join(pages) for pages in papers))
    assert "绿化" not in words
    assert hidden not in words
    assert "另有措施不在查阅范围内" in words
    assert not any(closing.manifest_sha256.encode() in roads.read(name) for name in names_of_json(roads))


@pytest.mark.parametrize("who", ["parks_officer", "stranger", "superuser", "auditor"])
def test_who_does_not_see_the_issue_gets_404(issue: Issue, review: Review, page_of: PageOf, who: str) -> None:
    client = page_of(getattr(review, who))
    assert client.post(reverse("request_archive", args=[issue.pk])).status_code == 404
    assert not Job.objects.exists()


def test_the_archive_is_its_askers_alone(issue: Issue, review: Review, page_of: PageOf) -> None:
    job = asked(page_of(review.office), issue)
    for person in (review.group, review.roads_officer, review.parks_officer):
        assert page_of(person).get(job.result_url).status_code == 404


def test_a_key_of_another_file_opens_nothing(issue: Issue, review: Review, page_of: PageOf) -> None:
    asked(page_of(review.office), issue)
    for file in StoredFile.objects.exclude(name__endswith=".zip"):
        address = reverse("issue_archive", args=[issue.pk, file.key])
        assert page_of(review.office).get(address).status_code == 404


def test_who_lost_the_role_gets_it_no_more(issue: Issue, review: Review, page_of: PageOf) -> None:
    job = asked(page_of(review.roads_officer), issue)
    assert page_of(review.roads_officer).get(job.result_url).status_code == 200
    Appointment.objects.filter(user=review.roads_officer).update(until=date(2026, 3, 1))
    assert page_of(review.roads_officer).get(job.result_url).status_code == 404


def test_who_lost_the_role_before_it_was_packed_gets_nothing(issue: Issue, review: Review, page_of: PageOf) -> None:
    page_of(review.roads_officer).post(reverse("request_archive", args=[issue.pk]))
    Appointment.objects.filter(user=review.roads_officer).update(until=date(2026, 3, 1))
    job = Job.objects.get()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "can no longer see all of this" in job.error
    assert not StoredFile.objects.filter(name__endswith=".zip").exists()


def test_every_file_in_it_leaves_its_download_event(issue: Issue, review: Review, page_of: PageOf) -> None:
    job = asked(page_of(review.office), issue)
    events = Event.objects.filter(chain__key="downloads", verb="download", actor_id=review.office.pk)
    assert not events.exists(), "packing gives nothing to anybody"
    page_of(review.office).get(job.result_url)
    versions = StoredFile.objects.filter(evidence_versions__evidence__issue=issue)
    packed = StoredFile.objects.get(name__endswith=".zip")
    assert set(events.values_list("object_id", flat=True)) == {*versions.values_list("pk", flat=True), packed.pk}
    before = events.count()
    page_of(review.office).get(job.result_url)
    assert events.count() == before, "one event per user, file and hour"


def test_asking_again_while_it_is_packed_leads_to_the_same_job(issue: Issue, review: Review, page_of: PageOf) -> None:
    client = page_of(review.office)
    addresses = {client.post(reverse("request_archive", args=[issue.pk]))["Location"] for _click in range(2)}
    assert len(addresses) == 1
    assert Job.objects.count() == 1
    run_job(Job.objects.get().pk)
    client.post(reverse("request_archive", args=[issue.pk]))
    assert Job.objects.count() == 2, "once it is done a new one can be asked for"


def test_packing_twice_leaves_one_archive(issue: Issue, review: Review, page_of: PageOf) -> None:
    job = asked(page_of(review.office), issue)
    run_job(job.pk)
    assert StoredFile.objects.filter(name__endswith=".zip").count() == 1
    assert len(stored_bytes()) == StoredFile.objects.count()


def test_a_file_altered_on_the_disk_is_named_and_nothing_is_left(issue: Issue, review: Review, page_of: PageOf) -> None:
    file = StoredFile.objects.filter(evidence_versions__evidence__issue=issue).latest("pk")
    Path(default_storage.path(file.stored_as)).write_bytes(b"forged")
    before = stored_bytes()
    job = asked(page_of(review.office), issue)
    assert job.status == "failed"
    assert "城东片区" in job.error
    assert "altered" in job.error
    assert stored_bytes() == before


def test_a_file_that_the_scanner_keeps_locked_stays_out_and_the_contents_say_so(
    issue: Issue, review: Review, page_of: PageOf, settings: Any
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    files = StoredFile.objects.filter(evidence_versions__evidence__issue=issue).order_by("pk")
    clean, infected = list(files)[1:], files[0]
    for file in clean:
        FileScan.objects.create(file=file, state="clean", scanned_at=NOW)
    FileScan.objects.create(file=infected, state="infected", answer="Eicar", scanned_at=NOW)
    packed = archive(page_of(review.office), issue)
    assert not any("（第1版）" in name for name in names(packed))
    assert "未装入的材料" in squeezed("".join(pages_of(read(packed, "目录.pdf"))))


def test_what_was_found_infected_since_is_not_handed_out(issue: Issue, review: Review, page_of: PageOf) -> None:
    client = page_of(review.office)
    job = asked(client, issue)
    file = StoredFile.objects.filter(evidence_versions__evidence__issue=issue).latest("pk")
    FileScan.objects.create(file=file, state="infected", answer="Eicar", scanned_at=timezone.now())
    response = client.get(job.result_url, follow=True)
    assert response.redirect_chain[0][0] == reverse("job", args=[job.pk])
    assert "A virus was found" in " ".join(Page(response).toasts())


def test_a_worker_that_lost_its_job_leaves_no_archive(
    issue: Issue, review: Review, page_of: PageOf, monkeypatch: Any
) -> None:
    page_of(review.office).post(reverse("request_archive", args=[issue.pk]))
    job = Job.objects.get()
    add, before = ArchiveStream._add, stored_bytes()

    def stolen(self: ArchiveStream, *args: Any) -> Any:
        Job.objects.filter(pk=job.pk).update(attempt=9)
        return add(*args)

    monkeypatch.setattr(ArchiveStream, "_add", stolen)
    run_job(job.pk)
    assert stored_bytes() == before
    assert not StoredFile.objects.filter(name__endswith=".zip").exists()


def test_progress_is_told_while_it_is_packed(issue: Issue, review: Review, page_of: PageOf, monkeypatch: Any) -> None:
    told: list[int] = []
    monkeypatch.setattr("signoffs.tasks.advance", lambda job, percent, stage: told.append(percent))
    asked(page_of(review.office), issue)
    assert told == sorted(told)
    assert len(set(told)) > 5
    assert told[-1] <= 100


def test_evidence_of_the_issue_as_a_whole_is_in_it(review: Review, page_of: PageOf) -> None:
    issue = review.issue(lead_unit=review.roads)
    file = store_upload(stream=io.BytesIO(b"minutes"), name="会议纪要.txt", by=review.office, at=NOW)
    add_evidence(file=file, issue=issue, by=review.office, at=NOW)
    found = names(archive(page_of(review.office), issue))
    assert f"03-证明材料/现行/{issue.code}-00-会议纪要.txt" in found
    assert Evidence.objects.filter(issue=issue, measure=None).count() == 1


def names_of_json(packed: zipfile.ZipFile) -> list[str]:
    return [name for name in packed.namelist() if name.endswith((".json", "SHA256SUMS"))]


def stored_bytes() -> set[str]:
    """The files that lie in the storage."""
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def unpacked(packed: zipfile.ZipFile, folder: Path) -> Path:
    """Unpack as people do, by the shell's own tool where it is there."""
    assert packed.fp is not None
    packed.fp.seek(0)
    folder = folder / "unpacked"
    folder.mkdir()
    (folder / "file.zip").write_bytes(packed.fp.read())
    if shutil.which("unzip"):
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        subprocess.run(["unzip", "-q", "file.zip"], cwd=folder, check=True, env=environment)
    else:
        packed.extractall(folder)
    (only,) = [path for path in folder.iterdir() if path.is_dir()]
    return only


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    environment = {"PATH": "/usr/bin:/bin"}
    command = ["sha256sum", "-c", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, encoding="utf-8")
