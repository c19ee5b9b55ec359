"""The ledger of a bureau goes out as a workbook and comes in again: odd texts, copied rows, what was decided."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.cell.cell import MergedCell

from accounts.models import Unit
from audit.services import verify
from issues.models import Issue
from measures.models import Measure
from signoffs.models import Application
from tests.factories import Cast
from tests.imports.workbook.workbook_files import counts, export, import_json, open_book, rows_below

pytestmark = pytest.mark.django_db
DANGEROUS = ["=1+1", '=HYPERLINK("http://a","b")', "+86 371", "-5%", "@sum", "=", "001", "1e5", "{=A1}", "'quoted"]


@pytest.fixture
def exporter(cast: Cast, tmp_path: Path) -> Callable[[], Path]:
    return lambda: export(tmp_path, cast.inspection.code)


def test_what_looks_like_a_formula_is_text_in_both_ways(cast: Cast, exporter: Callable[[], Path]) -> None:
    for text in DANGEROUS:
        above = cast.issue(text=f"{text} as an issue", goal=text)
        cast.measure(issue=above, text=text, handler=text, remarks=text)
    Unit.objects.filter(pk=cast.roads.pk).update(name="=Roads")
    file = exporter()
    _book, sheet, columns = open_book(file)
    cells = [sheet.cell(row, columns["整改措施"]) for row in rows_below(sheet)]
    assert [cell.value for cell in cells] == DANGEROUS
    assert {cell.data_type for row in sheet.iter_rows(min_row=4) for cell in row} <= {"s", "n", "d"}
    code, told = import_json(file, cast.inspection.code)
    assert (code, counts(told)) == (0, (0, 0, len(DANGEROUS), 0))
    code, told = import_json(file, "copy", "--create-missing")
    assert (code, told["created"]) == (0, len(DANGEROUS))
    held = Measure.objects.filter(inspection__code="copy").order_by("sort_key")
    assert list(held.values_list("text", "handler", "remarks", "issue__goal")) == [(t, t, t, t) for t in DANGEROUS]


def test_long_and_odd_texts_come_back(cast: Cast, exporter: Callable[[], Path]) -> None:
    odd = ["two\nlines", "  blanks around  ", "a\ttab", "_x0041_", "潩水㐂𠮷", "x" * 40_000, "<b>&amp;</b>", "a\r\nb"]
    for text in odd:
        cast.measure(text=text)
    file = exporter()
    code, told = import_json(file, cast.inspection.code)
    assert (code, counts(told), told["errors"]) == (0, (0, 0, len(odd), 0), [])


def test_a_row_that_was_copied_with_its_hidden_id_is_a_new_one(cast: Cast, exporter: Callable[[], Path]) -> None:
    old = cast.measure(text="Sweep the paths")
    file = exporter()
    book, sheet, columns = open_book(file)
    for cell in sheet[4]:
        sheet.cell(5, cell.column).value = cell.value
    sheet.cell(4, columns["整改措施"]).value = "Rake the leaves"
    book.save(file)
    code, told = import_json(file, cast.inspection.code)
    assert (code, counts(told)) == (0, (1, 0, 1, 0))
    assert set(old.issue.measures.values_list("text", flat=True)) == {"Sweep the paths", "Rake the leaves"}


def test_a_reworded_issue_and_a_reworded_area_are_the_same_ones(cast: Cast, exporter: Callable[[], Path]) -> None:
    old = cast.measure()
    file = exporter()
    book, sheet, columns = open_book(file)
    sheet.cell(4, columns["具体问题"]).value = "Another text of the issue"
    sheet.cell(4, columns["方面"]).value = "Another area"
    book.save(file)
    code, told = import_json(file, cast.inspection.code)
    assert (code, counts(told), told["new_issues"], told["changed_issues"]) == (0, (0, 0, 1, 0), 0, 2)
    old.issue.refresh_from_db()
    assert old.issue.text == "Another text of the issue"
    assert old.issue.problem.category.area.title == "Another area"
    assert verify()[2] == []


def test_two_issues_of_the_same_words_are_told_apart_by_their_hidden_ids(
    cast: Cast, exporter: Callable[[], Path]
) -> None:
    """Their rows change places, so that order says the wrong thing; what is edited is the second one."""
    first, second = (cast.issue(text="Holes in the roads", goal="None are left") for _number in range(2))
    under = [cast.measure(issue=each, text=text) for each in (first, second) for text in ("Fill them", "Look on")]
    file = exporter()
    book, sheet, columns = open_book(file)
    for above, below in [*zip(sheet[4], sheet[6], strict=True), *zip(sheet[5], sheet[7], strict=True)]:
        if not isinstance(below, MergedCell):  # else it is that of the row above
            above.value, below.value = below.value, above.value
    assert [sheet.cell(row, columns["具体问题"]).value for row in (4, 6)] == ["Holes in the roads"] * 2
    sheet.cell(4, columns["整改目标"]).value = "Fewer than ten are left"
    book.save(file)
    code, told = import_json(file, cast.inspection.code)
    assert (code, told["issues"], told["changed_issues"], told["new_issues"]) == (0, 2, 1, 0)
    assert counts(told) == (0, 0, 4, 0), "the measures are where they were"
    goals = Issue.objects.filter(inspection=cast.inspection).order_by("pk").values_list("pk", "goal")
    assert list(goals) == [(first.pk, "None are left"), (second.pk, "Fewer than ten are left")]
    assert [Measure.objects.get(pk=each.pk).issue for each in under] == [first, first, second, second]


def test_what_was_started_changes_by_its_own_verbs(cast: Cast, exporter: Callable[[], Path]) -> None:
    cast.measure(status="in_progress")
    cast.measure(status="signed_off")
    file = exporter()
    book, sheet, columns = open_book(file)
    sheet.cell(4, columns["整改时限"]).value = "2027年1月1日"
    sheet.cell(5, columns["整改措施"]).value = "Another text"
    book.save(file)
    code, told = import_json(file, cast.inspection.code)
    assert code == 1
    assert [error["column"] for error in told["errors"]] == ["整改时限", "整改措施"]


def test_states_of_the_file_never_overwrite_what_was_decided(cast: Cast, exporter: Callable[[], Path]) -> None:
    measure = cast.measure(status="in_progress")
    file = exporter()
    book, sheet, columns = open_book(file)
    sheet.cell(4, columns["完成情况"]).value = "已完成"
    sheet.cell(4, columns["销号日期"]).value = "2026年3月1日"
    sheet.cell(4, columns["进展情况"]).value = "全部完成"
    book.save(file)
    code, told = import_json(file, cast.inspection.code)
    assert (code, counts(told)) == (0, (0, 0, 1, 0))
    measure.refresh_from_db()
    assert measure.status == "in_progress"
    assert not Application.objects.claims().exists()
