"""The run of a Word paper: paragraphs, tables and forms in their order, pages that lie across, the imprint."""

from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents import styles
from documents.document_model import (
    ACROSS,
    MARGINS,
    TEXT_WIDTH,
    Annex,
    Block,
    Cell,
    Form,
    Heading,
    PageBreak,
    Paper,
    Table,
    Text,
)
from documents.text_fit import fit
from documents.title_breaking import title_lines
from documents.word_tables import form_of, imprint_of, table_of
from documents.wording import lines_of, one_line


class FlowWriter:
    """A document on its way: how wide the text block is at this place, and whether a new page is to begin."""

    def __init__(self, document: Any) -> None:
        self.document, self.width, self.breaks = document, TEXT_WIDTH, False

    def say(self, text: str, style: str, *, lead: str = "") -> Any:
        """Add a paragraph; `lead` stands out at its beginning."""
        paragraph = self.document.add_paragraph(style=style)
        if self.breaks:
            paragraph.paragraph_format.page_break_before = True
            self.breaks = False
        if lead:
            paragraph.add_run(one_line(lead), style=styles.STRONG)
        paragraph.add_run(one_line(text))
        return paragraph

    def stacked(self, lines: list[str], style: str) -> Any:
        """Add a paragraph of several lines."""
        paragraph = self.say(lines[0], style)
        for line in lines[1:]:
            run = paragraph.add_run()
            run.add_break()
            run.add_text(line)
        return paragraph

    def block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.say(block.text, f"Heading {min(max(block.level, 1), 4)}")
        elif isinstance(block, Text):
            for place, line in enumerate(lines_of(block.text)):
                self.say(line, "Body Text", lead="" if place else block.lead)
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, PageBreak):
            self.breaks = True
        else:
            self.form(block)

    def table(self, table: Table) -> None:
        if table.caption:
            self.say(table.caption, "Caption")
        elif self.breaks or self.last.tag == qn("w:tbl"):
            self.joint()
        self.add(table_of(self.document, table, width=self.width))
        for line in lines_of(table.note) if table.note else []:
            self.say(line, styles.TABLE_NOTE)

    @property
    def last(self) -> Any:
        """The element that was written last; the properties of the section follow all others."""
        return self.document.element.body[-2] if len(self.document.element.body) > 1 else self.document.element.body

    def add(self, element: Any) -> None:
        self.document.element.body[-1].addprevious(element)

    def joint(self) -> None:
        """Part two tables, or end a page that ends with one: Word wants a paragraph there."""
        self.say("", styles.JOINT)

    def form(self, form: Form) -> None:
        fitted = fit(form)
        for name in (styles.FORM_LABEL, styles.FORM_TEXT):
            styles.resize(self.document.styles[name], fitted.size)
        form = fitted.form
        if any(form.above):
            above = self.say(form.above[0], styles.FORM_TEXT)
            above.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
            above.add_run("\t" + one_line(form.above[1]))
        self.add(form_of(self.document, form))
        for place, line in enumerate(form.below):
            fine = self.say(line, styles.FINE_PRINT)
            fine.paragraph_format.space_before = Pt(0 if place else 4)
        for number, cell in enumerate(fitted.annexes, 1):
            self.rest(cell, number)

    def rest(self, cell: Cell, number: int) -> None:
        """Write what of a form's field does not fit on its page."""
        self.breaks = True
        self.say(f"附页{number}：{one_line(cell.label)}", styles.FORM_LABEL).alignment = WD_ALIGN_PARAGRAPH.LEFT
        for line in lines_of(cell.text):
            self.say(line, styles.REST)
        if cell.signed:
            self.say(cell.signed, styles.REST).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def annex(self, annex: Annex, label: str) -> None:
        if annex.landscape or self.width != TEXT_WIDTH:
            self.turn(is_across=annex.landscape)
        else:
            self.breaks = True
        self.say(label, styles.ANNEX_MARK)
        self.stacked(title_lines(annex.title), styles.ANNEX_TITLE)
        for block in annex.blocks:
            self.block(block)

    def turn(self, *, is_across: bool) -> None:
        """Begin a section whose pages lie across or stand."""
        if self.last.tag == qn("w:tbl"):
            self.joint()
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        self._join_section()
        short, long = Mm(210), Mm(297)
        edges = MARGINS["top"], MARGINS["right"], MARGINS["bottom"], MARGINS["left"]
        if is_across:  # the left edge, where pages are bound, is on top
            section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, long, short
            edges = MARGINS["left"], MARGINS["top"], MARGINS["right"], MARGINS["bottom"]
        else:
            section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, short, long
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, edges)
        self.width, self.breaks = ACROSS if is_across else TEXT_WIDTH, False

    def _join_section(self) -> None:
        """End the section in its last paragraph: one of its own could take a page of its own."""
        own = self.last
        before = own.getprevious()
        if before is not None and before.tag == qn("w:p"):
            before.get_or_add_pPr().append(own.pPr.find(qn("w:sectPr")))
            own.getparent().remove(own)

    def close(self, paper: Paper) -> None:
        """Hang the imprint at the foot of the last page."""
        if paper.imprint is not None:
            if self.width != TEXT_WIDTH:
                self.turn(is_across=False)
            self.joint()  # what hangs on a page has to have something on it
            self.add(imprint_of(self.document, paper.imprint))
        if self.last.tag == qn("w:tbl"):
            self.joint()
