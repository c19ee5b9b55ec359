"""The styles of a Word paper: an editor restyles the whole by them, and the navigation pane shows its headings."""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor

from core.documents.paper import BODY_SIZE, FOUR, LINE, MARGINS, TIGHTER, TITLE_SIZE

LATIN = "Times New Roman"
FANG, KAI, HEI, SONG, TITLE_FACE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
BLACK, RED = RGBColor(0, 0, 0), RGBColor(0xC0, 0, 0)
HEADINGS = {"Heading 1": HEI, "Heading 2": KAI, "Heading 3": FANG, "Heading 4": FANG}
THEMED = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def set_up(document: Any) -> None:
    """Give a new document the official page and styles."""
    _set_page(document.sections[0])
    styles = document.styles
    _style(styles["Normal"], face=FANG, size=BODY_SIZE, line=LINE)
    _style(styles["Body Text"], face=FANG, size=BODY_SIZE, line=LINE, indent=2, justify=True)
    # A twentieth closer than 15.8 points: readers round, and one character too few would fit. Justified, a full line
    # comes out at 15.8 again.
    _spaced(styles["Body Text"], -TIGHTER - 0.05)
    for name, face in HEADINGS.items():
        _style(styles[name], face=face, size=BODY_SIZE, line=LINE, indent=2)
    _style(styles["Title"], face=TITLE_FACE, size=TITLE_SIZE, line=30, centred=True)
    for name, face, size, centred in (
        ("Form Label", HEI, 12.0, True),
        ("Form Text", FANG, 12.0, False),
        ("Table Text", FANG, 10.5, False),
        ("Table Head", HEI, 10.5, True),
        ("Fine Print", SONG, 8.0, False),
        ("Page Number", SONG, FOUR, False),
        ("Addressees", FANG, BODY_SIZE, False),
        ("Official Signature", FANG, BODY_SIZE, False),
        ("Document Number", FANG, BODY_SIZE, True),
        ("Masthead", TITLE_FACE, 38.0, True),
        ("Annex Text", FANG, 12.0, False),
    ):
        _style(_new(styles, name), face=face, size=size, line=size * 1.35, centred=centred)
        _switch_off(styles[name].element.pPr, "w:snapToGrid")  # the grid is that of the body alone
    for name in ("Addressees", "Official Signature", "Document Number"):
        _line(styles[name], LINE)
    styles["Official Signature"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    styles["Official Signature"].paragraph_format.right_indent = Pt(2 * BODY_SIZE)
    styles["Masthead"].font.color.rgb = RED


def resize(style: Any, size: float) -> None:
    """Set the size of a style's characters with the line that belongs to it."""
    style.font.size = Pt(size)
    _line(style, size * 1.35)


def _new(styles: Any, name: str) -> Any:
    return styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)


def _style(
    style: Any,
    *,
    face: str,
    size: float,
    line: float,
    indent: int = 0,
    centred: bool = False,
    justify: bool = False,
) -> None:
    font, layout = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic, font.color.rgb = LATIN, Pt(size), False, False, BLACK
    fonts = style.element.rPr.rFonts
    for themed in THEMED:
        fonts.attrib.pop(qn(f"w:{themed}"), None)  # the template's theme would win over a named face
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:cs"), LATIN)
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False
    _line(style, line)
    if indent:
        layout.first_line_indent = Pt(indent * (size - TIGHTER))
    if centred or justify:
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    for border in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    # A long word breaks within, and no extra space stands between Chinese and Latin, as in the PDF.
    for name in ("w:wordWrap", "w:autoSpaceDE", "w:autoSpaceDN"):
        _switch_off(style.element.pPr, name)


def _line(style: Any, points: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(points)


def _spaced(style: Any, points: float) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(round(points * 20)))
    style.element.rPr.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


ORDER = [
    *("w:wordWrap", "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi"),
    *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents"),
    *("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl"),
]
"""How the schema orders a paragraph's properties; a reader may refuse any other order."""


def _switch_off(properties: Any, name: str) -> None:
    for old in properties.findall(qn(name)):
        properties.remove(old)
    element = OxmlElement(name)
    element.set(qn("w:val"), "0")
    properties.insert_element_before(element, *ORDER[ORDER.index(name) + 1 :], "w:rPr")


def _set_page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(MARGINS["top"]), Mm(MARGINS["bottom"])
    section.left_margin, section.right_margin = Mm(MARGINS["left"]), Mm(MARGINS["right"])
    section.footer_distance = Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))
