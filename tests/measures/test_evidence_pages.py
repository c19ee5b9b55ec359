"""The pages of evidence: uploading with and without a script, looking, downloading; whatever is hostile is refused."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Event
from files.models import FileScan, StoredFile
from files.services import scan_file
from measures.models import Evidence, EvidenceVersion, Measure
from measures.services import upload_evidence, withdraw_evidence
from tests.factories import NOW, TODAY, Cast
from tests.files.fake_clamd import EICAR, Scanner
from tests.files.test_store_upload import left_behind, word
from tests.html_pages import Page
from tests.measures.trail_checks import REASON

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 minutes"
NAME = "整改报告（终稿）.pdf"
QUOTED = "%E6%95%B4%E6%94%B9%E6%8A%A5%E5%91%8A%EF%BC%88%E7%BB%88%E7%A8%BF%EF%BC%89.pdf"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def running(cast: Cast) -> Measure:
    return cast.measure(status="in_progress")


@pytest.fixture
def officer(cast: Cast, page_of: Any) -> Client:
    return page_of(cast.roads_officer)


def piece(cast: Cast, measure: Measure, content: bytes = PDF, name: str = NAME) -> Evidence:
    return upload_evidence(stream=io.BytesIO(content), name=name, measure=measure, by=cast.roads_officer, at=NOW)


def send(browser: Client, measure: Measure, *files: tuple[str, bytes], script: bool = False, **data: Any) -> Any:
    """Send the form; the name goes out as it is, for a hostile sender has no browser that tidies it up."""
    boundary = "limit-of-the-parts"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in data.items()
    ]
    for name, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="uploads"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    extra = {"HTTP_ACCEPT": "application/json"} if script else {}
    address = reverse("add_evidence", args=[measure.pk])
    return browser.generic("POST", address, body, f"multipart/form-data; boundary={boundary}", **extra)


def nothing_is_left(tmp_path: Path) -> bool:
    rows = [model.objects.count() for model in (StoredFile, Evidence, EvidenceVersion)]
    return left_behind(tmp_path) == [] and rows == [0, 0, 0] and not list(tmp_path.parent.glob("incoming/*"))


def test_the_form_tells_limit_kinds_and_the_warning_before_anything_is_sent(officer: Client, running: Measure) -> None:
    page = Page(officer.get(reverse("add_evidence", args=[running.pk])))
    words = " ".join(page.texts("//main"))
    for fact in ("100.0\xa0MB", "State secrets must not be uploaded", "PDF document", "WPS", "archive (.zip)", "OFD"):
        assert fact in words or fact.replace("\xa0", " ") in words
    (form,) = page.tree.xpath("//form[@data-upload]")
    assert form.get("data-limit") == str(100 * 1024 * 1024)
    assert form.xpath(".//input[@type='file'][@multiple]")
    assert form.xpath(".//input[@type='file'][@capture='environment']")


def test_without_a_script_several_files_go_in_one_form(officer: Client, running: Measure) -> None:
    fields = {"classification": "public", "about_on": str(TODAY)}
    answer = send(officer, running, (NAME, PDF), ("说明.txt", "说明".encode()), **fields)
    assert (answer.status_code, answer["Location"]) == (302, f"/measures/{running.pk}/?tab=evidence")
    uploaded = [(e.latest.file.name, e.classification, e.about_on) for e in Evidence.objects.order_by("position")]
    assert uploaded == [(NAME, "public", TODAY), ("说明.txt", "public", TODAY)]
    assert "2 files were added" in officer.get(answer["Location"]).content.decode()


def test_of_several_files_the_good_ones_stay_and_the_bad_one_is_named(officer: Client, running: Measure) -> None:
    answer = send(officer, running, (NAME, PDF), ("坏.pdf", b"MZ\x90"), ("空.txt", b""), classification="internal")
    assert answer.status_code == 422
    (error,) = Page(answer).texts("//*[@id='id_uploads_error']")
    assert "坏.pdf: By its content this file is: program." in error
    assert "空.txt: This file is empty." in error
    assert [e.latest.file.name for e in Evidence.objects.all()] == [NAME]
    assert "1 file was added." in answer.content.decode()


def test_the_script_gets_an_address_or_the_reason(officer: Client, running: Measure) -> None:
    good = send(officer, running, (NAME, PDF), script=True, classification="internal")
    assert (good.status_code, good.json()) == (201, {"urls": [reverse("evidence", args=[Evidence.objects.get().pk])]})
    bad = send(officer, running, ("a.pdf", b""), script=True, classification="internal")
    assert (bad.status_code, bad.json()) == (422, {"reasons": ["This file is empty."]})
    late = send(officer, running, (NAME, PDF), script=True, classification="internal", about_on="2027-01-01")
    assert "future" in late.json()["reasons"][0]
    assert Evidence.objects.count() == 1


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(80 * 1024 * 1024))
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "program called PDF": ("整改报告.pdf", b"MZ\x90\x00" + bytes(300), "By its content this file is: program."),
    "page with a script": ("a.html", b"<!doctype html><script>alert(1)</script>", "this file is: web page (HTML)."),
    "page with a script called picture": ("a.png", b"<html><script>alert(1)</script>", "web page (HTML)."),
    "drawing with a script": ("a.svg", SVG, "this file is: drawing or data in XML (SVG)."),
    "drawing with a script called picture": ("a.png", b"\xef\xbb\xbf" + SVG, "drawing or data in XML (SVG)."),
    "zip bomb": ("证据.zip", bomb(), "unpacks to far more than it should (zip bomb)."),
    "way out of the folder": ("../../../etc/cron.d/x.txt", b"text", "leads out of its folder"),
    "way out of the folder on Windows": ("..\\..\\x.txt", b"text", "leads out of its folder"),
    "nothing in it": (NAME, b"", "This file is empty."),
    "name of 300 characters": ("长" * 296 + ".pdf", PDF, "longer than 255 characters."),
    "one byte over the limit": (NAME, PDF.ljust(50_001, b"x"), "larger than 48.8\xa0KB, the limit here."),
}


@pytest.mark.parametrize("script", [False, True], ids=["form", "script"])
@pytest.mark.parametrize(("name", "content", "fact"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_hostile_is_refused_with_one_sentence_and_leaves_nothing(
    name: str, content: bytes, fact: str, script: bool, officer: Client, running: Measure, settings: Any, tmp_path: Path
) -> None:
    settings.EVIDENCE_LIMIT = 50_000 if "limit" in fact else 100_000
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path.parent / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
    answer = send(officer, running, (name, content), script=script, classification="internal")
    assert answer.status_code == 422
    (reason,) = answer.json()["reasons"] if script else Page(answer).texts("//*[@id='id_uploads_error']")
    assert fact.replace("\xa0", " ") in reason.replace("\xa0", " ")
    assert reason.count(". ") <= 1, "one clear sentence, and perhaps what is accepted"
    assert nothing_is_left(tmp_path)
    assert not Event.objects.filter(verb="add_evidence").exists()


def test_a_file_of_exactly_the_limit_comes_in(officer: Client, running: Measure, settings: Any) -> None:
    settings.EVIDENCE_LIMIT = 50_000
    send(officer, running, (NAME, PDF.ljust(50_000, b"x")), classification="internal")
    assert StoredFile.objects.get().size == 50_000


def test_of_a_file_beyond_the_limit_no_more_is_written_than_shows_it(
    officer: Client, running: Measure, settings: Any, monkeypatch: Any
) -> None:
    settings.EVIDENCE_LIMIT = 100_000
    written: list[int] = []
    handler = "django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk"
    monkeypatch.setattr(handler, lambda self, data, start: written.append(len(data)))
    send(officer, running, (NAME, bytes(480_000)), classification="internal")
    assert 100_000 < sum(written) <= 100_000 + 128 * 1024


def test_a_form_larger_than_any_form_is_not_read(officer: Client, running: Measure, settings: Any) -> None:
    settings.EVIDENCE_LIMIT = 1000
    answer = send(officer, running, *[(NAME, PDF)] * 3, ("a.txt", bytes(1_200_000)), classification="internal")
    assert answer.status_code in {400, 413}
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("address", ["/login/", "/measures/1/add-evidence/"])
def test_who_is_not_logged_in_sends_no_large_form_to_any_address(address: str, tmp_path: Path, settings: Any) -> None:
    """Code that reads the form first, like the check of its token, does not write it to the disk."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    browser = Client(enforce_csrf_checks=True)
    browser.get("/login/")
    large = SimpleUploadedFile("large.txt", bytes(1_200_000))
    answer = browser.post(address, {"file": large, "csrfmiddlewaretoken": "a" * 64})
    assert answer.status_code in {400, 413}
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


