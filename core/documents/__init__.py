"""Writers of official papers (公文): a paper is described once and written as .docx or PDF. Nothing of the domain."""

from core.documents.paper import Block, Cell, Form, Heading, Paper, Table, Text
from core.documents.pdf import write_pdf
from core.documents.word import write_docx
from core.documents.wording import chinese_date, chinese_moment

__all__ = [
    "Block",
    "Cell",
    "Form",
    "Heading",
    "Paper",
    "Table",
    "Text",
    "chinese_date",
    "chinese_moment",
    "write_docx",
    "write_pdf",
]
