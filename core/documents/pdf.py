"""A paper as PDF/A: typeset from a fixed template into which the paper goes as data, so that no text is ever code."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst

from core.documents.faces import FOLDER, legible
from core.documents.fitting import fit
from core.documents.paper import Block, Cell, Form, Heading, Paper, Table, Text
from core.documents.wording import chinese_date, lines_of

TEMPLATE = Path(__file__).resolve().parent / "official.typ"


@cache
def _fonts() -> typst.Fonts:
    """The vendored faces and the Latin one of the typesetter; never those that a machine happens to have."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FOLDER)])


def write_pdf(paper: Paper) -> bytes:
    """Return the paper as PDF/A-2b: every character drawn, every face embedded. Needs no network."""
    compiler = typst.Compiler(TEMPLATE.read_bytes(), root=str(TEMPLATE.parent), font_paths=_fonts())
    data = json.dumps(_told(paper), ensure_ascii=False)
    made = compiler.compile(format="pdf", sys_inputs={"paper": data}, pdf_standards="a-2b", timestamp=_stamp(paper))
    assert isinstance(made, bytes)
    return made


def _stamp(paper: Paper) -> int | None:
    return int(paper.made_at.timestamp()) if paper.made_at else None


def _told(paper: Paper) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for block in paper.blocks:
        blocks += _block(block)
    return {
        "title": _lines(paper.title),
        "issuer": _line(paper.issuer),
        "number": _line(paper.number),
        "addressees": _line(paper.addressees),
        "signature": _line(paper.signature),
        "dated": chinese_date(paper.dated) if paper.dated else "",
        "author": _line(paper.author),
        "page_numbers": paper.page_numbers,
        "blocks": blocks,
    }


def _block(block: Block) -> list[dict[str, Any]]:
    if isinstance(block, Heading):
        return [{"kind": "heading", "level": block.level, "text": _line(block.text)}]
    if isinstance(block, Text):
        return [{"kind": "text", "lines": _lines(block.text)}]
    if isinstance(block, Table):
        rows = [[_lines(cell) for cell in row] for row in block.rows]
        head = [_line(cell) for cell in block.head]
        return [{"kind": "table", "head": head, "rows": rows, "widths": block.widths, "size": block.size}]
    return _form(block)


def _form(form: Form) -> list[dict[str, Any]]:
    fitted = fit(form)
    told = {
        "kind": "form",
        "size": fitted.size,
        "above": [_line(text) for text in fitted.form.above],
        "rows": [[_cell(cell) for cell in row] for row in fitted.form.rows],
        "below": [_line(text) for text in fitted.form.below],
    }
    annexes = [{"kind": "annex", "number": number, **_cell(cell)} for number, cell in enumerate(fitted.annexes, 1)]
    return [told, *annexes]


def _cell(cell: Cell) -> dict[str, Any]:
    return {"label": _line(cell.label), "lines": _lines(cell.text), "signed": _line(cell.signed)}


def _lines(text: str) -> list[str]:
    return [legible(line) for line in lines_of(text)]


def _line(text: str) -> str:
    return " ".join(_lines(text))
