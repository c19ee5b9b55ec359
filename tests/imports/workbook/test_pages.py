"""The office at its pages: takes a ledger in, maps names, sees errors by cell, cancels, exports what it filtered."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from core.exceptions import RuleViolation
from files.services import read_whole
from imports.models import Import, StagedRow
from imports.services import imports as imports_service
from imports.services import staging
from imports.services.imports import discard_import
from jobs.models import Job
from jobs.tasks import run_job
from measures.models import Measure
from signoffs.models import Application
from tests.factories import NOW, Cast
from tests.html_pages import Page, everything
from tests.imports.uploads import address, carried_out, confirm, ledger_rows, shown, upload
from tests.imports.workbook.workbook_files import workbook

pytestmark = pytest.mark.django_db
HEAD = ["方面", "具体问题", "整改措施", "责任领导", "责任单位", "完成时限", "进展情况", "完成情况", "销号日期"]
ROWS = [
    ["履职", "路灯不亮", "更换路灯", "Leader", "Roads", "2026年5月底前", "已换12盏", "基本完成", ""],
    ["", "", "建立巡查制度", "Leader、副局长", "Roads 绿化队", "立行立改", "", "已完成", "2026年2月27日"],
    ["", "树木未修剪", "修剪树木", "副局长", "绿化队", "长期坚持", "", "", ""],
]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(cast: Cast, page_of: Callable[[Any], Client]) -> Client:
    return page_of(cast.office)


def taken_in(page: Client, cast: Cast, rows: list[list[Any]] = ROWS) -> Import:
    answer = upload(page, workbook([HEAD, *rows]), name="台账.xlsx", inspection=cast.inspection.pk)
    assert answer.status_code == 302, Page(answer).errors()
    return Import.objects.latest("id")


def test_from_the_upload_to_the_ledger_with_names_mapped(cast: Cast, page: Client) -> None:
    before = ledger_rows()
    source = taken_in(page, cast)
    preview = shown(page, source)
    assert preview.status == 200
    assert {label: tile.figure for label, tile in preview.tiles().items()} == {
        "issues": 2,
        "measures": 3,
        "created": 3,
        "changed": 0,
        "unchanged": 0,
        "absent": 0,
    }
    assert "In 1 row several leaders are in one cell" in preview.text()
    assert "In 1 row several units are in the cell of the lead unit" in preview.text()
    assert ledger_rows() == before, "a preview writes nothing into the ledger"
    done = carried_out(page, source, unit_0=cast.parks.pk, leader_0="")
    assert done.tiles()["measures created"].figure == 3
    first, second, third = Measure.objects.filter(inspection=cast.inspection).order_by("sort_key")
    assert (first.deadline, first.mode, first.lead_unit) == (date(2026, 5, 31), "time_limited", cast.roads)
    assert (second.mode, second.deadline) == ("immediate", cast.inspection.concentrated_until)
    assert (second.leader, second.remarks) == (cast.leader, "其他责任领导：副局长")
    assert list(second.supporting_units.all()) == [cast.parks]
    assert (third.mode, third.deadline, third.lead_unit) == ("long_term", None, cast.parks)
    post = User.objects.get(name="副局长")
    assert third.leader == post
    assert not post.has_usable_password()
    assert not Unit.objects.filter(name="绿化队").exists()
    assert not StagedRow.objects.exists(), "what was staged is gone"


def test_what_the_ledger_says_of_progress_is_kept_as_a_claim(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast)
    carried_out(page, source)
    claims = list(Application.objects.claims().order_by("source_line"))
    told = [json.loads(claim.manifest)["claim"] for claim in claims]
    assert [(claim.completion, claim.statement) for claim in claims] == [
        ("basically_done", "基本完成"),
        ("done", "已完成"),
    ]
    assert [(each["progress"], each["signed_off_on"]) for each in told] == [("已换12盏", None), ("", "2026-02-27")]
    assert {claim.source_sha256 for claim in claims} == {source.file.sha256}
    assert set(Measure.objects.values_list("status", flat=True)) == {"planned"}
    carried_out(page, taken_in(page, cast, [[*row[:6], "全部完成", "已完成", ""] for row in ROWS]))
    assert Application.objects.claims().count() == 2, "a claim is possible only when a measure first comes in"


BAD = [
    ["履职", "路灯不亮", "更换路灯", "Leader", "Roads", "尽快", "", "", ""],
    ["", "", "", "Leader", "Roads", "2026年5月底前", "", "", ""],
]


def test_errors_are_told_by_cell_and_marked_in_the_workbook(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast, BAD)
    preview = shown(page, source)
    (alert,) = preview.texts("//div[contains(@class, 'alert-danger')]//ul")
    assert "F2 Row 2, 完成时限: “尽快” is not understood" in alert
    assert "C3 Row 3, 整改措施: this cell must not be empty" in alert
    assert not preview.tree.xpath("//button[normalize-space()='Confirm and write']")
    answer = page.get(reverse("marked_import", args=[source.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book["整改台账"]
    marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == {
        "F2": "Row 2, 完成时限: “尽快” is not understood",
        "C3": "Row 3, 整改措施: this cell must not be empty",
    }
    assert {sheet[cell].fill.fgColor.rgb for cell in marked} == {"00FFC7CE"}
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=3)][0][:6] == BAD[0][:6]
    assert [row[2].value for row in book["错误清单"].iter_rows(min_row=2)] == ["F2", "C3"]
    confirm(page, source)
    run_job(Job.objects.latest("id").pk)
    assert not Measure.objects.exists()


def test_marking_makes_no_formula_of_a_text(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast, [["", "=1+1", "=SUM(A1)", "Leader", "Roads", "=soon", "", "", ""]])
    answer = page.get(reverse("marked_import", args=[source.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert book["整改台账"]["C2"].value == "=SUM(A1)"


def test_a_mended_marked_workbook_is_taken_in(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast, BAD)
    content = b"".join(page.get(reverse("marked_import", args=[source.pk])).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["整改台账"]["F2"], book["整改台账"]["C3"] = "2026年4月", "建立制度"
    out = io.BytesIO()
    book.save(out)
    upload(page, out.getvalue(), name="mended.xlsx", inspection=cast.inspection.pk)
    carried_out(page, Import.objects.latest("id"))
    assert Measure.objects.count() == 2


def test_a_ledger_that_changed_meanwhile_is_compared_again(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast)
    carried_out(page, taken_in(page, cast))
    outdated = shown(page, source)
    assert "The ledger has changed since this preview" in outdated.text()
    assert not outdated.tree.xpath("//button[normalize-space()='Confirm and write']")
    refused = carried_out(page, source)
    assert "The ledger has changed since the preview" in refused.text()
    assert Measure.objects.count() == 3
    page.post(address(source, "compare_import"))
    again = shown(page, source)
    assert {label: tile.figure for label, tile in again.tiles().items()}["unchanged"] == 3
    assert "The ledger has changed since this preview" not in again.text()
    carried_out(page, source)
    assert Measure.objects.count() == 3


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workbook is one that a job reads, in pieces of two rows."""
    monkeypatch.setattr(imports_service, "SMALL", 0)
    cut = staging.pieces
    monkeypatch.setattr(staging, "pieces", lambda rows, _size: cut(rows, 2))


