"""The styles of a Word paper: an editor restyles the whole by them, and the navigation pane shows its headings.

What Word has a style for bears Word's name, which Word shows in its own language; the others are named in Chinese.
"""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor

from documents.document_model import (
    BODY_SIZE,
    FINE,
    FOUR,
    LEADING,
    LINE,
    MARGINS,
    POINTS,
    RULE,
    TABLE_SIZE,
    TEXT_WIDTH,
    TIGHTER,
    TITLE_LINE,
    TITLE_SIZE,
)

LATIN = "Times New Roman"
FANG, KAI, HEI, SONG, TITLE_FACE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
BLACK, RED = RGBColor(0, 0, 0), RGBColor(0xC0, 0, 0)
HEADINGS = {"Heading 1": HEI, "Heading 2": KAI, "Heading 3": FANG, "Heading 4": FANG}
THEMED = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
MARK, NUMBER, MASTHEAD, ISSUE, EDITOR = "发文机关标志", "发文字号", "简报报头", "简报期号", "简报编发"
ADDRESSEES, SIGNATURE, DATE, COPIES, PRINTED = "主送机关", "发文机关署名", "成文日期", "抄送机关", "印发机关和日期"
ANNEX_FIRST, ANNEX_MORE, ANNEX_MARK, ANNEX_TITLE = "附件说明首行", "附件说明", "附件标识", "附件标题"
TABLE_HEAD, TABLE_TEXT, TABLE_CENTRED, TABLE_RIGHT, TABLE_NOTE = "表头", "表格文字", "表格文字居中", "表格数字", "表注"
FORM_LABEL, FORM_TEXT, FINE_PRINT, REST, JOINT = "表单栏目", "表单文字", "附注", "附页文字", "衔接行"
FOOT = "页脚附注"
STRONG = "着重"
"""Of characters: what leads a paragraph, and sums in a table."""
CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY
OFF_THE_GRID: tuple[tuple[str, str, float, float, Any], ...] = (
    ("Caption", HEI, FOUR, LINE, CENTRE),
    ("Footer", SONG, FOUR, FOUR * LEADING, None),
    (TABLE_NOTE, FANG, TABLE_SIZE, 14.2, LEFT),
    (FORM_LABEL, HEI, 12.0, 12 * LEADING, CENTRE),
    (FORM_TEXT, FANG, 12.0, 12 * LEADING, LEFT),
    (FINE_PRINT, SONG, FINE, FINE * LEADING, None),
    (FOOT, SONG, FINE, FINE * LEADING, CENTRE),
    (REST, FANG, 12.0, 18.0, LEFT),
    (COPIES, FANG, FOUR, 22.0, LEFT),
    (PRINTED, FANG, FOUR, 22.0, LEFT),
    (JOINT, FANG, 1.0, 1.0, LEFT),
)
ON_THE_GRID = (ADDRESSEES, NUMBER, ISSUE, EDITOR, SIGNATURE, DATE, ANNEX_FIRST, ANNEX_MORE)


def set_up(document: Any) -> None:
    """Give a new document the official page and styles."""
    _set_page(document.sections[0])
    _set_language(document)
    styles = document.styles
    _style(styles["Normal"], face=FANG, size=BODY_SIZE, line=LINE)
    _style(styles["Body Text"], face=FANG, size=BODY_SIZE, line=LINE, indent=2, align=JUSTIFIED)
    # Readers round: a little closer still, lest one character too few fits. Justified, a full line is as wide.
    _spaced(styles["Body Text"], -TIGHTER - 0.04)
    for level, (name, face) in enumerate(HEADINGS.items()):
        _style(styles[name], face=face, size=BODY_SIZE, line=LINE, indent=2, align=JUSTIFIED)
        _spaced(styles[name], -TIGHTER - 0.04)
        _outline(styles[name], level)
    _style(styles["Title"], face=TITLE_FACE, size=TITLE_SIZE, line=TITLE_LINE, align=CENTRE)
    _style(styles["Subtitle"], face=KAI, size=BODY_SIZE, line=LINE, align=CENTRE)
    for name in ON_THE_GRID:
        _style(_new(styles, name), face=FANG, size=BODY_SIZE, line=LINE)
    for name, face, size, line, align in OFF_THE_GRID:
        _style(_new(styles, name), face=face, size=size, line=line, align=align)
        _switch_off(styles[name].element.pPr, "w:snapToGrid")
    for name in ("Title", "Subtitle"):
        _switch_off(styles[name].element.pPr, "w:snapToGrid")
    styles[FOOT].paragraph_format.space_before = Pt(6)
    _set_heads(styles)
    _set_ends(styles)
    _set_imprint(styles)
    strong = styles.add_style(STRONG, WD_STYLE_TYPE.CHARACTER)
    _face(strong, HEI)


def _set_heads(styles: Any) -> None:
    for name in (MARK, MASTHEAD):
        _style(_new(styles, name), face=TITLE_FACE, size=38.0, line=38 * LEADING, align=CENTRE)
        styles[name].font.color.rgb = RED
        _switch_off(styles[name].element.pPr, "w:snapToGrid")
    for name in (NUMBER, ISSUE):
        styles[name].paragraph_format.alignment = CENTRE
    styles[EDITOR].paragraph_format.first_line_indent = Pt(BODY_SIZE)
    styles["Caption"].paragraph_format.keep_with_next = True


