"""What is printed: the same figures in Word, PDF, Excel, page, API and snapshot, also after later changes."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from docx import Document

from accounts.models import Role, User
from bulletins.models import Bulletin
from bulletins.services import publish_bulletin
from bulletins.services.content import content_of
from bulletins.services.exports import write_bulletin
from bulletins.services.papers import book_of, sections_of
from bulletins.services.papers.sections import Rate
from measures.models import Measure
from measures.services import cancel_measure, hand_over
from rectify.demo.sample import load_sample
from signoffs.queries.figures import Moment, count_issues, count_measures
from tests.bulletins.two_weeks import FRIDAY, TEXTS, TwoWeeks
from tests.html_pages import Page

DAY = date(2026, 6, 2)
WEEKS = 10
REASON = "The work has gone to another hand."


def tables_of_docx(content: bytes) -> list[list[tuple[str, ...]]]:
    """Each table of a Word file, row by row, without its head; the imprint is one of a single row."""
    return [
        [tuple(cell.text.replace("\n", "") for cell in row.cells) for row in table.rows][1:]
        for table in Document(BytesIO(content)).tables
        if len(table.rows) > 1
    ]


def tables_of_xlsx(content: bytes) -> list[list[tuple[Any, ...]]]:
    """Each sheet of a workbook, row by row, from below its head to the first note."""
    book = openpyxl.load_workbook(BytesIO(content))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def text_of_pdf(content: bytes) -> str:
    """All words of a PDF without blanks and line ends, and without what stands in the foot of each page."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    return re.sub(r"\s", "", "".join(pages))


def printed(bulletin: Bulletin) -> list[list[tuple[str, ...]]]:
    """What the tables of the paper must hold, cell by cell."""
    sections = sections_of(bulletin.content, bulletin.texts)
    return [
        [tuple(str(cell) for cell in row) for row in grid.rows]
        for section in sections
        for grid in section.grids
        if grid.rows
    ]


def assert_papers_agree(bulletin: Bulletin) -> None:
    """Read the three files back and compare cell by cell."""
    expected = printed(bulletin)
    assert tables_of_docx(write_bulletin(bulletin, "docx")) == expected
    text = text_of_pdf(write_bulletin(bulletin, "pdf"))
    for table in expected:
        for row in table[:60]:
            # Cells of one row follow one another in the PDF, but long ones may be broken over pages: short rows whole.
            figures = "".join(row[1:]) if all(len(cell) < 9 for cell in row[1:]) else row[1]
            assert re.sub(r"\s", "", figures) in text, row
    assert_workbook_agrees(bulletin)


def assert_workbook_agrees(bulletin: Bulletin) -> None:
    sections = sections_of(bulletin.content, bulletin.texts)
    grids = [grid for section in sections for grid in section.grids]
    sheets = tables_of_xlsx(write_bulletin(bulletin, "xlsx"))
    assert len(sheets) == len(grids) + 2  # the course of the weeks, the words
    for grid, rows in zip(grids, sheets, strict=False):
        read = rows[3 : 3 + len(grid.rows)]
        for row, cells in zip(grid.rows, read, strict=True):
            for cell, value in zip(row, cells, strict=True):
                if isinstance(cell, Rate) and cell.of:
                    assert value == pytest.approx(cell.done / cell.of)
                else:
                    assert value == (cell if cell != "" else None), (grid.key, row)


def assert_equal_to_snapshot(bulletin: Bulletin) -> None:
    measures, issues = bulletin.snapshot.measures, bulletin.snapshot.issues
    whole = bulletin.content["overall"]
    assert whole["measures"] | vars(measures) == whole["measures"]
    assert len(bulletin.content["overdue"]) == measures.overdue
    assert whole["issues"] | vars(issues) == whole["issues"]
    before = whole["measures"]["before"]
    assert whole["measures"]["this_week"] == whole["measures"]["signed_off"] - (before["signed_off"] if before else 0)


