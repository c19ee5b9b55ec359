"""Writers of official papers (公文): a paper is described once and written as .docx or PDF. Nothing of the domain."""

from documents.document_model import (
    Annex,
    Block,
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
)
from documents.formats import WRITERS, write_paper
from documents.pdf import write_pdf
from documents.word import write_docx
from documents.wording import chinese_date, chinese_moment
from documents.workbook import write_xlsx
from documents.workbook_model import Book, Chart, Column, Sheet

__all__ = [
    "Annex",
    "Block",
    "Book",
    "Cell",
    "Chart",
    "Column",
    "Form",
    "Group",
    "Heading",
    "Imprint",
    "Masthead",
    "PageBreak",
    "Paper",
    "Sheet",
    "Table",
    "Text",
    "Total",
    "WRITERS",
    "chinese_date",
    "chinese_moment",
    "write_docx",
    "write_paper",
    "write_pdf",
    "write_xlsx",
]
