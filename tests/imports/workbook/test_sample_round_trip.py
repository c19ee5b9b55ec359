"""The sample goes out as a workbook and comes in again: unchanged, edited by hand, broken, through LibreOffice."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from audit.services import verify
from issues.models import Inspection, Issue
from measures.models import Measure
from signoffs.models import Application
from tests.html_pages import everything
from tests.imports.workbook.workbook_files import counts, export, import_json, open_book, rows_below, run
from tests.sample_database import copy_for_a_test, loaded_once

pytestmark = pytest.mark.once
kept = loaded_once()
COLUMNS = "序号 方面 大类 问题 具体问题 整改目标 措施序号 整改措施 措施类型 责任领导 牵头单位 配合单位 责任人"
COLUMNS += " 整改时限 整改方式 进展情况 完成情况 是否长期坚持 证明材料(份) 销号日期 备注"


@pytest.fixture
def sample(kept: Path, db: None, tmp_path: Path) -> Inspection:
    return copy_for_a_test(kept, tmp_path)


def test_the_sample_comes_back_as_it_went_out(sample: Inspection, tmp_path: Path) -> None:
    file, before = export(tmp_path, "demo"), everything()
    code, told = import_json(file, "demo")
    assert (code, counts(told), told["errors"], told["warnings"]) == (0, (0, 0, 242, 0), [], [])
    assert [told[level] for level in ("areas", "categories", "problems", "issues")] == [3, 10, 29, 79]
    assert everything() == before, "not a row is another one"


def test_the_sample_goes_into_a_new_inspection_as_it_is(sample: Inspection, tmp_path: Path) -> None:
    """Ids of another inspection mean nothing there; everything else does."""
    file = export(tmp_path, "demo")
    code, told = import_json(file, "copy")
    assert (code, counts(told), told["missing"]) == (0, (242, 0, 0, 0), {"units": [], "leaders": []})
    copy = Inspection.objects.get(code="copy")
    assert copy.organisation == sample.organisation
    assert plan_of(copy) == plan_of(sample)
    assert not Measure.objects.filter(inspection=copy).exclude(status="planned").exists(), "a claim decides nothing"
    claims = Application.objects.claims().filter(measure__inspection=copy)
    assert claims.count() == 242
    assert verify()[2] == []
    assert counts(import_json(file, "copy")[1]) == (0, 0, 242, 0)


def plan_of(inspection: Inspection) -> list[Any]:
    """All that a workbook tells of a plan."""
    rows = Measure.objects.filter(inspection=inspection).order_by("sort_key")
    fields = ("text", "mode", "kinds", "leader", "lead_unit", "handler", "deadline", "remarks", "code")
    above = ("issue__text", "issue__goal", "issue__is_sustained", "issue__problem__title")
    plain = list(rows.values_list(*fields, *above, "issue__problem__category__title"))
    units = [sorted(measure.supporting_units.values_list("name", flat=True)) for measure in rows]
    stages = [list(measure.milestones.values_list("title", "due_on")) for measure in rows]
    return [plain, units, stages]


def test_the_workbook_looks_as_offices_print_it(sample: Inspection, tmp_path: Path) -> None:
    book, sheet, _columns = open_book(export(tmp_path, "demo"))
    assert book.sheetnames == ["整改台账", "问题清单", "任务清单", "责任清单"]
    head, columns = [cell.value for cell in sheet[3]], COLUMNS.split()
    count, last = len(columns), sheet.cell(3, len(columns)).column_letter
    assert head[:count] == columns
    hidden = [column for column in sheet.column_dimensions.values() if column.hidden]
    assert sorted(n for column in hidden for n in range(column.min, column.max + 1)) == [*range(count + 1, count + 4)]
    assert sheet["A1"].value == "青沅市水务局党组落实青沅市委第三巡察组反馈意见整改台账"
    assert "单位：项" in sheet["A2"].value
    assert "青沅市水务局" in sheet["A2"].value
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, sheet.freeze_panes) == ("landscape", 8, "A4")
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area == f"'整改台账'!$A$1:${last}$245"
    assert sheet.auto_filter.ref == f"A3:{last}245"
    assert sheet.max_row == 3 + 242
    merged = {str(area) for area in sheet.merged_cells.ranges}
    issue = Issue.objects.get(inspection=sample, code="1-1-1-01")
    assert f"E4:E{3 + issue.measures.count()}" in merged
    assert sum(1 for area in merged if area.startswith("B")) == 3, "three areas"
    assert [book[name].max_row - 3 for name in book.sheetnames[1:]] == [79, 242, 242]


def test_four_edits_by_hand_are_told_as_what_they_are(sample: Inspection, tmp_path: Path) -> None:
    file = export(tmp_path, "demo")
    lines, columns = rows_of(file)
    text, issue, key = columns["整改措施"], columns["具体问题"], columns["措施标识"]
    status = dict(Measure.objects.filter(inspection=sample).values_list("text", "status"))
    free = [number for number, row in enumerate(lines) if status[row[text]] == "planned"]
    lines[free[0]][text] += "并公开结果。"
    there = next(row for row in lines if row[issue] != lines[free[1]][issue] and status[row[text]] == "planned")
    for name in ("方面", "大类", "问题", "具体问题", "整改目标", "是否长期坚持"):
        lines[free[1]][columns[name]] = there[columns[name]]
    added = list(lines[free[2]])
    added[text], added[key] = "新增一项措施，由办公室每月检查一次。", None
    gone = lines[free[3]][text]
    edited = tmp_path / "edited.xlsx"
    written(edited, file, [*lines[: free[3]], *lines[free[3] + 1 :], added])
    code, told = import_json(edited, "demo", "--dry-run")
    assert (code, counts(told), [row["text"] for row in told["absent"]]) == (0, (1, 2, 239, 1), [gone])
    moved = lines[free[1]]
    code, told = import_json(edited, "demo")
    assert (code, told["applied"], counts(told)) == (0, True, (1, 2, 239, 1))
    assert Measure.objects.get(inspection=sample, text=moved[text]).issue.text == moved[issue]
    assert Measure.objects.filter(inspection=sample).count() == 243, "what is absent stays"
    assert counts(import_json(edited, "demo")[1]) == (0, 0, 242, 1)
    assert verify()[2] == []


def rows_of(file: Path) -> tuple[list[list[Any]], dict[str, int]]:
    """The rows as a person sees them, merged cells told in each row; columns count from 0."""
    _book, sheet, columns = open_book(file)
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    for area in sheet.merged_cells.ranges:
        if area.min_row > 3:
            for row in range(area.min_row, area.max_row + 1):
                lines[row - 4][area.min_col - 1] = sheet.cell(area.min_row, area.min_col).value
    return lines, {name: column - 1 for name, column in columns.items()}


def written(out: Path, like: Path, lines: list[list[Any]]) -> None:
    """The workbook with other rows, each cell filled."""
    book, sheet, _columns = open_book(like)
    for area in list(sheet.merged_cells.ranges):
        if area.min_row > 3:
            sheet.unmerge_cells(str(area))
    sheet.delete_rows(4, sheet.max_row)
    for number, line in enumerate(lines, 4):
        for index, value in enumerate(line, 1):
            sheet.cell(number, index).value = value
    book.save(out)


def test_edits_in_the_merged_workbook_itself(sample: Inspection, tmp_path: Path) -> None:
    """As an editor without knowledge of merged cells leaves it: a row deleted, one appended, one reworded."""
    file = export(tmp_path, "demo")
    book, sheet, columns = open_book(file)
    planned = set(Measure.objects.filter(inspection=sample, status="planned").values_list("text", flat=True))
    free = [row for row in rows_below(sheet) if sheet.cell(row, columns["整改措施"]).value in planned]
    free = [row for row in free if sheet.cell(row, columns["具体问题"]).value is None]
    last = sheet.max_row + 1
    for name in ("责任领导", "牵头单位", "整改时限"):
        sheet.cell(last, columns[name]).value = sheet.cell(last - 1, columns[name]).value
    sheet.cell(last, columns["整改措施"]).value = "末尾手工增加的一项措施。"
    sheet.cell(free[0], columns["整改措施"]).value = "改写后的措施。"
    sheet.delete_rows(free[1])
    book.save(file)
    code, told = import_json(file, "demo", "--dry-run")
    assert (code, counts(told), told["errors"]) == (0, (1, 1, 240, 1), [])


PLANTED: list[tuple[str, Any]] = [
    ("整改时限", "尽快"),
    ("整改时限", "2026年2月30日"),
    ("整改时限", None),
    ("整改措施", None),
    ("责任领导", None),
    ("牵头单位", None),
    ("措施类型", "想到什么做什么"),
    ("整改方式", "随缘"),
    ("是否长期坚持", "也许"),
    ("销号日期", "上个月"),
]


def test_ten_planted_errors_are_those_ten_and_nothing_is_written(sample: Inspection, tmp_path: Path) -> None:
    file = export(tmp_path, "demo")
    book, sheet, columns = open_book(file)
    planned = set(Measure.objects.filter(inspection=sample, status="planned").values_list("text", flat=True))
    modes = dict(Measure.objects.filter(inspection=sample).values_list("text", "mode"))
    free = [
        row
        for row in rows_below(sheet)
        if (text := sheet.cell(row, columns["整改措施"]).value) in planned and modes[text] == "time_limited"
    ]
    expected = []
    for row, (name, value) in zip(free[::2], PLANTED, strict=False):
        cell = sheet.cell(row, columns[name])
        cell.value = value
        expected.append((cell.coordinate, name, value))
    book.save(file)
    assert len(expected) == 10
    before = everything()
    code, told = import_json(file, "demo")
    assert (code, told["applied"]) == (1, False)
    assert [(error["cell"], error["column"]) for error in told["errors"]] == [each[:2] for each in expected]
    for error, (cell, name, value) in zip(told["errors"], expected, strict=True):
        assert name in error["message"]
        assert f"Row {cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}" in error["message"]
        assert value is None or f"“{value}”" in error["message"]
    assert everything() == before
    _code, _out, err = run("import_ledger", file, "--inspection", "demo")
    assert [line.split()[0] for line in err.splitlines()[:10]] == [cell for cell, _name, _value in expected]


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.libreoffice
@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed (apt-get install libreoffice-calc-nogui)")
def test_libreoffice_opens_it_and_what_it_saves_comes_back_unchanged(sample: Inspection, tmp_path: Path) -> None:
    file = export(tmp_path, "demo")
    out = tmp_path / "saved"
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    saved = out / file.name
    assert saved.read_bytes() != file.read_bytes()
    before = everything()
    code, told = import_json(saved, "demo")
    assert (code, counts(told), told["errors"]) == (0, (0, 0, 242, 0), [])
    assert everything() == before
