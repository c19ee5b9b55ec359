"""An issue that an office moves under another heading in the workbook stays the same issue, as far as it may move."""

from pathlib import Path
from typing import Any

import pytest

from audit.models import Event
from audit.services import verify
from issues.models import Issue, Problem
from measures.models import Measure
from tests.factories import Cast, claim, evidence, problem
from tests.html_pages import Page, everything
from tests.imports.workbook.workbook_files import counts, export, import_json, open_book, rows_below

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast: Cast) -> Problem:
    """A heading of another area, with one issue of its own."""
    there = problem(cast.inspection, area=2, position=1)
    cast.measure(issue=cast.issue(under=there, text="An issue of the second area"))
    return there


def moved(cast: Cast, issue: Issue, folder: Path, **words: str) -> Path:
    """The export with other words in the named columns of the rows of an issue, and a heading on each row."""
    file = export(folder, cast.inspection.code)
    book, sheet, columns = open_book(file)
    held: dict[str, Any] = {}
    rows: list[tuple[dict[str, Any], list[Any]]] = []
    for row in rows_below(sheet):
        if sheet.cell(row, columns["具体问题"]).value is not None:
            held.pop("整改目标", None)  # an issue without a goal has not that of the one above it
        for name in ("方面", "大类", "问题", "具体问题", "整改目标", "问题标识"):
            cell = sheet.cell(row, columns[name])
            held[name] = cell.value if cell.value is not None else held.get(name)
        rows.append((dict(held), [cell.value for cell in sheet[row]]))
    for area in list(sheet.merged_cells.ranges):
        if area.min_row > 3:
            sheet.unmerge_cells(str(area))
    for number, (above, values) in enumerate(rows, 4):
        for index, value in enumerate(values, 1):
            sheet.cell(number, index).value = value
        told = above | words if above["具体问题"] == issue.text else above
        for name, value in told.items():
            sheet.cell(number, columns[name]).value = value
    book.save(file)
    return file


def title_of(there: Problem) -> dict[str, str]:
    return {"方面": there.category.area.title, "大类": there.category.title, "问题": there.title}


def test_it_keeps_everything_that_hangs_on_it_and_gets_the_code_of_its_place(
    cast: Cast, other: Problem, tmp_path: Path
) -> None:
    issue = cast.issue(text="Holes in the roads", goal="None are left")
    running, planned = (cast.measure(issue=issue, status=status) for status in ("in_progress", "planned"))
    stays = cast.measure(issue=cast.issue(text="An issue that stays"))
    proof, said = evidence(running, by=cast.roads_officer), claim(issue)
    file = moved(cast, issue, tmp_path, **title_of(other))
    code, told = import_json(file, cast.inspection.code, "--dry-run")
    assert (code, counts(told), told["new_issues"], told["changed_issues"]) == (0, (0, 2, 2, 0), 0, 1)
    assert [each["code"] for each in told["moved_issues"]] == [issue.code]
    assert import_json(file, cast.inspection.code)[1]["applied"]
    issue.refresh_from_db()
    assert (issue.problem, issue.code, issue.position) == (other, "2-1-1-02", 2)
    codes = Measure.objects.filter(issue=issue).order_by("sort_key").values_list("pk", "code")
    assert list(codes) == [(running.pk, "2-1-1-02-01"), (planned.pk, "2-1-1-02-02")]
    order = Measure.objects.filter(inspection=cast.inspection).order_by("sort_key").values_list("pk", flat=True)
    assert list(order)[0] == stays.pk
    assert list(order)[-2:] == [running.pk, planned.pk], "lists show it where it is now"
    assert issue.evidence.get() == proof
    assert issue.applications.get() == said
    assert Event.objects.filter(verb="move_issue", object_id=issue.pk).count() == 1
    assert counts(import_json(file, cast.inspection.code)[1]) == (0, 0, 4, 0)
    assert counts(import_json(export(tmp_path, cast.inspection.code), cast.inspection.code)[1]) == (0, 0, 4, 0)
    assert verify()[2] == []


def test_it_moves_under_a_heading_that_is_new_too(cast: Cast, other: Problem, tmp_path: Path) -> None:
    issue = cast.measure().issue
    cast.measure(issue=cast.issue(text="Else it would be the heading that was reworded"))
    file = moved(cast, issue, tmp_path, 问题="A heading nobody had before")
    code, told = import_json(file, cast.inspection.code)
    assert (code, told["new_issues"], counts(told)) == (0, 0, (0, 1, 2, 0))
    issue.refresh_from_db()
    assert issue.problem.title == "A heading nobody had before"
    assert issue.code == "1-1-2-01"


def test_a_measure_that_is_added_to_it_on_the_way_gets_the_new_code(cast: Cast, other: Problem, tmp_path: Path) -> None:
    issue = cast.measure().issue
    file = moved(cast, issue, tmp_path, **title_of(other))
    book, sheet, columns = open_book(file)
    first = next(row for row in rows_below(sheet) if sheet.cell(row, columns["具体问题"]).value == issue.text)
    last = sheet.max_row + 1
    for cell in sheet[first]:
        sheet.cell(last, cell.column).value = cell.value
    sheet.cell(last, columns["整改措施"]).value = "One measure more"
    sheet.cell(last, columns["措施标识"]).value = None
    book.save(file)
    code, told = import_json(file, cast.inspection.code)
    assert (code, counts(told)) == (0, (1, 1, 1, 0))
    assert Measure.objects.get(text="One measure more").code == "2-1-1-02-02"


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_papers_and_decisions_name_by_its_code_stays(
    cast: Cast, other: Problem, tmp_path: Path, status: str
) -> None:
    issue = cast.issue(text="Holes in the roads")
    cast.measure(issue=issue)
    cast.measure(issue=issue, status=status, cancellation_reason="Done elsewhere" if status == "cancelled" else "")
    before = everything()
    code, told = import_json(moved(cast, issue, tmp_path, **title_of(other)), cast.inspection.code)
    assert (code, told["applied"], len(told["errors"])) == (1, False, 1)
    assert told["errors"][0]["column"] == "具体问题"
    assert "stays under its heading" in told["errors"][0]["message"]
    assert everything() == before


def test_with_other_words_at_another_place_it_is_another_issue(cast: Cast, other: Problem, tmp_path: Path) -> None:
    """Rows that were copied to begin a new issue bear the id of the old one."""
    issue = cast.measure().issue
    words = title_of(other) | {"具体问题": "Something else altogether"}
    code, told = import_json(moved(cast, issue, tmp_path, **words), cast.inspection.code)
    assert (code, told["new_issues"], told["moved_issues"]) == (0, 1, [])
    issue.refresh_from_db()
    assert issue.problem != other


def test_the_preview_of_the_page_says_so_and_the_history_of_the_issue_too(
    cast: Cast, other: Problem, tmp_path: Path, page_of: Any
) -> None:
    issue = cast.measure().issue
    office = page_of(cast.office)
    with moved(cast, issue, tmp_path, **title_of(other)).open("rb") as file:
        sent = office.post("/import/", {"file": file, "inspection": cast.inspection.pk})
    page = Page(office.get(sent["Location"]))
    assert "Moved under another heading, with their measures and new codes: 1" in page.text()
    assert f"{issue.code} {issue.text}" in page.text()
    assert import_json(tmp_path / "ledger.xlsx", cast.inspection.code)[1]["applied"]
    assert "moved the issue under another heading" in Page(office.get(f"/issues/{issue.pk}/")).text()
