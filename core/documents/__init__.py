"""Writers of official papers (公文): a paper is described once and written as .docx or PDF. Nothing of the domain."""

from core.documents.paper import (
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
from core.documents.pdf import write_pdf
from core.documents.word import write_docx
from core.documents.wording import chinese_date, chinese_moment
from core.documents.workbook import Book, Chart, Column, Sheet, write_xlsx

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
    "chinese_date",
    "chinese_moment",
    "write_docx",
    "write_pdf",
    "write_xlsx",
]
