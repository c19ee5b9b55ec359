"""Official papers as PDF: laid out by the rule, every face embedded, every character drawn, no text taken for code."""

import ctypes
import hashlib
import re
from io import BytesIO
from typing import Any

import docx
import hypothesis.strategies as st
import pypdfium2
import pypdfium2.raw as raw
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings

from documents import (
    Annex,
    Cell,
    Form,
    Group,
    Heading,
    Imprint,
    Masthead,
    PageBreak,
    Paper,
    Table,
    Text,
    Total,
    chinese_date,
    write_docx,
    write_pdf,
)
from documents.fonts import FOLDER, covered, legible
from documents.text_fit import SIZES, fit
from documents.wording import plain
from tests.documents.papers import BULLETIN, CODE, LETTER, OFFICIAL, RARE, form, pages_of, squeezed
from tests.randomness import examples
from tools.font_coverage import code_points, coverage

CJK = "".join(chr(code) for code in range(0x4E00, 0x9FA6))


def faces_of(pdf: bytes) -> dict[str, bool]:
    """Each face of the paper and whether it is embedded."""
    found = {}
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                font = raw.FPDFTextObj_GetFont(thing)
                name = ctypes.create_string_buffer(200)
                raw.FPDFFont_GetBaseFontName(font, name, 200)
                found[name.value.decode()] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found


def test_the_vendored_faces_are_as_they_came() -> None:
    told = dict(line.split("  ")[::-1] for line in (FOLDER / "SHA256SUMS").read_text().splitlines())
    there = {path.name: path for path in FOLDER.iterdir() if path.suffix in {".otf", ".ttc"}}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()} == told
    template = (FOLDER.parent / "official.typ").read_text()
    assert len(there) == 6
    for family in ("FandolFang R", "FandolKai", "FandolHei", "FandolSong", "WenQuanYi Micro Hei"):
        assert f'"{family}"' in template


def test_each_face_has_its_licence_beside_it() -> None:
    assert "GNU GENERAL PUBLIC LICENSE" in (FOLDER / "COPYING.GPL-3").read_text()
    assert "GPL font exception" in (FOLDER / "README.fandol").read_text()
    assert "Apache License" in (FOLDER / "LICENSE.Apache-2.0").read_text()
    assert "embed this font" in (FOLDER / "COPYRIGHT.wqy-microhei").read_text()


def test_the_list_of_characters_is_that_of_the_faces() -> None:
    assert (FOLDER / "coverage.txt").read_text() == coverage()


def test_the_fallback_is_needed_and_covers_every_character_of_the_unified_block() -> None:
    fang = code_points(FOLDER / "FandolFang-Regular.otf")
    assert not fang & {ord(c) for c in RARE}
    assert {ord(c) for c in CJK + RARE + "—…·“”‘’（）〔〕《》№②"} <= covered()


def test_all_faces_are_embedded_the_fallback_too() -> None:
    faces = faces_of(write_pdf(OFFICIAL))
    assert all(faces.values())
    for part in ("FandolFang", "FandolHei", "FandolKai", "FandolSong", "WenQuanYi", "Libertinus"):
        assert any(part.lower() in name.lower() for name in faces), (part, list(faces))


def test_a_character_that_no_face_holds_is_written_as_its_code() -> None:
    assert legible("田𠮷☃") == "田〔U+20BB7〕〔U+2603〕"
    assert "〔U+20BB7〕" in squeezed("".join(pages_of(write_pdf(form("田𠮷")))))


@pytest.mark.parametrize(
    "paper", [OFFICIAL, LETTER, BULLETIN, form(RARE)], ids=["official", "letter", "bulletin", "form"]
)
def test_every_character_of_a_paper_is_drawn_by_a_face_that_it_embeds(paper: Paper) -> None:
    """Rendered, no character is an empty place or the box of a missing glyph."""
    pdf = write_pdf(paper)
    assert all(faces_of(pdf).values())
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            for place in range(text.count_chars()):
                code = raw.FPDFText_GetUnicode(text.raw, place)
                assert code not in {0, 0xFFFD}
                assert not raw.FPDFText_HasUnicodeMapError(text.raw, place), chr(code)
                if not chr(code).isspace():
                    left, bottom, right, top = text.get_charbox(place)
                    assert right > left, chr(code)
                    assert top > bottom, chr(code)
                    assert code in covered() or chr(code).isascii(), chr(code)


HOSTILE = (
    *CODE,
    "\u202eabc\u202c",
    "א ב",
    "a\x00b\x1bc",
    "超" * 300,
    "W" * 300,
    "<&>\"'",
    "〔U+20BB7〕",
    "\n\n\n",
    "",
)