@pytest.fixture
def sample(db: None) -> Iterator[list[Bulletin]]:
    with time_machine.travel(f"{DAY}T02:00:00Z", tick=False):
        load_sample(as_of=DAY)
        rows = Bulletin.objects.select_related("inspection__organisation", "snapshot__inspection__organisation")
        yield list(rows.order_by("year", "week"))


@pytest.mark.once
def test_every_week_of_the_sample_says_the_same_everywhere_also_after_later_changes(sample: list[Bulletin]) -> None:
    assert [each.number for each in sample] == [*range(1, WEEKS), None]
    office = User.objects.get(appointments__role=Role.OFFICE)
    browser = Client()
    browser.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    for bulletin in sample:
        assert_equal_to_snapshot(bulletin)
        assert_papers_agree(bulletin)
        answer = browser.get(f"/api/v1/bulletins/{bulletin.pk}/").json()
        assert answer["content"] == bulletin.content
        assert content_of(bulletin.snapshot) == bulletin.content
    stored = {(each.pk, kind): write_bulletin(each, kind) for each in sample[-2:] for kind in ("pdf",)}
    assert_page_agrees(browser, sample[-1])
    _change_the_ledger(sample[-1], office)
    for bulletin in sample:
        again = Bulletin.objects.select_related("inspection", "snapshot").get(pk=bulletin.pk)
        assert again.content == bulletin.content
        assert_equal_to_snapshot(again)
        assert (again.pk, "pdf") not in stored or write_bulletin(again, "pdf") == stored[again.pk, "pdf"]
        assert content_of(again.snapshot)["overall"] == bulletin.content["overall"]


def assert_page_agrees(browser: Client, bulletin: Bulletin) -> None:
    page = Page(browser.get(reverse("bulletin", args=[bulletin.pk])))
    tables = [
        [tuple(" ".join(cell.text_content().split()) for cell in row) for row in table.xpath("tbody/tr")]
        for table in page.tree.xpath("//article//table")
    ]
    assert tables == printed(bulletin)


def _change_the_ledger(bulletin: Bulletin, office: User) -> None:
    """Hand over what is overdue, cancel what is planned."""
    now = {"by": office, "at": bulletin.drafted_at.replace(year=bulletin.drafted_at.year + 1)}
    rows = Measure.objects.select_related("inspection__organisation", "issue", "lead_unit", "leader")
    late = rows.get(pk=bulletin.content["overdue"][0]["measure"])
    other = rows.exclude(lead_unit=late.lead_unit).filter(lead_unit__isnull=False)[0].lead_unit
    hand_over(measure=late, lead_unit=other, leader=late.leader, reason=REASON, **now)
    for measure in rows.filter(status=Measure.Status.PLANNED)[:5]:
        cancel_measure(measure=measure, reason=REASON, **now)


@pytest.mark.django_db
def test_for_the_present_the_bulletin_says_what_the_dashboard_says(scene: TwoWeeks) -> None:
    bulletin = scene.draft()
    measures = Measure.objects.filter(inspection=scene.inspection)
    moment = Moment.present(FRIDAY.date(), 10)
    now = count_measures(measures, moment=moment)
    line = bulletin.content["overall"]["measures"]
    assert (line["total"], line["signed_off"], line["overdue"]) == (now.total, now.signed_off, now.overdue)
    issues = count_issues(scene.inspection.issues.all(), measures, moment=moment)
    assert bulletin.content["overall"]["issues"]["rectified"] == issues.rectified
    browser = Client()
    browser.force_login(scene.office, backend="django.contrib.auth.backends.ModelBackend")
    page = Page(browser.get(reverse("inspection", args=[scene.inspection.code])))
    assert page.rates()["Rate by measure"][1:3] == (line["signed_off"], now.counted) == (1, 5)
    assert (page.tiles()["overdue"].figure, line["overdue"]) == (1, 1)