@pytest.mark.usefixtures("large")
def test_a_large_workbook_is_read_by_a_job_whose_progress_shows(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast)
    assert shown(page, source).one("//progress") is not None
    seen: list[tuple[int, int]] = []
    advance = staging.advance

    def watched(*, job: Job, percent: int, stage: str = "") -> None:
        seen.append((percent, StagedRow.objects.count()))
        advance(job=job, percent=percent, stage=stage)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "advance", watched)
        run_job(source.job_id)
    assert seen == [(50, 0), (75, 2), (75, 3)]
    assert shown(page, source).tiles()["created"].figure == 3
    run_job(source.job_id)
    assert StagedRow.objects.count() == 3
    carried_out(page, source)
    assert Measure.objects.count() == 3


@pytest.mark.usefixtures("large")
def test_cancelled_while_it_is_read_it_leaves_nothing(cast: Cast, page: Client) -> None:
    before = ledger_rows()
    source = taken_in(page, cast)
    advance = staging.advance

    def cancelled(*, job: Job, percent: int, stage: str = "") -> None:
        advance(job=job, percent=percent, stage=stage)
        if StagedRow.objects.count() == 2:
            discard_import(source=Import.objects.get(pk=source.pk), by=cast.office)
            raise RuleViolation("stopped")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "advance", cancelled)
        run_job(source.job_id)
    run_job(source.job_id)
    page.post(address(source, "discard_import"))
    assert Import.objects.get(pk=source.pk).status == "discarded"
    assert not StagedRow.objects.exists()
    assert ledger_rows() == before


