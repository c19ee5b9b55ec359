"""Tables of a Word paper, built element by element: thousands of rows in seconds, every text only ever text."""

from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm

from documents.document_model import (
    FOUR,
    MARGINS,
    POINTS,
    RULE,
    TEXT_WIDTH,
    THIN,
    Cell,
    Form,
    Group,
    Imprint,
    Row,
    Table,
    Total,
)
from documents.layout import CELL_PADDING, WHOLE_LINES, is_short, row_lines
from documents.styles import COPIES, FORM_LABEL, FORM_TEXT, PRINTED, STRONG, element, table_styles
from documents.text_fit import FIELD_WIDTH, LABEL_WIDTH, PADDING_ABOVE, PADDING_SIDE
from documents.wording import chinese_date, finished, lines_of, one_line

GREY = "F2F2F2"


@dataclass(frozen=True)
class _Box:
    """A cell on its way: its lines with the style of each, and how it is joined to its neighbours."""

    lines: tuple[tuple[str, str], ...]
    span: int = 1
    joined: str = ""
    fill: str = ""
    strong: str = ""
    signed: str = ""


@dataclass
class _Line:
    """A row on its way. `stays` keeps it on the page of the row that follows."""

    boxes: list[_Box] = field(default_factory=list)
    is_head: bool = False
    is_whole: bool = True
    stays: bool = False


def table_of(document: Any, table: Table, *, width: float) -> Any:
    """Return the element of a table as wide as the text block at hand, in millimetres."""
    styles = table_styles(document, table.size)
    strong = document.styles[STRONG].style_id
    counts = [row_lines(table, row, width=width) for row in table.rows]
    stays = is_short(counts)
    lines = _head(table, styles)
    for place, (row, count) in enumerate(zip(table.rows, counts, strict=True), 1):
        follows = isinstance(row, Group) or stays and place < len(table.rows)
        whole = count <= WHOLE_LINES
        lines.append(_Line(_boxes(table, row, styles, strong), is_whole=whole, stays=follows))
    shares = [share * width / sum(table.widths) for share in table.widths]
    return _grid(shares, lines, padding=(2.0, CELL_PADDING))


def _head(table: Table, styles: dict[str, str]) -> list[_Line]:
    style = styles["head"]
    own = [_Box(((one_line(words), style),)) for words in table.head]
    if not table.above:
        return [_Line(own, is_head=True, stays=True)]
    upper, under = _Line(is_head=True, stays=True), _Line(is_head=True, stays=True)
    column = 0
    for words, span in table.above:
        if words:
            upper.boxes.append(_Box(((one_line(words), style),), span=span))
            under.boxes += own[column : column + span]
        else:
            upper.boxes += [_Box(box.lines, joined="restart") for box in own[column : column + span]]
            under.boxes += [_Box((("", style),), joined="continue")] * span
        column += span
    return [upper, under]


def _boxes(table: Table, row: Row, styles: dict[str, str], strong: str) -> list[_Box]:
    if isinstance(row, Group):
        lines = tuple((line, styles["left"]) for line in lines_of(row.text))
        return [_Box(lines, span=len(table.head), fill=GREY, strong=strong)]
    cells, mark = (row.cells, strong) if isinstance(row, Total) else (row, "")
    aligns = table.aligns or ("left",) * len(cells)
    return [
        _Box(tuple((line, styles[align]) for line in lines_of(text)), strong=mark)
        for text, align in zip(cells, aligns, strict=True)
    ]


def form_of(document: Any, form: Form) -> Any:
    """Return the element of a form: label and field twice in a row, or a lone field that takes its row."""
    label, text = (document.styles[name].style_id for name in (FORM_LABEL, FORM_TEXT))
    lines = [_Line([box for cell in cells for box in _field(cell, len(cells), label, text)]) for cells in form.rows]
    return _grid([LABEL_WIDTH, FIELD_WIDTH] * 2, lines, padding=(PADDING_ABOVE, PADDING_SIDE))


def _field(cell: Cell, cells: int, label: str, text: str) -> list[_Box]:
    lines = tuple((line, text) for line in lines_of(cell.text))
    named = _Box(((one_line(cell.label), label),))
    return [named, _Box(lines, span=3 if cells == 1 else 1, signed=one_line(cell.signed))]


