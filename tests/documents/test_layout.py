"""The official layout, measured: the PDF, and the Word file as LibreOffice prints it, by the same rules.

Millimetres; LibreOffice has none of the official faces here, whose ink begins elsewhere in the line, hence its slack.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from documents import Imprint, Paper, Table, Text, write_docx, write_pdf
from documents.document_model import LINE
from tests.documents.geometry import MM, Page, measured
from tests.documents.papers import BULLETIN, LETTER, OFFICIAL, converted

LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0
"""Edges of the text block."""
BODY, TITLE, FOUR = (points / MM for points in (16, 22, 14))
"""Sizes of a character."""
PITCH = LINE / MM
RED = (192, 0, 0)
FULL = Paper("题", (Text("整" * 28 * 60),))


@dataclass(frozen=True)
class Printed:
    """The papers that are measured, in one of the two formats."""

    letter: list[Page]
    bulletin: list[Page]
    full: list[Page]
    slack: float


@pytest.fixture(scope="module", params=["pdf", pytest.param("docx", marks=[pytest.mark.libreoffice, pytest.mark.once])])
def printed(request: Any, tmp_path_factory: Any) -> Printed:
    folder: Path = tmp_path_factory.mktemp("printed")

    def pages(paper: Paper) -> list[Page]:
        if request.param == "pdf":
            return measured(write_pdf(paper))
        return measured(converted(write_docx(paper), folder))

    return Printed(pages(LETTER), pages(BULLETIN), pages(FULL), 0.4 if request.param == "pdf" else 1.2)


def near(value: float, slack: float) -> Any:
    return pytest.approx(value, abs=slack)


def test_a_page_is_a4_and_the_text_block_156_by_225(printed: Printed) -> None:
    page = printed.full[1]
    assert (round(page.width), round(page.height)) == (210, 297)
    body = [box for box in page.characters if box.text == "整"]
    assert min(box.left for box in body) == near(LEFT, 0.1)
    assert max(box.right for box in body) == near(RIGHT, 0.4)
    assert TOP < min(box.top for box in body) < TOP + 3.5
    assert BOTTOM - 5 < max(box.bottom for box in body) < BOTTOM


def test_a_full_page_holds_22_lines_of_28_characters(printed: Printed) -> None:
    body = [box for box in printed.full[1].characters if box.text == "整"]
    heights = sorted({round(box.bottom, 1) for box in body})
    assert [sum(round(box.bottom, 1) == height for box in body) for height in heights] == [28] * 22
    steps = [lower - upper for upper, lower in zip(heights, heights[1:], strict=False)]
    assert all(step == near(PITCH, 0.15) for step in steps)


def test_the_first_line_of_a_paragraph_is_indented_by_two_characters(printed: Printed) -> None:
    first = printed.full[0].find("整" * 26)
    assert first.left == near(LEFT + 2 * BODY, 0.2)
    assert first.size == 16


def test_the_issuer_stands_35_mm_below_the_top_red_and_centred(printed: Printed) -> None:
    mark = printed.letter[0].find("青川市水务局文件")
    assert mark.top == near(TOP + 35, 0.5)
    assert (mark.left + mark.right) / 2 == near((LEFT + RIGHT) / 2, 0.6)
    assert mark.size == 38


def test_the_number_stands_two_lines_below_the_issuer_in_hexagonal_brackets(printed: Printed) -> None:
    page = printed.letter[0]
    mark, number = page.find("青川市水务局文件"), page.find("青水〔2026〕10号")
    assert 2 * PITCH < number.top - mark.bottom < 2 * PITCH + 6
    assert (number.left + number.right) / 2 == near((LEFT + RIGHT) / 2, 0.6)
    assert number.size == 16


def test_the_red_rule_is_4_mm_below_the_number_and_as_wide_as_the_text_block(printed: Printed) -> None:
    page = printed.letter[0]
    rule = next(rule for rule in page.rules if rule.colour == RED)
    number = page.find("10号")
    assert (rule.left, rule.right) == (near(LEFT, 0.5), near(RIGHT, 0.5))
    assert (rule.top + rule.bottom) / 2 - number.bottom == near(4, 0.6 + printed.slack / 2)
    assert rule.thick == near(0.35, 0.03)


def test_the_title_is_two_lines_below_the_rule_and_the_addressees_one_below_the_title(printed: Printed) -> None:
    page = printed.letter[0]
    rule = next(rule for rule in page.rules if rule.colour == RED)
    first, second = page.find("中共青川市水务局党组关于市委第三巡察组"), page.find("巡察反馈意见整改情况的通报")
    assert 2 * PITCH < first.top - rule.bottom < 2 * PITCH + 6
    assert (first.size, second.size) == (22, 22)
    assert second.top > first.bottom
    for line in (first, second):
        assert (line.left + line.right) / 2 == near((LEFT + RIGHT) / 2, 0.6)
    addressees = page.find("市委巡察办，局属各单位：")
    assert PITCH < addressees.top - second.bottom < PITCH + 6
    assert addressees.left == near(LEFT, 0.1)


def test_headings_are_of_the_size_of_the_body_and_indented_like_it(printed: Printed) -> None:
    for words in ("一、组织落实", "（一）履行职责", "1．供水保障", "（1）管网老化"):
        page = next(page for page in printed.letter if words in page.text)
        heading = page.find(words)
        assert heading.size == 16
        assert heading.left == near(LEFT + 2 * BODY, 0.2)


def test_odd_pages_are_numbered_on_the_right_even_ones_on_the_left_7_mm_below_the_text(printed: Printed) -> None:
    for number, page in enumerate(printed.full, 1):
        found = page.find(f"— {number} —")
        edge = found.right - RIGHT if number % 2 else LEFT - found.left
        assert edge == near(-FOUR, 0.4), f"page {number}: one character in"
        assert (found.top + found.bottom) / 2 == near(BOTTOM + 7, 0.6)
        assert found.size == 14


def test_annexes_are_listed_one_line_below_the_text_each_title_under_the_first(printed: Printed) -> None:
    page = next(page for page in printed.letter if "附件：1.问题清单" in page.text)
    lead = page.find("附件：1.")
    assert lead.left == near(LEFT + 2 * BODY, 0.3)
    assert page.find("责任清单").left == near(page.find("问题清单").left, 0.4)
    assert PITCH < lead.top - page.find("目前该问题已整改。").bottom < 2 * PITCH
    assert "责任清单。" not in page.text


def test_the_signature_ends_two_characters_from_the_right_the_date_begins_two_after_it(printed: Printed) -> None:
    page = next(page for page in printed.letter if "2026年2月3日" in page.text)
    at = page.text.index("2026年2月3日")
    date = page.characters[at]
    first, last = page.characters[at - 10], page.characters[at - 1]
    assert (first.text, last.text) == ("中", "组")
    assert last.right == near(RIGHT - 2 * BODY, 0.3)
    assert date.left - first.left == near(2 * BODY, 0.3)
    assert page.characters[at + 4].bottom - last.bottom == near(PITCH, 0.6)


def test_a_date_longer_than_the_signature_ends_two_characters_from_the_right(printed: Printed) -> None:
    page = printed.bulletin[-1]
    at = page.text.index("整改办2026年11月20日")
    office, date = page.characters[at], page.characters[at + 3 : at + 14]
    assert date[-1].right == near(RIGHT - 2 * BODY, 0.3)
    wider = 6 if printed.slack > 1 else 0.3  # LibreOffice puts some space between figures and Chinese
    assert date[0].left - office.left == near(2 * BODY, wider)


def test_the_imprint_closes_the_last_page_with_its_three_rules(printed: Printed) -> None:
    first, middle, last = (rule for rule in printed.letter[-1].rules if rule.colour == (0, 0, 0))
    assert [rule.thick for rule in (first, middle, last)] == [near(0.35, 0.03), near(0.25, 0.03), near(0.35, 0.03)]
    for rule in (first, middle, last):
        assert (rule.left, rule.right) == (near(LEFT, 0.5), near(RIGHT, 0.5))
    assert (last.top + last.bottom) / 2 == near(BOTTOM, 0.5)
    page = printed.letter[-1]
    copies, office, day = (
        page.find("抄送：市纪委监委，市委组织部。"),
        page.find("青川市水务局办公室"),
        page.find("2月4日印发"),
    )
    assert copies.left == near(LEFT + FOUR, 0.3)
    assert office.left == near(LEFT + FOUR, 0.3)
    assert day.right == near(RIGHT - FOUR, 0.3)
    assert first.top < copies.top < copies.bottom < middle.top < office.top < office.bottom < last.top
    assert {copies.size, office.size, day.size} == {14}


def test_an_imprint_without_copies_has_two_rules(printed: Printed) -> None:
    rules = [rule for rule in printed.bulletin[-1].rules if rule.colour == (0, 0, 0)]
    assert [rule.thick for rule in rules] == [near(0.35, 0.03)] * 2


def test_a_bulletin_has_its_red_masthead_number_editor_and_date_over_the_rule(printed: Printed) -> None:
    page = printed.bulletin[0]
    name, issue = page.find("巡察整改周报"), page.find("第3期")
    editor, day = page.find("青川市水务局整改办"), page.find("2026年11月20日")
    rule = next(rule for rule in page.rules if rule.colour == RED)
    assert TOP < name.top < name.bottom < issue.top < issue.bottom < editor.top < editor.bottom < rule.top
    assert name.size == 48
    for line in (name, issue):
        assert (line.left + line.right) / 2 == near((LEFT + RIGHT) / 2, 0.8)
    assert editor.left == near(LEFT + BODY, 0.3)
    assert day.right == near(RIGHT - BODY, 0.3)
    assert editor.bottom == near(day.bottom, 0.6)
    assert (rule.left, rule.right) == (near(LEFT, 0.5), near(RIGHT, 0.5))
    assert page.find("关于第47周").top > rule.bottom + 2 * PITCH
    assert page.find("（送审稿）").top > page.find("关于第47周").bottom


def test_the_foot_of_every_page_bears_the_number_and_hash_that_it_witnesses(printed: Printed) -> None:
    assert len(printed.bulletin) == 2
    for page in printed.bulletin:
        foot = page.find(f"操作留痕链inspection:demo至第1024号，SHA-256：{'9f86d081' * 8}")
        assert foot.top > page.find("— ").bottom
        assert foot.bottom - foot.top < 4, "it takes one line"
        assert LEFT - 0.1 < foot.left < foot.right < RIGHT + 0.1
        assert foot.bottom < 290


def test_an_annex_that_lies_across_has_pages_of_its_own(printed: Printed) -> None:
    sizes = [(round(page.width), round(page.height)) for page in printed.letter]
    assert sizes[-2:] == [(297, 210), (210, 297)]
    assert set(sizes[:-2]) == {(210, 297)}
    across = printed.letter[-2]
    assert across.text.startswith("附件1问题清单表1序号问题")
    table = across.rules[0]
    assert (table.left, table.right) == (near(35, 0.6), near(260, 0.6))


@pytest.mark.parametrize("lines", range(14, 23))
def test_an_imprint_never_covers_text_and_is_never_lost(lines: int) -> None:
    paper = Paper("题", (Text("\n".join(["整改"] * lines)),), imprint=Imprint("办公室", LETTER.dated, "市纪委"))
    pages = measured(write_pdf(paper))
    first, *_others = (rule for rule in pages[-1].rules)
    assert sum(page.text.count("整改") for page in pages) == lines
    body = [box for box in pages[-1].characters if box.text in "整改"]
    assert all(box.bottom < first.top for box in body)
    assert "印发" in pages[-1].text


@pytest.mark.parametrize("characters", range(430, 560, 10))
def test_a_signature_never_stands_alone_on_a_page(characters: int) -> None:
    paper = replace(FULL, blocks=(Text("整" * characters),), signature="中共青川市水务局党组", dated=LETTER.dated)
    last = measured(write_pdf(paper))[-1]
    assert "整" in last.text
    assert "组2026年2月3日" in last.text


def test_a_long_issuer_is_smaller_and_a_very_long_one_takes_two_lines() -> None:
    long = measured(write_pdf(replace(LETTER, issuer="中共青川市城市管理综合行政执法局党组文件")))[0]
    mark = long.find("中共青川市城市管理综合行政执法局党组文件")
    assert LEFT <= mark.left < mark.right <= RIGHT
    assert 22 <= mark.size < 38
    longer = measured(
        write_pdf(replace(OFFICIAL, issuer="中共青川市城市管理综合行政执法局党组巡察整改工作领导小组办公室文件"))
    )
    assert min(box.left for box in longer[0].characters) >= LEFT
    assert max(box.right for box in longer[0].characters) <= RIGHT + 0.2


def test_a_code_in_a_narrow_column_breaks_after_a_hyphen() -> None:
    table = Table(("编号", "措施"), (("1-3-1-01-02", "整改"),), (1, 10))
    (page,) = measured(write_pdf(Paper("题", (table,))))
    at = page.text.index("1-3-1-01-02")
    code = page.characters[at : at + len("1-3-1-01-02")]
    last_of_lines = [box.text for box, following in zip(code, code[1:], strict=False) if following.left < box.left]
    assert last_of_lines, "it takes several lines"
    assert set(last_of_lines) == {"-"}


def test_a_table_that_is_short_stays_whole_and_a_long_one_fills_the_page() -> None:
    lead = Text("\n".join(["整改"] * 17))
    for rows, first in ((5, 0), (40, 1)):
        table = Table(("序号", "措施"), tuple((f"序{n}", "整改") for n in range(rows)), (1, 9), note="注")
        pages = measured(write_pdf(Paper("题", (lead, table))))
        assert [page.text.count("序0") for page in pages[:2]] == [first, 1 - first]