def test_a_form_without_a_file_keeps_what_was_typed(officer: Client, running: Measure) -> None:
    answer = send(officer, running, classification="public", about_on="2026-02-28")
    page = Page(answer)
    assert answer.status_code == 422
    assert page.texts("//*[@id='id_uploads_error']") == ["Choose at least one file."]
    assert page.tree.xpath("//input[@name='about_on']/@value") == ["2026-02-28"]
    assert page.tree.xpath("//input[@name='classification'][@checked]/@value") == ["public"]


def test_without_the_token_of_the_page_nothing_comes_in(cast: Cast, running: Measure, tmp_path: Path) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.roads_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert send(browser, running, (NAME, PDF), classification="internal").status_code == 403
    assert left_behind(tmp_path) == []


def test_the_page_of_a_piece_tells_everything_of_its_versions(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    page = Page(officer.get(reverse("evidence", args=[evidence.pk])))
    words = " ".join(page.texts("//main"))
    file = evidence.latest.file
    for fact in (NAME, file.sha256, "Roads officer", "PDF document", "internal", running.code):
        assert fact in words
    assert page.tree.xpath("//iframe/@src") == [f"/evidence/{evidence.pk}/1/preview/#navpanes=0"]
    again = SimpleUploadedFile(NAME, b"%PDF-1.7 signed")
    answer = officer.post(reverse("add_version", args=[evidence.pk]), {"uploads": again})
    assert answer["Location"] == f"/evidence/{evidence.pk}/"
    page = Page(officer.get(answer["Location"]))
    assert page.texts("//tbody/tr/td[1]") == ["2", "1"]
    assert page.tree.xpath("//iframe/@src") == [f"/evidence/{evidence.pk}/2/preview/#navpanes=0"]


def test_a_bad_version_is_refused_at_its_field(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    address = reverse("add_version", args=[evidence.pk])
    for file, fact in ((SimpleUploadedFile("a.pdf", b"MZ"), "program"), (None, "Choose at least one file.")):
        answer = officer.post(address, {"uploads": file} if file else {})
        assert answer.status_code == 422
        assert fact in Page(answer).texts("//*[@id='id_uploads_error']")[0]
    answer = officer.post(address, {"uploads": SimpleUploadedFile(NAME, PDF)}, HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()) == (201, {"urls": [f"/evidence/{evidence.pk}/"]})


def test_withdrawing_asks_for_a_reason_and_shows_it(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    address = reverse("withdraw_evidence", args=[evidence.pk])
    assert NAME in officer.get(address).content.decode()
    assert officer.post(address, {"reason": "no"}).status_code == 422
    assert officer.post(address, {"reason": REASON}).status_code == 302
    for place in (f"/evidence/{evidence.pk}/", f"/measures/{running.pk}/?tab=evidence"):
        html = officer.get(place).content.decode()
        assert REASON in html
        assert "withdrawn" in html
    assert "add-version" not in officer.get(f"/evidence/{evidence.pk}/").content.decode()


def test_a_download_has_the_exact_name_and_leaves_its_event(cast: Cast, running: Measure, page_of: Any) -> None:
    evidence = piece(cast, running)
    answer = page_of(cast.group).get(reverse("download_evidence", args=[evidence.pk, 1]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{QUOTED}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    event = Event.objects.get(verb="download")
    assert (event.chain.key, event.actor_id, event.object_id) == ("downloads", cast.group.pk, evidence.latest.file_id)
    assert json.loads(event.text)["data"] == {"name": NAME, "sha256": evidence.latest.file.sha256}


def test_a_preview_is_inline_in_a_policy_of_its_own_and_leaves_its_event(
    cast: Cast, running: Measure, officer: Client
) -> None:
    evidence = piece(cast, running, "说明".encode(), "说明.txt")
    answer = officer.get(reverse("preview_evidence", args=[evidence.pk, 1]))
    assert b"".join(answer.streaming_content).decode() == "说明"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"] == "private, no-store", "on a shared machine nothing of it stays behind"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert Event.objects.get(verb="preview").actor_id == cast.roads_officer.pk


def test_a_pdf_is_shown_by_the_reader_of_the_browser_where_nothing_else_of_it_could_run(
    cast: Cast, running: Measure, officer: Client
) -> None:
    """A sandbox shows no PDF in the browsers of offices; what it would forbid is forbidden one by one."""
    polyglot = b"%PDF-1.7\n<html><script>alert(1)</script><form action=//away.example></form></html>"
    evidence = piece(cast, running, polyglot)
    answer = officer.get(reverse("preview_evidence", args=[evidence.pk, 1]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert (answer["X-Frame-Options"], answer["Cross-Origin-Resource-Policy"]) == ("SAMEORIGIN", "same-origin")
    policy = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",  # and so no script, no picture and no request
        "style-src": "'unsafe-inline'",
        "object-src": "'self'",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }


def test_the_history_names_the_file_of_each_line(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    again = SimpleUploadedFile("报告<第二版>.pdf", b"%PDF-1.7 signed")
    assert officer.post(reverse("add_version", args=[evidence.pk]), {"uploads": again}).status_code == 302
    withdraw_evidence(evidence=evidence, reason=REASON, by=cast.roads_officer, at=NOW)
    page = Page(officer.get(f"{reverse('measure', args=[running.pk])}?tab=history"))
    lines = page.texts("//ol[@class='timeline']/li/div[2]")
    assert lines[:3] == [
        "withdrew evidence 报告<第二版>.pdf",
        "put a new version of evidence in place 报告<第二版>.pdf",
        f"added evidence {NAME}",
    ]


def test_looking_does_not_count_as_downloading(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    for name in ("preview_evidence", "preview_evidence", "download_evidence", "download_evidence"):
        assert b"".join(officer.get(reverse(name, args=[evidence.pk, 1])).streaming_content) == PDF
    assert list(Event.objects.filter(chain__key="downloads").values_list("verb", flat=True)) == ["preview", "download"]


def test_a_version_that_is_not_there_is_not_found(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    for name in ("preview_evidence", "download_evidence"):
        assert officer.get(reverse(name, args=[evidence.pk, 2])).status_code == 404


def test_lost_bytes_are_said_in_words(cast: Cast, running: Measure, officer: Client) -> None:
    evidence = piece(cast, running)
    default_storage.delete(evidence.latest.file.stored_as)
    answer = officer.get(reverse("download_evidence", args=[evidence.pk, 1]), follow=True)
    assert "The stored file is missing" in answer.content.decode()
    answer = officer.get(reverse("preview_evidence", args=[evidence.pk, 1]))
    assert (answer.status_code, answer["Content-Type"]) == (409, "text/plain; charset=utf-8")


def test_eicar_is_locked_for_everybody(
    cast: Cast, running: Measure, page_of: Any, officer: Client, scanner: Scanner, monkeypatch: Any
) -> None:
    monkeypatch.setattr("files.adapters.scan.delay", lambda pk: scan_file(file_id=pk, at=NOW))
    send(officer, running, ("发票.txt", EICAR), classification="internal")
    evidence = Evidence.objects.get()
    address = f"/evidence/{evidence.pk}/"
    assert "being checked for viruses" in officer.get(address).content.decode()
    assert scan_file(file_id=evidence.latest.file_id, at=NOW) == "infected"
    for person in (cast.roads_officer, cast.office, cast.group):
        browser = page_of(person)
        assert "A virus was found" in browser.get(address).content.decode()
        assert "infected, locked" in browser.get(f"/measures/{running.pk}/?tab=evidence").content.decode()
        assert browser.get(f"{address}1/download/")["Location"] == address
        assert browser.get(f"{address}1/preview/").status_code == 409
    assert not Event.objects.filter(verb__in=["download", "preview"]).exists()
    assert FileScan.objects.get().state == "infected"


def test_a_document_without_a_converter_is_a_download(
    cast: Cast, running: Measure, officer: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("files.services.previews.converter", lambda: "")
    evidence = piece(cast, running, word(), "报告.docx")
    html = officer.get(f"/evidence/{evidence.pk}/").content.decode()
    assert "download it" in html
    assert "<iframe" not in html
    assert "make-pages" not in html


def test_pages_of_a_document_are_asked_for_with_a_button(
    cast: Cast, running: Measure, officer: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("files.services.previews.converter", lambda: "soffice")
    evidence = piece(cast, running, word(), "报告.docx")
    address = f"/evidence/{evidence.pk}/"
    assert Page(officer.get(address)).tree.xpath("//main//form/@action") == [f"{address}1/make-pages/"]
    assert officer.post(f"{address}1/make-pages/")["Location"] == address
    assert "is being prepared" in officer.get(address).content.decode()


def test_lists_need_no_more_queries_for_more_files(cast: Cast, running: Measure, officer: Client, queries: Any) -> None:
    address = f"/measures/{running.pk}/?tab=evidence"
    withdraw_evidence(evidence=piece(cast, running), reason=REASON, by=cast.roads_officer, at=NOW)
    piece(cast, running)
    few = queries(lambda: officer.get(address))
    for _more in range(8):
        piece(cast, running)
    assert queries(lambda: officer.get(address)) == few


def test_an_empty_tab_says_what_to_do_and_to_others_who_does_it(
    cast: Cast, running: Measure, officer: Client, page_of: Any
) -> None:
    address = f"/measures/{running.pk}/?tab=evidence"
    assert reverse("add_evidence", args=[running.pk]) in officer.get(address).content.decode()
    html = page_of(cast.group).get(address).content.decode()
    assert "while the measure is under way" in html
    assert "add-evidence" not in html


def test_the_issue_shows_what_belongs_to_it_as_a_whole(cast: Cast, page_of: Any) -> None:
    issue = cast.issue(lead_unit=cast.roads)
    cast.measure(issue=issue, status="in_progress")
    browser = page_of(cast.roads_officer)
    address = reverse("add_issue_evidence", args=[issue.pk])
    assert address in browser.get(f"/issues/{issue.pk}/").content.decode()
    answer = browser.post(address, {"uploads": SimpleUploadedFile(NAME, PDF), "classification": "internal"})
    assert answer["Location"] == f"/issues/{issue.pk}/#evidence"
    assert NAME in browser.get(f"/issues/{issue.pk}/").content.decode()
    assert "add-evidence" not in page_of(cast.group).get(f"/issues/{issue.pk}/").content.decode()