def test_cancelled_while_it_is_written_it_leaves_nothing(
    cast: Cast, page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is open while the worker writes: whoever discards there wins."""
    before = ledger_rows()
    source = taken_in(page, cast)
    confirm(page, source)
    claim = imports_service.unstage

    def write_is_over(staged: Import) -> None:
        claim(staged)
        assert Measure.objects.count() == 3
        raise RuntimeError("the worker was killed")

    monkeypatch.setattr(imports_service, "unstage", write_is_over)
    run_job(Import.objects.get(pk=source.pk).job_id)
    monkeypatch.undo()
    assert StagedRow.objects.count() == 3
    page.post(address(source, "discard_import"))
    run_job(Job.objects.latest("id").pk)
    assert ledger_rows() == before
    assert not StagedRow.objects.exists()


@pytest.mark.usefixtures("large")
def test_a_large_workbook_that_cannot_be_read_says_why_on_its_page(cast: Cast, page: Client) -> None:
    upload(page, workbook([["姓名", "工资"], ["张三", 1]]), name="wages.xlsx", inspection=cast.inspection.pk)
    source = Import.objects.latest("id")
    run_job(source.job_id)
    assert "No sheet has a row of headers" in shown(page, source).text()


def test_the_export_holds_exactly_the_filtered_list(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    mine = cast.measure(text="Paint the lines", status="in_progress")
    cast.measure(text="Sweep the square")
    cast.measure(text="Mow the verges", lead_unit=cast.parks)
    for person, query, expected in (
        (cast.office, "", ["Paint the lines", "Sweep the square", "Mow the verges"]),
        (cast.office, "status=in_progress", ["Paint the lines"]),
        (cast.office, "q=verges", ["Mow the verges"]),
        (cast.roads_officer, "", ["Paint the lines", "Sweep the square"]),
    ):
        client = page_of(person)
        ledger = Page(client.get(f"/inspections/{cast.inspection.code}/ledger/?{query}"))
        assert ledger.typed("query") == query
        answer = client.post(reverse("export_ledger", args=[cast.inspection.code]), {"query": query})
        job = Job.objects.latest("id")
        assert answer["Location"] == reverse("job", args=[job.pk])
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.status, job.result_file.kind) == ("done", "xlsx"), job.error
        assert client.get(reverse("job_result", args=[job.pk])).status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(read_whole(file=job.result_file)))["整改台账"]
        assert [sheet.cell(row, 8).value for row in range(4, sheet.max_row + 1)] == expected
    assert mine.pk


def test_an_export_of_nothing_says_so(cast: Cast, page: Client) -> None:
    page.post(reverse("export_ledger", args=[cast.inspection.code]), {"query": "q=nothing-like-it"})
    job = Job.objects.latest("id")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "There is nothing to export: no measure matches the filters.")


def test_the_empty_template_is_filled_in_and_taken_in(cast: Cast, page: Client) -> None:
    answer = page.get(reverse("ledger_template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book["整改台账"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    lists = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert lists["O4:O503"] == '"立行立改,限期,分阶段,长期"'
    assert len(lists) == 4
    assert sheet.cell(3, columns["整改时限"]).comment is not None
    filled = {"具体问题": "路灯不亮", "整改措施": "更换", "责任领导": "Leader", "牵头单位": "Roads"}
    filled |= {"整改时限": "2026年5月20日", "整改方式": "分阶段", "时间节点": "2026年4月1日 完成采购"}
    for name, value in filled.items():
        sheet.cell(4, columns[name]).value = value
    out = io.BytesIO()
    book.save(out)
    upload(page, out.getvalue(), name="filled.xlsx", inspection=cast.inspection.pk)
    carried_out(page, Import.objects.latest("id"))
    measure = Measure.objects.get()
    assert (measure.mode, measure.deadline) == ("staged", date(2026, 5, 20))
    assert list(measure.milestones.values_list("title", "due_on")) == [("完成采购", date(2026, 4, 1))]


def test_a_new_inspection_from_a_workbook(cast: Cast, page: Client) -> None:
    title = ["中共Bureau党组落实巡察反馈意见整改台账"]
    data = workbook([title, HEAD, ["", "路灯不亮", "更换路灯", "Leader", "Roads", "2026年5月底前"]])
    upload(page, data, name="new.xlsx", code="round-9")
    source = Import.objects.latest("id")
    assert source.organisation == cast.organisation
    carried_out(page, source)
    assert Measure.objects.get().inspection.code == "round-9"


def test_looking_changes_nothing(cast: Cast, page: Client) -> None:
    source = taken_in(page, cast)
    before = everything()
    shown(page, source)
    assert everything() == before