def imprint_of(document: Any, imprint: Imprint) -> Any:
    """Return the imprint: a table that hangs at the foot of the text block, ruled above, between and below."""
    copies, printed = (document.styles[name].style_id for name in (COPIES, PRINTED))
    texts = [(f"抄送：{finished(one_line(imprint.copies))}", copies)] if imprint.copies else []
    texts.append((f"{one_line(imprint.office)}\t{chinese_date(imprint.dated)}印发", printed))
    table = _grid([TEXT_WIDTH], [_Line([_Box((text,))]) for text in texts], padding=(4.0, 0.0))
    properties = table.tblPr
    # Where it hangs is said by the page across and by the margin down: LibreOffice leaves it in the text otherwise.
    across = {"horzAnchor": "page", "tblpX": str(Mm(MARGINS["left"]).twips)}
    down = {"vertAnchor": "margin", "tblpYSpec": "bottom", "topFromText": str(round(FOUR * 20))}
    properties.insert(1, element("w:tblpPr", leftFromText="0", rightFromText="0", **across, **down))
    borders = element("w:tblBorders")
    for side, size in (("top", RULE), ("left", 0), ("bottom", RULE), ("right", 0), ("insideH", THIN), ("insideV", 0)):
        drawn = {"val": "single", "sz": str(size), "space": "0", "color": "000000"} if size else {"val": "nil"}
        _under(borders, f"w:{side}", **drawn)
    properties.find(qn("w:tblLayout")).addprevious(borders)
    return table


def _under(parent: Any, tag: str, **attributes: str) -> Any:
    child = element(tag, **attributes)
    parent.append(child)
    return child


def _twips(points: float) -> str:
    return str(round(points * 20))


def _grid(widths: list[float], lines: list[_Line], *, padding: tuple[float, float]) -> Any:
    """Return a table with fixed columns (in millimetres) and paddings above and at the sides (in points)."""
    table = OxmlElement("w:tbl")
    properties = _under(table, "w:tblPr")
    _under(properties, "w:tblStyle", val="TableGrid")
    _under(properties, "w:tblW", w=_twips(sum(widths) * POINTS), type="dxa")
    _under(properties, "w:jc", val="center")
    _under(properties, "w:tblLayout", type="fixed")
    margins = _under(properties, "w:tblCellMar")
    for side, points in zip(("top", "left", "bottom", "right"), padding * 2, strict=True):
        _under(margins, f"w:{side}", w=_twips(points), type="dxa")
    _under(properties, "w:tblLook", val="04A0")
    columns = _under(table, "w:tblGrid")
    twips = [Mm(width).twips for width in widths]
    for width in twips:
        _under(columns, "w:gridCol", w=str(width))
    for line in lines:
        _row(table, line, twips)
    return table


def _row(table: Any, line: _Line, twips: list[int]) -> None:
    row = _under(table, "w:tr")
    properties = _under(row, "w:trPr")
    if line.is_whole:
        _under(properties, "w:cantSplit")
    if line.is_head:
        _under(properties, "w:tblHeader")
    column = 0
    for box in line.boxes:
        _cell(row, box, sum(twips[column : column + box.span]), stays=line.stays)
        column += box.span


def _cell(row: Any, box: _Box, width: int, *, stays: bool) -> None:
    cell = _under(row, "w:tc")
    properties = _under(cell, "w:tcPr")
    _under(properties, "w:tcW", w=str(width), type="dxa")
    if box.span > 1:
        _under(properties, "w:gridSpan", val=str(box.span))
    if box.joined:
        _under(properties, "w:vMerge", val=box.joined)
    if box.fill:
        _under(properties, "w:shd", val="clear", color="auto", fill=box.fill)
    _under(properties, "w:vAlign", val="center")
    for text, style in box.lines:
        _paragraph(cell, text, style, strong=box.strong, stays=stays)
    if box.signed:
        _paragraph(cell, box.signed, box.lines[0][1], right=True)


def _paragraph(cell: Any, text: str, style: str, *, strong: str = "", stays: bool = False, right: bool = False) -> None:
    paragraph = _under(cell, "w:p")
    properties = _under(paragraph, "w:pPr")
    _under(properties, "w:pStyle", val=style)
    if stays:
        _under(properties, "w:keepNext")
    if right:
        _under(properties, "w:jc", val="right")
    run = _under(paragraph, "w:r")
    if strong:
        _under(_under(run, "w:rPr"), "w:rStyle", val=strong)
    run.text = text  # python-docx writes a tab as the element that it is
