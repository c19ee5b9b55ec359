"""From a file to lines: plain text in the encodings that offices use, Word, saved web pages."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

LIMIT = 20 * 1024 * 1024  # bytes; the longest notices known are below one megabyte of text
UNPACKED_LIMIT = 200 * 1024 * 1024
WORD_PART = "word/document.xml"
PARAGRAPH = qn("w:p")
BREAKS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
BLOCK = re.compile("p|div|br|li|tr|td|th|h[1-6]|table|section|article|title")
SKIPPED = frozenset({"script", "style", "noscript", "template"})
CHARACTER_SETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "utf-8": "utf-8"}
"""What a saved page may say of itself; Python knows odder ones that would turn any bytes into something."""


def gettext_noop(message: str) -> str:
    """Mark a message id for the catalogue, as Django's function of this name does: this package knows no Django."""
    return message


class UnreadableNotice(Exception):
    """The file cannot be read as a notice. `code` names the reason; `MESSAGES[code] % params` is its sentence.

    The sentences are message ids; the caller translates them.
    """

    MESSAGES = {
        "no_file": gettext_noop("The file %(path)s cannot be opened. Check its name and whether you may read it."),
        "empty": gettext_noop("The file is empty."),
        "too_large": gettext_noop(
            "The file is larger than %(limit)d MB; a notice never is. Check that it is the right file."
        ),
        "not_text": gettext_noop("The file contains no readable text. Save it as .docx, .txt or .html and try again."),
        "not_word": gettext_noop(
            "This is not a Word document, despite its name. Open it in Word or WPS and save it as .docx."
        ),
        "encrypted": gettext_noop("The document is protected by a password. Remove the password and try again."),
        "macro": gettext_noop("The document contains macros. Save it without macros as .docx and try again."),
        "bomb": gettext_noop("The document unpacks to far more than a notice can hold and was not opened."),
        "old_word": gettext_noop("This is an old .doc document. Open it in Word or WPS and save it as .docx."),
        "no_tree": gettext_noop(
            "No issue with a line on how it was rectified was found in the text. Is this a notice of results?"
        ),
    }

    def __init__(self, code: str, **params: int | str) -> None:
        self.code, self.params = code, params
        super().__init__(self.MESSAGES[code] % params)


@dataclass(frozen=True)
class NoticeLine:
    """One line of the source; `number` counts from 1. `plain` is what patterns see of a line that holds something.

    A line that was cut at its markers has further parts, counted from 1.
    """

    number: int
    text: str
    plain: str = ""
    part: int = 0

    @property
    def key(self) -> str:
        """Name of the line for who corrects the reading, the same as that of a `ReadLine`."""
        return f"{self.number}.{self.part}" if self.part else str(self.number)


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file, its size looked at before anything is read. Raises `UnreadableNotice`."""
    try:
        _check_size(path.stat().st_size)
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)  # a pipe or a growing file is larger than it said
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UnreadableNotice("no_file", path=str(path)) from error
    _check_size(len(data))
    return data


def _check_size(size: int) -> None:
    if size > LIMIT:
        raise UnreadableNotice("too_large", limit=LIMIT // 1024 // 1024)


@dataclass(frozen=True)
class NoticeSource:
    """The lines of a file, blank ones included, and whether it is a saved page, with a site around its text."""

    lines: list[NoticeLine]
    is_page: bool = False


def source_of(data: bytes, *, name: str) -> NoticeSource:
    """Return the lines of a file. Raises `UnreadableNotice`."""
    _check_size(len(data))
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableNotice("empty")
    if data.startswith(b"PK\x03\x04"):
        return NoticeSource(split(_word(data)))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableNotice("old_word" if "EncryptedPackage".encode("utf-16-le") not in data else "encrypted")
    if name.lower().endswith((".docx", ".docm")):
        raise UnreadableNotice("not_word")
    text = _decoded(data)
    is_page = _is_html(name, text)
    return NoticeSource(split(_html(text) if is_page else text), is_page)


def split(text: str) -> list[NoticeLine]:
    """Return the lines of a text, numbered from 1."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return [NoticeLine(number, line) for number, line in enumerate(plain.split("\n"), 1)]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = [_declared(data) or "utf-8", "utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if _looks_like_text(text):
            return text
    raise UnreadableNotice("not_text")


def _declared(data: bytes) -> str | None:
    """Return the character set that a saved web page names."""
    match = re.search(rb"""charset\s*=\s*["']?([A-Za-z0-9_-]+)""", data[:4096], re.IGNORECASE)
    return CHARACTER_SETS.get(match[1].decode().lower()) if match else None


def _looks_like_text(text: str) -> bool:
    """Tell text from bytes that happen to decode: no NUL, which no database keeps, and next to no other controls."""
    if "\x00" in text:
        return False
    sample = text[:20000]
    odd = sum(1 for char in sample if (char < " " and char not in "\t\n\r\f\v") or char in "\x7f\ufffd")
    return odd * 200 <= len(sample)


def _is_html(name: str, text: str) -> bool:
    head = text[:2000].lower()
    return name.lower().endswith((".html", ".htm")) or "<html" in head or "<!doctype html" in head


class _Text(HTMLParser):
    """Collects the text of a page, a line per block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in SKIPPED:
            self.skipping += 1
        elif BLOCK.fullmatch(tag):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif BLOCK.fullmatch(tag):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.parts.append(re.sub(r"[\t\r\n]+", " ", data))


def _html(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts)


def _word(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_container(archive)
        document = Document(io.BytesIO(data))
        # in the order of the document, cells of tables included; a line break inside a paragraph is a line of its own
        paragraphs = document.element.body.iter(PARAGRAPH)
        return "\n".join("".join(_runs(paragraph)) for paragraph in paragraphs if not _is_repeated(paragraph))
    except UnreadableNotice:
        raise
    except Exception as error:  # a damaged container fails in many ways, all of them mean the same
        raise UnreadableNotice("not_word") from error


def _runs(node: Any) -> Iterator[str]:
    """Give the text of a paragraph; the paragraphs of a text box within it are lines of their own."""
    for child in node:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in BREAKS:
            yield BREAKS[child.tag]
        elif child.tag not in {PARAGRAPH, FALLBACK, qn("w:pPr")}:
            yield from _runs(child)


def _is_repeated(paragraph: Any) -> bool:
    """Return whether Word keeps this paragraph a second time, for programs that do not know text boxes."""
    return any(above.tag == FALLBACK for above in paragraph.iterancestors())


def _check_container(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise UnreadableNotice("encrypted")
    if sum(info.file_size for info in archive.infolist()) > UNPACKED_LIMIT:
        raise UnreadableNotice("bomb")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableNotice("macro")
    if WORD_PART not in names:
        raise UnreadableNotice("not_word")
    if archive.getinfo(WORD_PART).file_size > LIMIT:
        raise UnreadableNotice("bomb")
