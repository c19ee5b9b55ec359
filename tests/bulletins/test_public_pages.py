"""What the public reads: nothing of what is withheld or redacted, in no page, no file and none of their metadata."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from bulletins.models import Bulletin
from issues.models import Category, Issue, Problem
from issues.services import Proposal, approve_disclosure, edit_inspection, propose_disclosure
from measures.models import EvidenceVersion, Measure, Milestone, ProgressReport
from papers.models import PaperVersion
from papers.services.content import content_from
from papers.services.exports import latest_content, write_content
from papers.services.lifecycle import approve_paper, edit_paper, issue_paper, make_paper, submit_paper
from rectify.api import router
from supervision.models import PublicFeedback
from tests.bulletins.two_weeks import FRIDAY, TwoWeeks
from tests.factories import NOW, evidence, problem

pytestmark = pytest.mark.django_db
MARK = "暗号"
REDACTED = Proposal("redacted", text="个别路段设施维护不到位。", account="已经维护到位。", reason="涉及具体单位")
WITHHELD = Proposal("withheld", reason="涉及案件线索")


class Published(TwoWeeks):
    """The fortnight with everything that can be public: lane and late withheld, pole redacted, the rest in full."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: list[str] = []
        for person, name in ((self.leader, "司马卫国"), (self.roads_officer, "欧阳建军"), (self.office, "诸葛小明")):
            User.objects.filter(pk=person.pk).update(name=name)
            person.name = name
        for name in ("lane", "late", "pole"):
            self._plant(name)
        proposals = {"lane": WITHHELD, "late": WITHHELD, "pole": REDACTED}
        for name, measure in self.measures.items():
            self.decide(measure.issue, proposals.get(name, Proposal("full")))
        edit_inspection(inspection=self.inspection, values={"is_public": True}, by=self.office, at=NOW)

    def _plant(self, name: str) -> None:
        """Mark every free text of an issue, of what stands above it alone, of its measures, reports and files."""
        measure, number = self.measures[name], len(self.secrets)
        issue = measure.issue
        texts = iter(f"{MARK}{chr(0x4E00 + 40 * number + each)}{name}{each}" for each in range(30))
        if name == "late":  # alone under its headings, which vanish with it
            alone = problem(self.inspection, area=9)
            Problem.objects.filter(pk=alone.pk).update(title=next(texts))
            Category.objects.filter(pk=alone.category_id).update(title=next(texts))
            type(alone.category.area)._base_manager.filter(pk=alone.category.area_id).update(title=next(texts))
            Issue.objects.filter(pk=issue.pk).update(problem=alone)
        fields = ("text", "goal", "outcome_before", "outcome_after")
        Issue.objects.filter(pk=issue.pk).update(**{field: next(texts) for field in fields})
        told = {field: next(texts) for field in ("text", "handler", "remarks", "cancellation_reason")}
        Measure.objects.filter(pk=measure.pk).update(**told)
        Milestone.objects.create(measure=measure, position=9, title=next(texts), due_on=FRIDAY.date())
        ProgressReport.objects.create(measure=measure, text=next(texts), by=self.roads_officer, at=NOW)
        if name == "late":
            evidence(measure, by=self.roads_officer, name=f"{next(texts)}.txt")
        self.secrets.append(name)
        issue.refresh_from_db()
        measure.refresh_from_db()

    def decide(self, issue: Issue, proposal: Proposal) -> None:
        row = propose_disclosure(issue=issue, audience="public", proposal=proposal, by=self.office, at=NOW)
        approve_disclosure(disclosure=row, by=self.group, at=NOW)

    def notice(self) -> PaperVersion:
        version = make_paper(inspection=self.inspection, kind="notice", audience="public", by=self.office, at=FRIDAY)
        closing = content_from(version.content).closing.replace("（请填写）", "0374-1234567")
        told: dict[str, Any] = {"version": version, "by": self.office, "at": FRIDAY}
        edit_paper(values={"closing": closing}, accounts={}, revision=1, **told)
        submit_paper(**told)
        approve_paper(version=version, sha256=version.content_sha256, by=self.group, at=FRIDAY)
        issue_paper(document_number="局党〔2026〕3号", **told)
        return version

    def addresses(self) -> list[str]:
        base = f"/public/{self.inspection.code}/"
        bulletins = [f"{base}bulletins/{row.pk}/" for row in Bulletin.objects.published()]
        notices = [f"{base}notices/{row.number}/" for row in PaperVersion.objects.issued()]
        return ["/public/", base, f"{base}feedback/", *bulletins, *notices]

    def withheld_words(self) -> list[str]:
        """Texts that must not be read anywhere: the marks, names of people, names of files of what is not shown."""
        files = EvidenceVersion.objects.exclude(evidence__issue=self.measures["under"].issue)
        names = list(files.values_list("file__name", flat=True))
        people = [self.roads_officer.name, self.leader.name, self.office.name]
        return [MARK, "Mill Lane", "lindens", "Paint the poles", *names, *people]


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Published:
    return Published()


