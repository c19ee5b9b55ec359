"""Official papers as Word files: real styles, faces by name, the official page; LibreOffice shows the same words."""

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import hypothesis.strategies as st
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings

from documents import Paper, write_docx
from tests.documents.papers import BULLETIN, CODE, LETTER, OFFICIAL, RARE, converted, form, pages_of, squeezed
from tests.randomness import examples


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
        ("Subtitle", "楷体_GB2312", 16),
        ("Footer", "宋体", 14),
        ("Caption", "黑体", 14),
        ("发文机关标志", "方正小标宋简体", 38),
        ("简报报头", "方正小标宋简体", 38),
        ("发文字号", "仿宋_GB2312", 16),
        ("主送机关", "仿宋_GB2312", 16),
        ("附件说明", "仿宋_GB2312", 16),
        ("附件标识", "黑体", 16),
        ("附件标题", "方正小标宋简体", 22),
        ("发文机关署名", "仿宋_GB2312", 16),
        ("成文日期", "仿宋_GB2312", 16),
        ("抄送机关", "仿宋_GB2312", 14),
        ("印发机关和日期", "仿宋_GB2312", 14),
        ("表头", "黑体", 10.5),
        ("表格文字", "仿宋_GB2312", 10.5),
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
    assert layout.first_line_indent.pt == pytest.approx(31.6, abs=0.1)
    assert official.styles["Body Text"].element.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"


@pytest.mark.parametrize("paper", [OFFICIAL, LETTER, BULLETIN], ids=["official", "letter", "bulletin"])
def test_no_formatting_is_set_by_hand_where_a_style_carries_it(paper: Paper) -> None:
    """Characters have no formatting but the style that makes a lead-in or a sum stand out."""
    element = docx.Document(BytesIO(write_docx(paper))).element
    own = [child.tag for properties in element.iter(qn("w:rPr")) for child in properties]
    assert set(own) <= {qn("w:rStyle")}
    allowed = {qn(f"w:{name}") for name in ("pStyle", "keepNext", "pageBreakBefore", "sectPr")}
    assert {child.tag for properties in element.iter(qn("w:pPr")) for child in properties} <= allowed


def test_a_lead_in_stands_out_by_a_style_of_characters() -> None:
    document = docx.Document(BytesIO(write_docx(LETTER)))
    (paragraph,) = (each for each in document.paragraphs if each.text.startswith("落实情况："))
    assert [(run.text, run.style.name) for run in paragraph.runs][0] == ("落实情况：", "着重")
    assert document.styles["着重"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"


def test_page_numbers_are_fields_right_on_odd_and_left_on_even_pages(official: Any) -> None:
    assert official.settings.odd_and_even_pages_header_footer
    section = official.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert [code.text for code in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert "".join(text.text for text in paragraph._p.iter(qn("w:t"))) == "—  —"


def test_the_file_says_that_it_is_chinese(official: Any) -> None:
    defaults = official.styles.element.find(qn("w:docDefaults"))
    assert {each.get(qn("w:eastAsia")) for each in defaults.iter(qn("w:lang"))} == {"zh-CN"}


def test_the_imprint_hangs_at_the_foot_of_the_text_block() -> None:
    document = docx.Document(BytesIO(write_docx(LETTER)))
    imprint = document.tables[-1]
    place = imprint._tbl.tblPr.find(qn("w:tblpPr"))
    assert (place.get(qn("w:vertAnchor")), place.get(qn("w:tblpYSpec"))) == ("margin", "bottom")
    borders = imprint._tbl.tblPr.find(qn("w:tblBorders"))
    assert {side: borders.find(qn(f"w:{side}")).get(qn("w:sz")) for side in ("top", "insideH", "bottom")} == {
        "top": "8",
        "insideH": "6",
        "bottom": "8",
    }
    assert [cell.text for cell in imprint.columns[0].cells] == [
        "抄送：市纪委监委，市委组织部。",
        "青川市水务局办公室\t2026年2月4日印发",
    ]


def test_an_annex_is_found_in_the_navigation_pane() -> None:
    document = docx.Document(BytesIO(write_docx(LETTER)))
    level = document.styles["附件标题"].element.pPr.find(qn("w:outlineLvl"))
    assert level.get(qn("w:val")) == "0"
    assert [each.text for each in document.paragraphs if each.style.name == "附件标题"] == ["问题清单"]
    assert [section.orientation for section in document.sections] == [0, 1, 0]


def test_a_table_has_its_groups_sums_sides_and_both_rows_of_its_head() -> None:
    document = docx.Document(BytesIO(write_docx(BULLETIN)))
    table = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["单位", "措施", "措施", "销号率"],
        ["单位", "应销号", "已销号", "销号率"],
        ["局机关"] * 4,
        ["办公室", "30", "27", "90.0%"],
        ["合计", "30", "27", "90.0%"],
    ]
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, True, *[False] * 3]
    assert [cell.paragraphs[0].style.name for cell in table.rows[3].cells] == [
        "表格文字",
        "表格数字",
        "表格数字",
        "表格文字居中",
    ]
    assert table.rows[4].cells[0].paragraphs[0].runs[0].style.name == "着重"


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
@settings(max_examples=examples(15))
def test_whatever_is_written_becomes_a_word_file(texts: list[str]) -> None:
    docx.Document(BytesIO(write_docx(form(*texts))))


@pytest.mark.libreoffice
@pytest.mark.once
def test_libreoffice_shows_a_form_on_one_page(tmp_path: Path) -> None:
    texts = ("更换管网十二公里。" * 60, "同意。" * 20, *CODE)
    (only,) = pages_of(converted(write_docx(form(*texts, below=("ab" * 32,))), tmp_path))
    shown = squeezed(only)
    assert shown.count("更换管网十二公里。") == 60
    assert all(squeezed(text) in shown for text in (*CODE, RARE, "ab" * 32))


@pytest.mark.libreoffice
@pytest.mark.once
def test_libreoffice_shows_the_annex_of_a_long_form(tmp_path: Path) -> None:
    first, *rest = pages_of(converted(write_docx(form("更换管网十二公里。" * 400, "同意。")), tmp_path))
    assert "附页1" in squeezed(first)
    assert squeezed("".join(rest)).count("更换管网十二公里。") == 400