@pytest.mark.django_db
def test_the_words_of_the_office_and_the_witness_stand_in_all_three(scene: TwoWeeks) -> None:
    bulletin = scene.published(scene.edited(scene.draft()))
    words = [line for text in TEXTS.values() for line in text.splitlines()]
    docx = Document(BytesIO(write_bulletin(bulletin, "docx")))
    paragraphs = [paragraph.text for paragraph in docx.paragraphs]
    assert [each for each in words if each not in paragraphs] == []
    feet = "".join(p.text for section in docx.sections for p in section.footer.paragraphs)
    pdf = text_of_pdf(write_bulletin(bulletin, "pdf"))
    sheets = [
        str(cell) for rows in tables_of_xlsx(write_bulletin(bulletin, "xlsx")) for row in rows for cell in row if cell
    ]
    assert [each for each in words if each not in pdf] == []
    assert any(words[0] in cell for cell in sheets)
    witness = (f"第{bulletin.chain_seq}号", bulletin.chain_hash)
    for text in (feet, pdf, "".join(sheets)):
        assert [each for each in witness if each not in text] == []
    assert "第1期" in pdf
    assert "第1期" in "".join(paragraphs)


@pytest.mark.django_db
def test_the_workbook_has_native_charts(scene: TwoWeeks) -> None:
    book = openpyxl.load_workbook(BytesIO(write_bulletin(scene.draft(), "xlsx")))
    charts = {sheet.title: len(sheet._charts) for sheet in book.worksheets}
    assert charts["措施整改进展"] == 2
    assert (charts["单位排名"], charts["历周进展"]) == (1, 1)
    assert [sheet.name for sheet in book_of(scene.draft()).sheets] == list(charts)


@pytest.mark.django_db
def test_a_draft_says_that_it_is_one(scene: TwoWeeks) -> None:
    bulletin = scene.draft()
    assert "尚未发布" in text_of_pdf(write_bulletin(bulletin, "pdf"))
    publish_bulletin(bulletin=bulletin, version=1, by=scene.office, at=FRIDAY)
    assert "尚未发布" not in text_of_pdf(write_bulletin(bulletin, "pdf"))


@pytest.mark.django_db
def test_text_is_only_ever_text(scene: TwoWeeks) -> None:
    """Markup of any of the formats, formulas and characters that no face has come out as they were typed."""
    hostile = '=SUM(1,2) #let x = 1 <b>&amp;</b> \\begin{x} "潩镕堃喆"'
    bulletin = scene.edited(scene.draft(), opening=hostile)
    assert hostile in [p.text for p in Document(BytesIO(write_bulletin(bulletin, "docx"))).paragraphs]
    assert "#letx=1<b>&amp;</b>" in text_of_pdf(write_bulletin(bulletin, "pdf")).replace("\ufffe", "")
    sheets = tables_of_xlsx(write_bulletin(bulletin, "xlsx"))
    assert hostile in [cell for rows in sheets for row in rows for cell in row]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_the_command_writes_the_latest_published_edition_else_the_draft(
    scene: TwoWeeks, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"bulletin.{kind}"
    asked = ["--inspection", scene.inspection.code, "--week", "2026-W10", "--out", str(out)]
    bulletin = scene.draft()
    call_command("export_bulletin", *asked)
    assert "draft" in capsys.readouterr().out
    first = scene.published(bulletin)
    scene.corrected(first)
    call_command("export_bulletin", *asked)
    assert "published" in capsys.readouterr().out
    assert out.read_bytes()[:2] == {"docx": b"PK", "pdf": b"%P", "xlsx": b"PK"}[kind]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"--inspection": "nobody"}, 1, "There is no inspection"),
        ({"--week": "2026-W11"}, 1, "There is no bulletin of the week 2026-W11"),
        ({"--out": "bulletin.txt"}, 2, "must end in"),
        ({"--out": "/nowhere/bulletin.pdf"}, 2, "cannot be written"),
    ],
)
def test_the_command_says_why_it_writes_nothing(
    scene: TwoWeeks, changes: dict[str, str], code: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.draft()
    asked = {"--inspection": scene.inspection.code, "--week": "2026-W10", "--out": "bulletin.pdf", **changes}
    with pytest.raises(SystemExit) as caught:
        call_command("export_bulletin", *[word for pair in asked.items() for word in pair])
    assert caught.value.code == code
    assert text in capsys.readouterr().err
