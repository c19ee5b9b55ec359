"""A paper as .docx, made to be edited afterwards: real styles, faces by name, nothing embedded."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from documents import styles
from documents.document_model import (
    BODY_SIZE,
    FOUR,
    LEADING,
    LINE,
    MARGINS,
    POINTS,
    TEXT_WIDTH,
    TITLE_LINE,
    TITLE_SIZE,
    Annex,
    Form,
    Masthead,
    Paper,
)
from documents.layout import MARK_SIZES, MASTHEAD_SIZES, foot_size, line_size, red_name, signature_indents
from documents.title_breaking import title_lines
from documents.word_flow import FlowWriter
from documents.wording import annex_label, chinese_date, one_line

BETWEEN = LINE - BODY_SIZE
"""From box to box of two lines of the body."""
BODY = BODY_SIZE, LINE
LOWEST_FOOT = 14.0
"""Points from the edge of the page that printers can reach."""
LONGEST_PROPERTY = 255
"""Characters of what a Word file says of itself."""
MARK_BELOW, MASTHEAD_BELOW = 35.0, 10.0
"""Millimetres from the top of the text block to the top edge of a red name."""


def write_docx(paper: Paper) -> bytes:
    """Return the paper as a Word file."""
    document = Document()
    styles.set_up(document)
    _describe(document, paper)
    writer = FlowWriter(document)
    _head(writer, paper)
    for block in paper.blocks:
        writer.block(block)
    _end(writer, paper)
    for number, annex in enumerate(paper.annexes):
        if annex.blocks:
            writer.annex(annex, annex_label(number, len(paper.annexes)))
    writer.close(paper)
    _set_foot(document, paper)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _describe(document: Any, paper: Paper) -> None:
    properties = document.core_properties
    properties.title, properties.author = (
        one_line(paper.title)[:LONGEST_PROPERTY],
        one_line(paper.author)[:LONGEST_PROPERTY],
    )
    properties.comments, properties.language = "", "zh-CN"
    properties.last_modified_by = properties.author
    properties.created = properties.modified = (
        (paper.created_at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    )


def _head(writer: FlowWriter, paper: Paper) -> None:
    sheets = writer.document.styles
    under = 0.0
    if paper.masthead:
        under = _masthead(writer, paper.masthead)
    elif paper.issuer:
        under = _letterhead(writer, paper)
    is_form = bool(paper.blocks) and isinstance(paper.blocks[0], Form)
    lines = title_lines(paper.title)
    title = sheets["Title"].paragraph_format
    over = styles.above(TITLE_SIZE, TITLE_LINE)
    title.space_before = Pt(max(0.0, 2 * LINE + BETWEEN - over - under) if under else 0)
    blank = Pt(6 if is_form else LINE + BETWEEN - styles.below(TITLE_SIZE, TITLE_LINE) - styles.above(*BODY))
    writer.stacked(lines, "Title")
    if paper.subtitle:
        sheets["Subtitle"].paragraph_format.space_after = Pt(LINE)
        writer.say(paper.subtitle, "Subtitle")
    else:
        title.space_after = blank
    if paper.addressees:
        writer.say(paper.addressees, styles.ADDRESSEES)


def _red_name(writer: FlowWriter, name: str, style: str, sizes: tuple[float, float], millimetres: float) -> float:
    """Write a red name with its top edge so far down the page; return what of its line is below its characters."""
    lines, size = red_name(name, sizes)
    sheet = writer.document.styles[style]
    styles.resize(sheet, size)
    ink = styles.above(size, size * LEADING) + 0.05 * size
    sheet.paragraph_format.space_before = Pt(millimetres * POINTS - ink)
    writer.stacked(lines, style)
    return styles.below(size, size * LEADING)


def _letterhead(writer: FlowWriter, paper: Paper) -> float:
    sheets = writer.document.styles
    under = _red_name(writer, paper.issuer, styles.MARK, MARK_SIZES, MARK_BELOW)
    if not paper.number:
        styles.rule_below(sheets[styles.MARK], millimetres=4)
        return 1.0
    gap = 2 * LINE + BETWEEN - under - styles.above(*BODY)
    sheets[styles.NUMBER].paragraph_format.space_before = Pt(gap)
    styles.rule_below(sheets[styles.NUMBER], millimetres=4)
    writer.say(paper.number, styles.NUMBER)
    return 1.0


def _masthead(writer: FlowWriter, masthead: Masthead) -> float:
    sheets = writer.document.styles
    under = _red_name(writer, masthead.name, styles.MASTHEAD, MASTHEAD_SIZES, MASTHEAD_BELOW)
    if masthead.issue:
        sheets[styles.ISSUE].paragraph_format.space_before = Pt(LINE - under - styles.above(*BODY))
        writer.say(masthead.issue, styles.ISSUE)
        under = styles.below(*BODY)
    dated = chinese_date(masthead.dated) if masthead.dated else ""
    sheet, size = sheets[styles.EDITOR], line_size(masthead.editor, dated)
    sheet.font.size = Pt(size)
    sheet.paragraph_format.space_before = Pt(LINE - under - styles.above(size, LINE))
    sheet.paragraph_format.tab_stops.add_tab_stop(Pt(TEXT_WIDTH * POINTS - BODY_SIZE), WD_TAB_ALIGNMENT.RIGHT)
    styles.rule_below(sheet, millimetres=4)
    writer.say(masthead.editor, styles.EDITOR).add_run(f"\t{dated}")
    return 1.0


def _end(writer: FlowWriter, paper: Paper) -> None:
    """Write the list of annexes, then signature and date."""
    if paper.annexes:
        _annex_list(writer, paper.annexes)
    name, dated = one_line(paper.signature), chinese_date(paper.dated) if paper.dated else ""
    sheets, (edge, late, begin) = writer.document.styles, signature_indents(name, dated)
    sheets[styles.SIGNATURE].paragraph_format.right_indent = Pt(edge)
    date = sheets[styles.DATE].paragraph_format
    date.right_indent = Pt(late)
    if begin:
        date.alignment, date.left_indent = WD_ALIGN_PARAGRAPH.LEFT, Pt(begin)
    for style, words in ((styles.SIGNATURE, name), (styles.DATE, dated)):
        if words:
            is_first = style == styles.SIGNATURE or not name
            sheets[style].paragraph_format.space_before = Pt(LINE if is_first else 0)
            _stay_with_next(writer, is_first)
            writer.say(words, style)


def _stay_with_next(writer: FlowWriter, is_first: bool) -> None:
    """The signature is never on a page without text."""
    if is_first and writer.last.tag == qn("w:p"):
        Paragraph(writer.last, writer.document).paragraph_format.keep_with_next = True


def _annex_list(writer: FlowWriter, annexes: tuple[Annex, ...]) -> None:
    """Write `附件：1.…`: two characters in, each title under the first one."""
    sheets, numbered = writer.document.styles, len(annexes) > 1
    number = BODY_SIZE * (0.75 if len(annexes) < 10 else 1.25) if numbered else 0.0
    title = 5 * BODY_SIZE + number
    for style, hangs in ((styles.ANNEX_FIRST, 3 * BODY_SIZE + number), (styles.ANNEX_MORE, number)):
        layout = sheets[style].paragraph_format
        layout.left_indent, layout.first_line_indent = Pt(title), Pt(-hangs)
    sheets[styles.ANNEX_FIRST].paragraph_format.space_before = Pt(LINE)
    for place, annex in enumerate(annexes):
        label = f"{place + 1}.{one_line(annex.title)}" if numbered else one_line(annex.title)
        writer.say(label if place else f"附件：{label}", styles.ANNEX_MORE if place else styles.ANNEX_FIRST)


def _set_foot(document: Any, paper: Paper) -> None:
    """`— 1 —`, odd pages right, even pages left, one character in, the dash 7 mm under the text; fine print below."""
    fine = [one_line(paper.foot)] if paper.foot else []
    section = document.sections[0]
    size, lines = foot_size(paper.foot) if fine else (0.0, 0)
    if fine:
        styles.resize(document.styles[styles.FOOT], size)
    for each in document.sections:
        lower = MARGINS["bottom"] - each.bottom_margin.mm  # on a page that lies across
        height = lines * size * LEADING + (6 if fine else 0)
        each.footer_distance = Pt(max(LOWEST_FOOT, (24.8 - lower) * POINTS - height))
    if not paper.page_numbers and not fine:
        return
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style, paragraph.alignment = "Footer", side
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(FOUR)
        if paper.page_numbers:
            _number(paragraph)
        for line in fine:
            footer.add_paragraph(line, style=styles.FOOT)


def _number(paragraph: Any) -> None:
    paragraph.add_run("— ")
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        _field(paragraph.add_run(), kind, code)
    paragraph.add_run(" —")


def _field(run: Any, kind: str, code: str) -> None:
    if code:
        part = OxmlElement("w:instrText")
        part.text = code
    else:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    run._r.append(part)