def everywhere(text: str) -> Paper:
    """A paper with the text in every place that takes one."""
    table = Table((text, "乙"), ((text, text), Group(text), Total((text, text))), (1, 2), caption=text, note=text)
    upper = Table(("甲", "乙"), ((text, text),), (1, 2), above=((text or "丙", 2),))
    return Paper(
        title=text,
        subtitle=text,
        blocks=(*(Heading(text, level) for level in (1, 2, 3, 4)), Text(text, lead=text), table, upper, PageBreak()),
        issuer=text,
        number=text,
        addressees=text,
        signature=text,
        dated=OFFICIAL.dated,
        author=text,
        annexes=(Annex(text, (Text(text), table), landscape=True), Annex(text)),
        imprint=Imprint(text, OFFICIAL.dated, text),
        foot=text,
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_is_only_ever_text_wherever_it_stands(text: str) -> None:
    paper = everywhere(text)
    shown = squeezed(legible(plain(text)))
    assert squeezed("".join(pages_of(write_pdf(paper)))).count(shown) >= (20 if shown else 0)
    document = docx.Document(BytesIO(write_docx(paper)))
    xml = "".join(node.text or "" for node in document.element.iter(qn("w:t")))
    assert squeezed(xml).count(squeezed(plain(text))) >= (25 if shown else 0)
    write_pdf(Paper(text, (), masthead=Masthead(text, text, text, OFFICIAL.dated)))
    write_docx(Paper(text, (), masthead=Masthead(text, text, text, OFFICIAL.dated)))


def test_a_table_of_a_thousand_rows_is_whole_in_both_formats() -> None:
    rows = tuple((str(number), f"措施{number}", "1<2&3") for number in range(1, 1001))
    paper = Paper("清单", (Table(("序号", "措施", "备注"), rows, (1, 4, 2)),))
    text = "".join(squeezed(page) for page in pages_of(write_pdf(paper)))
    assert [f"{number}措施{number}1<2&3" in text for number in (1, 500, 1000)] == [True] * 3
    (table,) = docx.Document(BytesIO(write_docx(paper))).tables
    assert len(table._tbl.tr_lst) == 1001


@pytest.mark.parametrize(
    "told",
    [
        {"rows": (("1",),)},
        {"widths": (1,)},
        {"aligns": ("left",)},
        {"above": (("甲", 3),)},
        {"rows": (Total(("1", "2", "3")),)},
        {"head": (), "rows": (), "widths": ()},
    ],
)
def test_a_table_whose_rows_do_not_fit_its_columns_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="columns"):
        Table(**{"head": ("甲", "乙"), "rows": (("1", "2"),), "widths": (1, 1), **told})


def test_texts_come_out_as_text_whatever_they_look_like() -> None:
    shown = squeezed("".join(pages_of(write_pdf(OFFICIAL))))
    for text in (*CODE, RARE, "a" * 200, "青水〔2026〕10号", "2026年2月3日", "中共青川市水务局党组"):
        assert squeezed(text) in shown, text


def test_28_characters_make_a_line() -> None:
    (page, *_more) = pages_of(write_pdf(Paper(title="题", blocks=(Text("整" * 84),))))
    assert [len(line) for line in re.findall("整+", page)] == [26, 28, 28, 2]


def test_the_same_paper_is_the_same_bytes() -> None:
    assert write_pdf(OFFICIAL) == write_pdf(OFFICIAL)


def test_a_short_form_is_one_page_with_large_characters() -> None:
    paper = form("已完成。")
    assert len(pages_of(write_pdf(paper))) == 1
    assert fit(paper.blocks[0]).size == SIZES[0]


def test_a_longer_form_is_one_page_with_smaller_characters() -> None:
    paper = form("更换管网十二公里。" * 70, "建立制度。" * 70)
    fitted = fit(paper.blocks[0])
    assert (fitted.size < SIZES[0], fitted.annexes) == (True, ())
    (only,) = pages_of(write_pdf(paper))
    assert squeezed(only).count("更换管网十二公里。") == 70


def test_a_very_long_field_continues_on_an_annex_page_and_nothing_is_cut() -> None:
    first, *rest = pages_of(write_pdf(form("更换管网十二公里。" * 400, "同意。", below=("ab" * 32,))))
    assert "（内容较长，全文见附页1）" in squeezed(first)
    assert "同意。" in first
    assert "ab" * 32 in first
    assert rest[0].startswith("附页1：栏目1")
    assert squeezed("".join(rest)).count("更换管网十二公里。") == 400


def test_annex_pages_are_numbered_in_the_order_of_the_form() -> None:
    fitted = fit(form("短" * 1500, "长" * 3000).blocks[0])
    assert [cell.label for cell in fitted.annexes] == ["栏目1", "栏目2"]
    assert "附页1" in fitted.form.rows[1][0].text


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400), min_size=1, max_size=6))
@settings(max_examples=examples(25))
def test_whatever_is_written_becomes_a_paper(texts: list[str]) -> None:
    write_pdf(form(*texts))


PARTS = st.sampled_from(
    ["整改", "，", "ABCDEFGH ", "WWWWMMMM ", "a1b2c3d4e5f6", "\n", "一是更换。", "（", "）", "2026年"]
)


@given(st.lists(st.lists(PARTS, max_size=300).map("".join), min_size=1, max_size=9))
@settings(max_examples=examples(40))
def test_what_the_fitting_says_fits_does_fit(texts: list[str]) -> None:
    paper = form(*texts, below=("c3" * 32,))
    first, *rest = pages_of(write_pdf(paper))
    assert "c3" * 32 in first, "the whole form is on the first page"
    assert len(rest) >= len(fit(paper.blocks[0]).annexes)
    if not fit(paper.blocks[0]).annexes:
        assert rest == []


def test_a_form_that_is_all_labels_still_fits() -> None:
    rows = tuple((Cell("审核环节名称很长" * 5, "同意", "张三 2026年3月2日 09:05"),) for _step in range(5))
    assert len(pages_of(write_pdf(Paper(title="表", blocks=(Form(rows),), page_numbers=False)))) == 1


@pytest.mark.parametrize(
    ("text", "clean"), [("a\r\nb\x0bc", "a\nb\nc"), ("x\u202ey\x00\ud800z", "xyz"), ("e\u0301", "é")]
)
def test_control_characters_do_not_reach_a_paper(text: str, clean: str) -> None:
    assert plain(text) == clean


def test_dates_are_printed_without_padding() -> None:
    assert (chinese_date(OFFICIAL.dated), chinese_date(None)) == ("2026年2月3日", "—")