def _set_ends(styles: Any) -> None:
    _style(_new(styles, ANNEX_MARK), face=HEI, size=BODY_SIZE, line=LINE)
    _style(_new(styles, ANNEX_TITLE), face=TITLE_FACE, size=TITLE_SIZE, line=TITLE_LINE, align=CENTRE)
    _outline(styles[ANNEX_TITLE], 0)
    styles[ANNEX_TITLE].paragraph_format.space_before = Pt(LINE)
    styles[ANNEX_TITLE].paragraph_format.space_after = Pt(LINE)
    for name in (SIGNATURE, DATE):
        styles[name].paragraph_format.alignment = RIGHT
    styles[SIGNATURE].paragraph_format.keep_with_next = True
    _switch_off(styles[ANNEX_TITLE].element.pPr, "w:snapToGrid")


def _set_imprint(styles: Any) -> None:
    layout = styles[COPIES].paragraph_format
    layout.left_indent, layout.first_line_indent, layout.right_indent = Pt(4 * FOUR), Pt(-3 * FOUR), Pt(FOUR)
    styles[PRINTED].paragraph_format.first_line_indent = Pt(FOUR)
    styles[PRINTED].paragraph_format.tab_stops.add_tab_stop(Pt(TEXT_WIDTH * POINTS - FOUR), WD_TAB_ALIGNMENT.RIGHT)


def table_styles(document: Any, size: float) -> dict[str, str]:
    """Return the names of the styles of a table's cells, by `head`, `left`, `centre` and `right`, made where new."""
    own = "" if size == TABLE_SIZE else f" {size:g}磅"
    kinds = {"head": (TABLE_HEAD, HEI, CENTRE), "left": (TABLE_TEXT, FANG, LEFT)}
    kinds |= {"centre": (TABLE_CENTRED, FANG, CENTRE), "right": (TABLE_RIGHT, FANG, RIGHT)}
    for name, face, align in kinds.values():
        if name + own not in document.styles:
            style = _new(document.styles, name + own)
            _style(style, face=face, size=size, line=size * LEADING, align=align)
            _switch_off(style.element.pPr, "w:snapToGrid")
    return {kind: document.styles[name + own].style_id for kind, (name, _face, _align) in kinds.items()}


def resize(style: Any, size: float) -> None:
    """Set the size of a style's characters with the line that belongs to it."""
    style.font.size = Pt(size)
    _line(style, size * LEADING)


def rule_below(style: Any, *, millimetres: float) -> None:
    """Draw the red rule this far under the characters of a style, as wide as the text block."""
    size, line = style.font.size.pt, style.paragraph_format.line_spacing.pt
    gap = millimetres * POINTS - below(size, line)
    borders = OxmlElement("w:pBdr")
    borders.append(element("w:bottom", val="single", sz=str(RULE), space=str(max(0, round(gap))), color="C00000"))
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", *ORDER)


def above(size: float, line: float) -> float:
    """Return how much of an exact line lies above the box of its characters; four fifths of it are over the base."""
    return 0.8 * line - 0.88 * size


def below(size: float, line: float) -> float:
    """Return how much of an exact line lies below the box of its characters."""
    return 0.2 * line - 0.12 * size


def _new(styles: Any, name: str) -> Any:
    return styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)


def _style(style: Any, *, face: str, size: float, line: float, indent: int = 0, align: Any = None) -> None:
    font, layout = style.font, style.paragraph_format
    _face(style, face)
    font.size, font.bold, font.italic, font.color.rgb = Pt(size), False, False, BLACK
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False
    layout.alignment = align
    _line(style, line)
    if indent:
        layout.first_line_indent = Pt(indent * (size - TIGHTER))
    for name in ("w:pBdr", "w:contextualSpacing", "w:tabs"):
        for old in style.element.pPr.findall(qn(name)):
            style.element.pPr.remove(old)
    # A long word breaks within, and no extra space is added between Chinese and Latin, as in the PDF.
    for name in ("w:wordWrap", "w:autoSpaceDE", "w:autoSpaceDN"):
        _switch_off(style.element.pPr, name)


def _face(style: Any, face: str) -> None:
    style.font.name = LATIN
    fonts = style.element.rPr.rFonts
    for themed in THEMED:
        fonts.attrib.pop(qn(f"w:{themed}"), None)  # the template's theme would win over a named face
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:cs"), LATIN)


def _line(style: Any, points: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(points)


def _spaced(style: Any, points: float) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(round(points * 20)))
    style.element.rPr.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def _outline(style: Any, level: int) -> None:
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:outlineLvl")):
        properties.remove(old)
    properties.insert_element_before(
        element("w:outlineLvl", val=str(level)), "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr"
    )


ORDER = [
    *("w:wordWrap", "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi"),
    *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents"),
    *("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl"),
]
"""How the schema orders a paragraph's properties; a reader may refuse any other order."""


def element(tag: str, **attributes: str) -> Any:
    """Return a new element; its attributes are Word's."""
    child = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(f"w:{name}"), value)
    return child


def _switch_off(properties: Any, name: str) -> None:
    for old in properties.findall(qn(name)):
        properties.remove(old)
    properties.insert_element_before(element(name, val="0"), *ORDER[ORDER.index(name) + 1 :], "w:rPr")


def _set_page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(MARGINS["top"]), Mm(MARGINS["bottom"])
    section.left_margin, section.right_margin = Mm(MARGINS["left"]), Mm(MARGINS["right"])
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))


def _set_language(document: Any) -> None:
    """Say that the text is Chinese: an editor breaks lines, picks faces and checks spelling by it."""
    settings, defaults = document.settings.element, document.styles.element.find(qn("w:docDefaults"))
    for language in (*defaults.iter(qn("w:lang")), *settings.iter(qn("w:themeFontLang"))):
        language.set(qn("w:eastAsia"), "zh-CN")
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")
    for zoom in settings.iter(qn("w:zoom")):
        zoom.set(qn("w:percent"), "100")
