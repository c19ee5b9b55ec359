"""Measuring a PDF: where characters and rules are, in millimetres from the upper left corner of the page."""

import ctypes
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import pypdfium2
import pypdfium2.raw as raw

MM = 72 / 25.4


@dataclass(frozen=True)
class Box:
    """Where something is: of characters the ink from top to bottom, the room that they take from left to right.

    `thick` (in millimetres) and `colour` are those of rules.
    """

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""
    face: str = ""
    size: float = 0.0
    thick: float = 0.0
    colour: tuple[int, int, int] = (0, 0, 0)


class Page:
    """One page that was measured."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.width, self.height = (size / MM for size in page.get_size())
        self.characters = [box for box in self._characters(page) if box.text.strip()]
        self.rules = sorted(self._rules(page), key=lambda rule: rule.top)
        self.text = "".join(box.text for box in self.characters)

    def _box(self, left: float, bottom: float, right: float, top: float, **more: object) -> Box:
        return Box(left / MM, self.height - top / MM, right / MM, self.height - bottom / MM, **more)

    def _characters(self, page: pypdfium2.PdfPage) -> list[Box]:
        text, found = page.get_textpage(), []
        name = ctypes.create_string_buffer(200)
        for place in range(text.count_chars()):
            code = raw.FPDFText_GetUnicode(text.raw, place)
            raw.FPDFText_GetFontInfo(text.raw, place, name, 200, None)
            size = raw.FPDFText_GetFontSize(text.raw, place)
            face = name.value.decode(errors="replace")
            left, _bottom, right, _top = text.get_charbox(place, loose=True)  # with its bearings
            _left, bottom, _right, top = text.get_charbox(place)
            found.append(self._box(left, bottom, right, top, text=chr(code), face=face, size=round(size, 2)))
        return found

    def _rules(self, page: pypdfium2.PdfPage) -> list[Box]:
        """Horizontal rules, whether they are drawn as a line or as a slim filled area."""
        found = []
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = thing.get_bounds()
            if right - left < 100 or top - bottom > 6:
                continue
            stroke, width, red, green, blue, alpha = (
                ctypes.c_int(),
                ctypes.c_float(),
                *(ctypes.c_uint() for _ in "rgba"),
            )
            raw.FPDFPath_GetDrawMode(thing.raw, ctypes.byref(ctypes.c_int()), ctypes.byref(stroke))
            raw.FPDFPageObj_GetStrokeWidth(thing.raw, ctypes.byref(width))
            told = raw.FPDFPageObj_GetStrokeColor if stroke.value else raw.FPDFPageObj_GetFillColor
            told(thing.raw, *(ctypes.byref(part) for part in (red, green, blue, alpha)))
            thick = width.value if stroke.value else top - bottom
            colour = red.value, green.value, blue.value
            found.append(self._box(left, bottom, right, top, thick=thick / MM, colour=colour))
        return found

    def find(self, text: str) -> Box:
        """Return the box around the first place where the text stands."""
        text = "".join(text.split())
        place = self.text.index(text)
        boxes = self.characters[place : place + len(text)]
        edges = (
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )
        return Box(*edges, text=text, face=boxes[0].face, size=boxes[0].size)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the page, as characters that stand at one height."""
        ordered = sorted(self.characters, key=lambda box: (round(box.bottom / 3), box.left))
        return ["".join(box.text for box in line) for _height, line in groupby(ordered, lambda b: round(b.bottom / 3))]


def measured(pdf: bytes) -> list[Page]:
    """Return every page of a PDF, measured."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [Page(page) for page in document]
