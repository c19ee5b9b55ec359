"""A paper as .docx, made to be edited afterwards: real styles, faces by name, nothing embedded."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt

from core.documents import styles
from core.documents.fitting import FIELD_WIDTH, LABEL_WIDTH, PADDING_ABOVE, PADDING_SIDE, Fitted, fit
from core.documents.paper import FOUR, LINE, TEXT_WIDTH, Block, Cell, Form, Heading, Paper, Table, Text
from core.documents.wording import chinese_date, lines_of


def write_docx(paper: Paper) -> bytes:
    """Return the paper as a Word file."""
    document = Document()
    styles.set_up(document)
    _describe(document, paper)
    _head(document, paper)
    for block in paper.blocks:
        _block(document, block)
    _foot(document, paper)
    if paper.page_numbers:
        _number_pages(document)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _describe(document: Any, paper: Paper) -> None:
    told = document.core_properties
    told.title, told.author, told.comments, told.language = _line(paper.title), _line(paper.author), "", "zh-CN"
    told.last_modified_by = told.author
    told.created = told.modified = (paper.made_at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)


def _line(text: str) -> str:
    return " ".join(lines_of(text))


def _say(document: Any, text: str, style: str) -> Any:
    return document.add_paragraph(_line(text), style=style)


def _head(document: Any, paper: Paper) -> None:
    if paper.issuer:
        head = _say(document, paper.issuer, "Masthead")
        head.paragraph_format.space_before = Mm(35)
        number = _say(document, paper.number, "Document Number")
        number.paragraph_format.space_before = Pt(LINE)
        _rule_below(number)
    title = document.add_paragraph(style="Title")
    for place, line in enumerate(lines_of(paper.title)):
        run = title.add_run()
        if place:
            run.add_break()
        run.add_text(line)
    is_form = bool(paper.blocks) and isinstance(paper.blocks[0], Form)
    title.paragraph_format.space_after = Pt(6 if is_form else 16)
    if paper.issuer:
        title.paragraph_format.space_before = Pt(2 * LINE)
    if paper.addressees:
        _say(document, paper.addressees, "Addressees")


def _rule_below(paragraph: Any) -> None:
    """Draw the red rule under the number, as wide as the text block."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "8", "space": "11", "color": "C00000"}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    after = ("w:shd", "w:tabs", "w:wordWrap", "w:autoSpaceDE", "w:spacing", "w:ind", "w:jc", "w:rPr")
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *after)


def _block(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        _say(document, block.text, f"Heading {min(block.level, 4)}")
    elif isinstance(block, Text):
        for line in lines_of(block.text):
            _say(document, line, "Body Text")
    elif isinstance(block, Table):
        _table(document, block)
    else:
        _form(document, fit(block))


def _table(document: Any, block: Table) -> None:
    styles.resize(document.styles["Table Text"], block.size)
    styles.resize(document.styles["Table Head"], block.size)
    widths = [share * TEXT_WIDTH / sum(block.widths) for share in block.widths]
    table = _grid(document, widths, rows=1 + len(block.rows))
    for cell, text in zip(table.rows[0].cells, block.head, strict=True):
        _fill(cell, [text], "Table Head")
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row, texts in zip(list(table.rows)[1:], block.rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            _fill(cell, lines_of(text), "Table Text")


def _grid(document: Any, widths: list[float], *, rows: int) -> Any:
    """Add a table with fixed columns (in millimetres) and the paddings that the fitting reckons with."""
    table = document.add_table(rows=rows, cols=len(widths), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    margins = OxmlElement("w:tblCellMar")
    for side, points in (
        ("top", PADDING_ABOVE),
        ("left", PADDING_SIDE),
        ("bottom", PADDING_ABOVE),
        ("right", PADDING_SIDE),
    ):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(points * 20)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _fill(cell: Any, lines: list[str], style: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for place, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if not place else cell.add_paragraph()
        paragraph.style = style
        paragraph.add_run(_line(line))


def _form(document: Any, fitted: Fitted) -> None:
    for name in ("Form Label", "Form Text"):
        styles.resize(document.styles[name], fitted.size)
    form = fitted.form
    if any(form.above):
        above = _say(document, form.above[0], "Form Text")
        above.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        above.add_run("\t" + _line(form.above[1]))
    widths = [LABEL_WIDTH, FIELD_WIDTH, LABEL_WIDTH, FIELD_WIDTH]
    table = _grid(document, widths, rows=len(form.rows))
    for row, cells in zip(table.rows, form.rows, strict=True):
        _form_row(row, cells)
    for place, line in enumerate(form.below):
        fine = _say(document, line, "Fine Print")
        fine.paragraph_format.space_before = Pt(0 if place else 4)
    for number, cell in enumerate(fitted.annexes, 1):
        _annex(document, cell, number)


def _form_row(row: Any, cells: tuple[Cell, ...]) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if len(cells) == 1:
        row.cells[1].merge(row.cells[3])
    for place, cell in enumerate(cells):
        _fill(row.cells[2 * place], [cell.label], "Form Label")
        field = row.cells[2 * place + 1]
        _fill(field, lines_of(cell.text), "Form Text")
        if cell.signed:
            signed = field.add_paragraph(_line(cell.signed), style="Form Text")
            signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _annex(document: Any, cell: Cell, number: int) -> None:
    label = document.add_paragraph(style="Form Label")
    label.alignment = WD_ALIGN_PARAGRAPH.LEFT
    label.paragraph_format.page_break_before = True
    label.add_run(f"附页{number}：{_line(cell.label)}")
    for line in lines_of(cell.text):
        _say(document, line, "Annex Text")
    if cell.signed:
        _say(document, cell.signed, "Annex Text").alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _foot(document: Any, paper: Paper) -> None:
    lines = [paper.signature, chinese_date(paper.dated) if paper.dated else ""]
    for place, line in enumerate(line for line in lines if line):
        signature = _say(document, line, "Official Signature")
        if not place:
            signature.paragraph_format.space_before = Pt(LINE)


def _number_pages(document: Any) -> None:
    """`— 1 —`: odd pages right, even pages left, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style, paragraph.alignment = "Page Number", alignment
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(FOUR)
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
