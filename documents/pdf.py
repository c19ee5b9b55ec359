"""A paper as PDF/A: typeset from a fixed template into which the paper goes as data, so that no text is ever code."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst

from documents.document_model import (
    ACROSS,
    TEXT_WIDTH,
    Annex,
    Block,
    Cell,
    Form,
    Group,
    Heading,
    PageBreak,
    Paper,
    Row,
    Table,
    Text,
    Total,
)
from documents.fonts import FOLDER, legible
from documents.layout import (
    MARK_SIZES,
    MASTHEAD_SIZES,
    WHOLE_LINES,
    foot_size,
    is_short,
    line_size,
    red_name,
    row_lines,
)
from documents.text_fit import fit
from documents.title_breaking import title_lines
from documents.wording import annex_label, chinese_date, finished, lines_of

TEMPLATE = Path(__file__).resolve().parent / "official.typ"
LONG_WORD = re.compile(r"[!-~]{8}")
"""What has to be given places to break within a cell."""


@cache
def _fonts() -> typst.Fonts:
    """The vendored faces and the Latin one of the typesetter; never those that a machine happens to have."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FOLDER)])


def write_pdf(paper: Paper) -> bytes:
    """Return the paper as PDF/A-2b: every character drawn, every face embedded. Needs no network."""
    compiler = typst.Compiler(TEMPLATE.read_bytes(), root=str(TEMPLATE.parent), font_paths=_fonts())
    data = json.dumps(_as_data(paper), ensure_ascii=False)
    pdf = compiler.compile(format="pdf", sys_inputs={"paper": data}, pdf_standards="a-2b", timestamp=_stamp(paper))
    assert isinstance(pdf, bytes)
    return pdf


def _stamp(paper: Paper) -> int | None:
    return int(paper.made_at.timestamp()) if paper.made_at else None


def _as_data(paper: Paper) -> dict[str, Any]:
    return {
        "title": _title(paper.title),
        "subtitle": _line(paper.subtitle),
        "letterhead": _letterhead(paper),
        "masthead": _masthead(paper),
        "addressees": _line(paper.addressees),
        "signature": _line(paper.signature),
        "dated": chinese_date(paper.dated) if paper.dated else "",
        "author": _line(paper.author),
        "page_numbers": paper.page_numbers,
        "foot": {"text": _line(paper.foot), "size": foot_size(paper.foot)[0]},
        "blocks": _blocks(paper.blocks, is_signed=bool(paper.signature or paper.dated) and not paper.annexes),
        "annexes": [_line(annex.title) for annex in paper.annexes],
        "attached": [_annex(paper, number) for number, annex in enumerate(paper.annexes) if annex.blocks],
        "imprint": _imprint(paper),
    }


def _letterhead(paper: Paper) -> dict[str, Any] | None:
    if not paper.issuer:
        return None
    lines, size = red_name(paper.issuer, MARK_SIZES)
    return {"lines": [legible(line) for line in lines], "size": size, "number": _line(paper.number)}


def _masthead(paper: Paper) -> dict[str, Any] | None:
    masthead = paper.masthead
    if masthead is None:
        return None
    lines, size = red_name(masthead.name, MASTHEAD_SIZES)
    dated = chinese_date(masthead.dated) if masthead.dated else ""
    names = {"issue": _line(masthead.issue), "editor": _line(masthead.editor), "dated": dated}
    line = line_size(masthead.editor, dated)
    return {"lines": [legible(each) for each in lines], "size": size, "line": line, **names}


def _imprint(paper: Paper) -> dict[str, str] | None:
    imprint = paper.imprint
    if imprint is None:
        return None
    copies = finished(_line(imprint.copies)) if imprint.copies else ""
    return {"copies": copies, "office": _line(imprint.office), "dated": f"{chinese_date(imprint.dated)}印发"}


def _annex(paper: Paper, number: int) -> dict[str, Any]:
    annex: Annex = paper.annexes[number]
    return {
        "label": annex_label(number, len(paper.annexes)),
        "title": _title(annex.title),
        "landscape": annex.landscape,
        "blocks": _blocks(annex.blocks, width=ACROSS if annex.landscape else TEXT_WIDTH),
    }


def _blocks(blocks: tuple[Block, ...], *, width: float = TEXT_WIDTH, is_signed: bool = False) -> list[dict[str, Any]]:
    """Return what the template sets. Where a signature follows, the last paragraph stays with it."""
    data: list[dict[str, Any]] = []
    for block in blocks:
        data += _block(block, width)
    if is_signed and data and data[-1]["kind"] == "text":
        data[-1]["last"] = True
    return data


def _block(block: Block, width: float) -> list[dict[str, Any]]:
    if isinstance(block, Heading):
        return [{"kind": "heading", "level": block.level, "text": _line(block.text)}]
    if isinstance(block, Text):
        return [{"kind": "text", "lead": _line(block.lead), "lines": _lines(block.text), "last": False}]
    if isinstance(block, Table):
        return [_table(block, width)]
    if isinstance(block, PageBreak):
        return [{"kind": "break"}]
    return _form(block)


def _table(table: Table, width: float) -> dict[str, Any]:
    lines = [row_lines(table, row, width=width) for row in table.rows]
    return {
        "kind": "table",
        "head": [_line(cell) for cell in table.head],
        "above": [[_line(words), span] for words, span in table.above],
        "rows": [_row(row, count) for row, count in zip(table.rows, lines, strict=True)],
        "widths": table.widths,
        "size": table.size,
        "aligns": table.aligns or ["left"] * len(table.head),
        "caption": _line(table.caption),
        "note": _lines(table.note) if table.note else "",
        "short": is_short(lines),
    }


def _row(row: Row, lines: int) -> dict[str, Any]:
    kind, cells = "plain", row if isinstance(row, tuple) else ()
    if isinstance(row, Group):
        kind, cells = "group", (row.text,)
    elif isinstance(row, Total):
        kind, cells = "total", row.cells
    is_long = any(LONG_WORD.search(cell) for cell in cells)
    return {"kind": kind, "cells": [_lines(cell) for cell in cells], "whole": lines <= WHOLE_LINES, "long": is_long}


def _form(form: Form) -> list[dict[str, Any]]:
    fitted = fit(form)
    data = {
        "kind": "form",
        "size": fitted.size,
        "above": [_line(text) for text in fitted.form.above],
        "rows": [[_cell(cell) for cell in row] for row in fitted.form.rows],
        "below": [_line(text) for text in fitted.form.below],
    }
    rests = [{"kind": "rest", "number": number, **_cell(cell)} for number, cell in enumerate(fitted.annexes, 1)]
    return [data, *rests]


def _cell(cell: Cell) -> dict[str, Any]:
    return {"label": _line(cell.label), "lines": _lines(cell.text), "signed": _line(cell.signed)}


def _title(text: str) -> list[str]:
    return [legible(line) for line in title_lines(text)]


def _lines(text: str) -> list[str]:
    return [legible(line) for line in lines_of(text)]


def _line(text: str) -> str:
    return " ".join(_lines(text))
