"""Papers by the API: forms of applications, files of issues, bulletins, previews, histories, chains of the trail."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from audit.models import Chain, Event
from jobs.models import Job
from jobs.tasks import run_job
from tests.api.client import ApiClient, problem_of
from tests.api.test_office import refused
from tests.bulletins.two_weeks import FRIDAY, TEXTS, TwoWeeks
from tests.documents.papers import pages_of
from tests.factories import NOW
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def content_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def done(answer: Any, caller: ApiClient) -> dict[str, Any]:
    """The job that was answered, once a worker has done it."""
    assert answer.status_code == 202, answer.content
    run_job(answer.json()["id"])
    told: dict[str, Any] = caller.client.get(answer["Location"]).json()
    assert told["status"] == "done", told["reason"]
    return told


def test_the_form_of_an_application_as_word_or_pdf(review: Review) -> None:
    made, caller = review.applied(), ApiClient(review.office)
    address = f"applications/{made.pk}/form/"
    pdf = caller.get(address, format="pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert made.manifest_sha256[:20] in "".join(pages_of(content_of(pdf))).replace("\n", "")
    assert pdf["Content-Disposition"].startswith("attachment;")
    assert content_of(caller.get(address)).startswith(b"PK")
    refused(caller.get(address, format="exe"), 400, "format")
    refused(caller.get(address, page=1), 400, "page")


def test_the_whole_file_of_an_issue(review: Review) -> None:
    measure, caller = review.signed_off(), ApiClient(review.office)
    asked = caller.post(f"issues/{measure.issue_id}/request-archive/")
    again = caller.post(f"issues/{measure.issue_id}/request-archive/")
    assert asked.json()["id"] == again.json()["id"], "one that is under way is not packed twice"
    job = done(asked, caller)
    address = f"/api/v1{job['result_url']}"
    packed = zipfile.ZipFile(io.BytesIO(content_of(caller.client.get(address))))
    assert packed.testzip() is None
    assert any(name.endswith("SHA256SUMS") for name in packed.namelist())
    assert ApiClient(review.group).client.get(address).status_code == 404, "it is the asker's own"
    other = review.issue()
    assert caller.client.get(address.replace(f"/{measure.issue_id}/", f"/{other.pk}/")).status_code == 404
    refused(caller.get(f"issues/{measure.issue_id}/file/not-a-key/"), 404)


def test_an_archive_is_not_given_out_once_a_part_of_it_is_out_of_sight(review: Review) -> None:
    measure, caller = review.signed_off(), ApiClient(review.roads_officer)
    job = done(caller.post(f"issues/{measure.issue_id}/request-archive/"), caller)
    review.roads_officer.appointments.all().delete()
    answer = ApiClient(review.roads_officer).client.get(f"/api/v1{job['result_url']}")
    assert problem_of(answer)["status"] == 404


def test_evidence_is_looked_at_and_what_has_no_pages_says_so(review: Review) -> None:
    measure, caller = review.measure(status="in_progress"), ApiClient(review.roads_officer)
    text = caller.send(f"measures/{measure.pk}/add-evidence/", b"Filled").json()["id"]
    shown = caller.get(f"evidence/{text}/versions/1/preview/")
    assert content_of(shown) == b"Filled"
    assert shown["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert Event.objects.get(verb="preview").actor_id == review.roads_officer.pk
    word = content_of(caller.get(f"applications/{review.applied().pk}/form/"))
    paper = caller.send(f"measures/{measure.pk}/add-evidence/", word, "form.docx").json()["id"]
    refused(caller.get(f"evidence/{paper}/versions/1/preview/"), 422)
    made = caller.post(f"evidence/{paper}/versions/1/make-pages/")
    assert (made.status_code, made.json()["id"]) == (202, paper)
    refused(caller.post(f"evidence/{text}/versions/2/make-pages/"), 404)


def test_history_says_in_words_who_did_what(review: Review) -> None:
    measure, caller = review.measure(), ApiClient(review.office)
    caller.patch(f"measures/{measure.pk}/", remarks="By the school")
    first = caller.get(f"measures/{measure.pk}/history/").json()[0]
    assert (first["verb"], first["who"]) == ("edit_measure", review.office.label)
    assert first["changes"] == [{"field": "remarks", "old": "—", "new": "By the school"}]
    caller.patch(f"issues/{measure.issue_id}/", goal="No holes")
    (entry,) = caller.get(f"issues/{measure.issue_id}/history/").json()
    assert (entry["verb"], entry["changes"][0]["new"]) == ("edit_issue", "No holes")


@pytest.mark.parametrize(("kind", "start"), [("docx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")])
def test_a_bulletin_as_a_file(kind: str, start: bytes) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        scene = TwoWeeks()
        bulletin, caller = scene.published(), ApiClient(scene.roads_officer)
        asked = caller.post(f"bulletins/{bulletin.pk}/export/", format=kind)
        job = done(asked, caller)
        assert job["has_file"]
        assert content_of(caller.get(f"jobs/{job['id']}/result/")).startswith(start)
        assert caller.post(f"bulletins/{bulletin.pk}/export/", format=kind).json()["id"] == job["id"]
        refused(caller.post(f"bulletins/{bulletin.pk}/export/", format="txt"), 422, "format")


def test_a_preview_shows_the_paper_and_saves_nothing() -> None:
    with time_machine.travel(FRIDAY, tick=False):
        scene = TwoWeeks()
        draft, caller = scene.edited(scene.draft()), ApiClient(scene.office)
        told = caller.post(f"bulletins/{draft.pk}/preview/", opening="Leader and Office met.").json()
        (overall,) = [section for section in told["sections"] if section["key"] == "overall"]
        (last,) = [section for section in told["sections"] if section["key"] == "requirements"]
        assert overall["texts"] == {"opening": "Leader and Office met."}
        assert last["texts"]["requirements"] == TEXTS["requirements"]
        assert overall["grids"][0]["rows"]
        assert (told["number"], told["names"]) == (1, ["Leader", "Office"])
        assert caller.get(f"bulletins/{draft.pk}/").json()["opening"] == TEXTS["opening"]
        refused(caller.post(f"bulletins/{draft.pk}/preview/", opening="x" * 2001), 422, "opening")


def test_what_the_public_would_read_names_nobody() -> None:
    with time_machine.travel(FRIDAY, tick=False):
        scene = TwoWeeks()
        draft, caller = scene.edited(scene.draft(), opening="Parks officer was praised."), ApiClient(scene.leader)
        answer = caller.get(f"bulletins/{draft.pk}/public-preview/")
        assert [section["key"] for section in answer.json()][0] == "overall"
        assert "Parks officer" not in answer.content.decode()
        verbs = [entry["verb"] for entry in caller.get(f"bulletins/{draft.pk}/history/").json()]
        assert verbs == ["edit_bulletin", "draft_bulletin"]


def test_an_auditor_verifies_the_chains_and_holds_a_paper_against_one(review: Review) -> None:
    review.applied()
    auditor, chain = ApiClient(review.auditor), Chain.objects.get(key=review.inspection.chain)
    (row,) = auditor.rows("audit-chains", key=chain.key)
    assert (row["name"], row["state"], row["faults"]) == (review.inspection.title, "unverified", None)
    assert done(auditor.post("audit-chains/verify/"), auditor)["has_file"] is False
    row = auditor.get(f"audit-chains/{chain.pk}/").json()
    assert (row["state"], row["faults"], row["head_hash"]) == ("whole", 0, chain.head_hash)
    assert row["verified_by"] == review.auditor.label
    paper = {"chain": chain.key, "seq": chain.head_seq}
    told = auditor.get("audit-chains/verify-document/", **paper, hash=chain.head_hash[:8].upper()).json()
    assert (told["is_same"], told["event"]["hash"]) == (True, chain.head_hash)
    other = "0" * 8 if not chain.head_hash.startswith("0" * 8) else "1" * 8
    assert auditor.get("audit-chains/verify-document/", **paper, hash=other).json()["is_same"] is False
    beyond = {**paper, "seq": chain.head_seq + 1}
    assert auditor.get("audit-chains/verify-document/", **beyond, hash=other).json()["event"] is None
    refused(auditor.get("audit-chains/verify-document/", **paper, hash="short"), 400, "hash")
    refused(auditor.get("audit-chains/verify-document/"), 400, "chain", "seq", "hash")
    refused(auditor.get("audit-chains/verify-document/", chain="inspection:0", seq=1, hash=other), 403)
    assert Job.objects.filter(requested_by=review.auditor).count() == 1
