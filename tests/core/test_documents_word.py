"""Official papers as Word files: real styles, faces by name, the official page; LibreOffice shows the same words."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import hypothesis.strategies as st
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings

from core.documents import Paper, Text, write_docx
from tests.core.papers import CODE, OFFICIAL, RARE, converted, form, pages_of, squeezed


@pytest.fixture(scope="module")
def official() -> Any:
    return docx.Document(BytesIO(write_docx(OFFICIAL)))


def text_of(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_page_and_grid_are_official(official: Any) -> None:
    section = official.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin)
    assert [round(size.mm) for size in (*sizes, section.bottom_margin)] == [210, 297, 37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


def test_headings_are_real_and_the_navigation_pane_finds_them(official: Any) -> None:
    styles = [(p.style.name, p.text) for p in official.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    assert styles == [
        ("Title", "关于整改情况的\n通报"),
        ("Heading 1", "一、组织落实"),
        ("Heading 2", "（一）履行职责"),
        ("Heading 3", "1．供水保障"),
        ("Heading 4", "（1）管网老化"),
    ]


@pytest.mark.parametrize(
    ("style", "face", "size"),
    [
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Heading 4", "仿宋_GB2312", 16),
        ("Body Text", "仿宋_GB2312", 16),
        ("Table Text", "仿宋_GB2312", 10.5),
        ("Page Number", "宋体", 14),
    ],
)
def test_styles_name_the_official_faces(official: Any, style: str, face: str, size: float) -> None:
    found = official.styles[style]
    fonts = found.element.rPr.rFonts
    assert (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))) == (face, "Times New Roman")
    assert [name for name in fonts.attrib if "Theme" in name] == [], "a theme would win over the face"
    assert (found.font.size.pt, found.font.bold) == (size, False)


def test_the_body_has_exact_lines_and_an_indent_of_two_characters(official: Any) -> None:
    layout = official.styles["Body Text"].paragraph_format
    assert round(layout.line_spacing.pt * 20) == 579
    assert layout.first_line_indent.pt == 31.6
    assert official.styles["Body Text"].element.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"


def test_no_formatting_is_set_by_hand_where_a_style_carries_it(official: Any) -> None:
    runs = [run for paragraph in official.paragraphs for run in paragraph.runs]
    assert [run.text for run in runs if run._r.rPr is not None] == []


def test_texts_come_out_as_text(official: Any) -> None:
    shown = text_of(official)
    for text in (*CODE, RARE, "a" * 200):
        assert text in shown
    assert "fldSimple" not in official.element.xml


def test_the_head_of_a_table_is_repeated_on_every_page(official: Any) -> None:
    (table,) = official.tables
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.style.name == "Table Grid"


def test_the_file_names_its_author_and_not_its_writer(official: Any) -> None:
    told = official.core_properties
    assert (told.author, told.comments, told.created.isoformat()[:16]) == ("青川市水务局", "", "2026-02-03T01:00")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200), min_size=1, max_size=4))
@example(["\x00\x0b\x1f\ufffe\uffff\u2028"])
@settings(max_examples=15)
def test_whatever_is_written_becomes_a_word_file(texts: list[str]) -> None:
    docx.Document(BytesIO(write_docx(form(*texts))))


def test_libreoffice_sets_28_characters_in_a_line_and_22_lines_on_a_page(tmp_path: Path) -> None:
    (first, second, *_more) = pages_of(converted(write_docx(Paper("题", (Text("整" * 28 * 50),))), tmp_path))
    assert [len(line) for line in re.findall("整+", first)][:3] == [26, 28, 28]
    assert len(re.findall("整+", second)) == 22


def test_libreoffice_shows_a_form_on_one_page(tmp_path: Path) -> None:
    texts = ("更换管网十二公里。" * 60, "同意。" * 20, *CODE)
    (only,) = pages_of(converted(write_docx(form(*texts, below=("ab" * 32,))), tmp_path))
    shown = squeezed(only)
    assert shown.count("更换管网十二公里。") == 60
    assert all(squeezed(text) in shown for text in (*CODE, RARE, "ab" * 32))


def test_libreoffice_shows_the_annex_of_a_long_form(tmp_path: Path) -> None:
    first, *rest = pages_of(converted(write_docx(form("更换管网十二公里。" * 400, "同意。")), tmp_path))
    assert "附页1" in squeezed(first)
    assert squeezed("".join(rest)).count("更换管网十二公里。") == 400