def unpacked(name: str, data: bytes) -> str:
    """All the text that a file holds, packed or not: parts of a Word file, text, streams and metadata of a PDF."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return name + "".join(part + archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
    if data[:4] == b"%PDF":
        document = pypdfium2.PdfDocument(data)
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        told = " ".join(document.get_metadata_dict().values())
        return f"{name}{told}{''.join(text.split())}{text}{_streams(data)}"
    return name + data.decode("utf-8", "replace")


def _streams(data: bytes) -> str:
    found = data.decode("utf-8", "replace") + data.decode("utf-16-be", "replace")
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            plain = zlib.decompress(packed)
        except zlib.error:
            continue
        found += plain.decode("utf-8", "replace") + plain.decode("utf-16-be", "replace")
    return found


def test_nothing_withheld_is_in_any_byte_that_a_visitor_gets(place: Published, tmp_path: Path) -> None:
    place.published()
    version = place.notice()
    visitor, texts = Client(), {}
    for address in place.addresses():
        response = visitor.get(address)
        assert response.status_code == 200, address
        texts[address] = unpacked(address, response.content) + str(dict(response.headers))
    call_command("export_public", out=tmp_path / "site", verbosity=0)
    for path in (tmp_path / "site").rglob("*"):
        if path.is_file():
            texts[str(path)] = unpacked(path.name, path.read_bytes())
    for ending in ("docx", "pdf", "txt"):
        out = tmp_path / f"notice.{ending}"
        call_command("export_notice", inspection=place.inspection.code, out=out, audience="public", verbosity=0)
        texts[out.name] = unpacked(out.name, out.read_bytes())
    for prefix, _view, _name in router.registry:
        for query in ("", f"?q={MARK}", "?search=lane"):
            response = visitor.get(f"/api/v1/{prefix}/{query}")
            assert response.status_code in {401, 403, 404}, prefix
            texts[f"api {prefix}{query}"] = response.content.decode()
    found = {where: [word for word in place.withheld_words() if word in text] for where, text in texts.items()}
    assert {where: words for where, words in found.items() if words} == {}
    assert len(texts) > 20

    notice = texts[f"/public/{place.inspection.code}/notices/{version.number}/"]
    assert "个别路段设施维护不到位。" in notice, "the redacted text is there"
    assert "已经维护到位。" in notice
    assert "不公开的方面" in texts[place.addresses()[3]], "its figures stand in the table all the same"
    assert "Issue of Mark the crossing" in notice, "what is shown in full is there"
    assert "反馈的6个问题" in notice, "what is withheld counts in the totals"
    assert "其中2个问题按照有关规定不在本通报中公布" in notice
    pdf = texts[str(tmp_path / "site" / place.inspection.code / "notice-1.pdf")]
    assert "个别路段设施维护不到位" in pdf, "the search sees the text of a PDF"
    assert "个别路段设施维护不到位" in texts["notice.docx"]


def test_the_search_would_find_it(place: Published) -> None:
    """The same bytes for those within the party hold the marks: the search above is not blind."""
    content, printed = latest_content(place.inspection, audience="internal", at=FRIDAY)
    for ending in ("docx", "pdf", "txt"):
        data = write_content(content, kind="notice", ending=ending, printed=printed)
        assert MARK in unpacked("x", data), ending


def test_what_is_withheld_later_vanishes_from_what_is_out_already(place: Published, tmp_path: Path) -> None:
    place.published()
    version, visitor = place.notice(), Client()
    address = f"/public/{place.inspection.code}/notices/{version.number}/"
    assert "Issue of Mark the crossing" in visitor.get(address).content.decode()
    under = place.measures["under"].issue
    propose_disclosure(issue=under, audience="public", proposal=WITHHELD, by=place.office, at=FRIDAY)
    text = visitor.get(address).content.decode()
    assert "Issue of Mark the crossing" not in text
    assert "1 items were withdrawn" in text
    call_command("export_public", out=tmp_path / "site", verbosity=0)
    assert not any("Mark the crossing" in unpacked("", p.read_bytes()) for p in tmp_path.rglob("*") if p.is_file())


def test_the_pages_are_off_until_the_office_switches_them_on(place: Published) -> None:
    place.published()
    place.notice()
    addresses = place.addresses()
    edit_inspection(inspection=place.inspection, values={"is_public": False}, by=place.office, at=FRIDAY)
    assert {Client().get(address).status_code for address in addresses} == {404}
    assert Client().post(addresses[2], {"text": "好的建议"}).status_code == 404
    with pytest.raises(SystemExit) as stopped:
        call_command("export_public", out=Path("/nonexistent"), verbosity=0)
    assert stopped.value.code == 1


def test_drafts_and_papers_for_the_party_are_not_public(place: Published) -> None:
    draft = place.draft()
    version = make_paper(inspection=place.inspection, kind="notice", audience="public", by=place.office, at=FRIDAY)
    base = f"/public/{place.inspection.code}/"
    for address in (f"{base}bulletins/{draft.pk}/", f"{base}notices/{version.number}/"):
        assert Client().get(address).status_code == 404


def test_any_cache_may_keep_a_page_and_none_holds_a_person(place: Published, page_of: Any) -> None:
    place.published()
    place.notice()
    for address in place.addresses():
        response = Client().get(address)
        assert "Vary" not in response.headers, address
        assert not response.cookies, address
        if address.endswith("feedback/"):
            assert response["Cache-Control"] == "no-store"
            continue
        assert response["Cache-Control"] == "public, max-age=60"
        again = Client().get(address, headers={"If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        logged_in = page_of(place.office)
        logged_in.cookies["django_language"] = "en"
        assert logged_in.get(address).content == response.content, "the same bytes for everybody"


def test_links_of_the_written_pages_lead_to_files_that_are_there(place: Published, tmp_path: Path) -> None:
    place.published()
    place.notice()
    out = tmp_path / "site"
    call_command("export_public", out=out, verbosity=0)
    pages = list(out.rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        found = re.findall(r'(?:href|src)="([^"#]+)"', page.read_text(encoding="utf-8"))
        for target in (each for each in found if each != "data:,"):  # the picture of a tab, an empty one
            assert not target.startswith(("/", "http")), target
            assert (page.parent / target).resolve().is_file(), f"{page.name}: {target}"
    call_command("export_public", out=out, verbosity=0)
    assert len(list(out.rglob("*.html"))) == 4, "a second run replaces the first"
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept.txt").write_text("kept")
    with pytest.raises(SystemExit) as stopped:
        call_command("export_public", out=other, verbosity=0)
    assert (stopped.value.code, (other / "kept.txt").read_text()) == (2, "kept")


def test_feedback_needs_no_account_and_is_shown_to_nobody_outside(place: Published) -> None:
    address = f"/public/{place.inspection.code}/feedback/"
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(address, {"text": "路灯还是不亮", "contact": "13800000000"}).status_code == 200
    assert visitor.post(address, {"text": " "}).status_code == 422
    assert visitor.post(address, {"text": "建议增加巡查", "website": "x"}).status_code == 200, "a trap says nothing"
    (kept,) = PublicFeedback.objects.all()
    assert (kept.text, kept.contact, kept.status) == ("路灯还是不亮", "13800000000", "new")
    assert "127.0.0.1" not in kept.sender
    for page in place.addresses():
        assert "路灯还是不亮" not in Client().get(page).content.decode()
    for _each in range(4):
        assert visitor.post(address, {"text": "路灯还是不亮"}).status_code == 200
    refused = visitor.post(address, {"text": "这一条太多了"})
    assert refused.status_code == 429
    assert "这一条太多了" in refused.content.decode(), "what was typed is kept"
    assert Client(REMOTE_ADDR="10.1.1.2").post(address, {"text": "别处来的意见"}).status_code == 200
    assert PublicFeedback.objects.count() == 6
    assert Client().put(address).status_code == 405
