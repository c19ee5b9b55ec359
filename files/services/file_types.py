"""What a file is, decided by its content alone: a signature, the inside of a zip container, or being text."""

import codecs
import io
import lzma
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from files.services.ole import SIGNATURE, compound_kind

KINDS = {
    "docx": _("Word document (.docx)"),
    "xlsx": _("Excel workbook (.xlsx)"),
    "pptx": _("presentation (.pptx)"),
    "doc": _("old Word or WPS document (.doc, .wps)"),
    "xls": _("old Excel or WPS workbook (.xls, .et)"),
    "ppt": _("old presentation (.ppt, .dps)"),
    "ofd": _("OFD document"),
    "pdf": _("PDF document"),
    "png": _("picture (PNG)"),
    "jpeg": _("picture (JPEG)"),
    "gif": _("picture (GIF)"),
    "webp": _("picture (WebP)"),
    "tiff": _("picture (TIFF)"),
    "mp4": _("video (MP4)"),
    "text": _("plain text"),
    "zip": _("archive (.zip)"),
    "html": _("web page (HTML)"),
    "drawing": _("drawing or data in XML (SVG)"),
    "program": _("program"),
    "active": _("document or archive with programs, macros, a password or unsafe names in it"),
    "bomb": _("archive that unpacks to far more than it should (zip bomb)"),
    "unknown": _("of unknown kind"),
}
"""Identifier → words. `unknown` covers everything else, broken files among it."""
HARMLESS = tuple(kind for kind in KINDS if kind not in {"html", "drawing", "program", "active", "bomb", "unknown"})
"""What a person may be given without thinking of it: nothing here runs by being opened."""
CONVERTIBLE = frozenset({"docx", "doc", "xlsx", "xls", "pptx", "ppt"})
"""What pages are made from, to be looked at in a browser."""

SIGNATURES = (
    (re.compile(rb"%PDF-\d"), "pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpeg"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "tiff"),
    (re.compile(rb"MZ|\x7fELF|#!|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe"), "program"),
    (re.compile(rb"....ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V |dash)", re.DOTALL), "mp4"),
)
MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
RUNS = re.compile(
    r"vbaProject|\.(exe|dll|com|scr|bat|cmd|js|jse|vbs|vbe|wsf|psm?1|hta|jar|lnk|msi|pif|reg|sh|url|scf|cpl|inf"
    r"|(library|searchconnector)-ms)$",
    re.IGNORECASE,
)
"""Names inside a container that run: macros, programs, and links that fetch one."""
ARCHIVE = re.compile(r"\.(zip|rar|7z|gz|bz2|xz|tar|tgz|cab|iso)$", re.IGNORECASE)
"""Archives inside an archive: no one sees what is in them, and a bomb is built of them."""
OUTSIDE = re.compile(r"^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)")
"""Names that would be unpacked beside the folder that was meant."""
MOST_PARTS = 20_000
MOST_UNPACKED = 512 * 1024 * 1024
FEW_UNPACKED = 64 * 1024 * 1024
MOST_TIMES = 200
"""An archive is a bomb above `MOST_UNPACKED`, or above `FEW_UNPACKED` where it grows more than so many times."""
MOST_OF_TYPES = 1024 * 1024
CHUNK = 64 * 1024
CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
MARKUP = re.compile(r"<(!doctype\s+html|html|head|body|script|iframe|table|div|p)[\s>]", re.IGNORECASE)
OTHER_MARKUP = re.compile(r"\s*<(\?xml|svg|!doctype\s+(?!html))", re.IGNORECASE)
DRAWING = re.compile(r"<svg[\s>]", re.IGNORECASE)
HEAD = 4096
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError, LookupError)
"""What reading a container that is not whole may raise."""


def as_opened(name: str) -> str:
    """Return a name as a machine may take it that opens the file: without what cannot be seen or is cut off at its end.

    Of `start.bat.`, `start.bat::$DATA` and `start.ba\u200bt` an unpacking program makes `start.bat`.
    """
    visible = "".join(c for c in name if unicodedata.category(c) not in {"Cf", "Cc"})
    return re.sub(r"(:[^/\\]*|[.\s])+$", "", visible)


def kind_of(file: IO[bytes] | Any) -> str:
    """Return the identifier in `KINDS` for an open file that can be read from any place."""
    head = file.read(HEAD)
    for signature, kind in SIGNATURES:
        if signature.match(head):
            return kind
    if head.startswith(SIGNATURE):
        return compound_kind(file)
    if head.startswith(b"PK"):
        return _inside(file)
    return _text_kind(file, head)


def _inside(file: Any) -> str:
    """Return the kind of a zip container by what it says of itself and holds."""
    try:
        with zipfile.ZipFile(file) as container:
            parts = container.infolist()
            if _is_bomb(parts, file.seek(0, io.SEEK_END)):
                return "bomb"
            if any(
                part.flag_bits & 1 or RUNS.search(as_opened(part.filename)) or OUTSIDE.search(part.filename)
                for part in parts
            ):
                return "active"
            if not _is_whole(container, parts):
                return "unknown"
            return _container_kind(container, [part.filename for part in parts])
    except (*BROKEN, ElementTree.ParseError):
        return "unknown"


def _is_bomb(parts: list[zipfile.ZipInfo], size: int) -> bool:
    """Return whether it grows beyond measure, or its parts lie on top of each other, by what its directory says."""
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or packed > size:
        return True
    return unpacked > MOST_UNPACKED or (unpacked > FEW_UNPACKED and unpacked > MOST_TIMES * packed)


def _is_whole(container: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> bool:
    """Return whether every part unpacks to just what the directory says: one that lies about its size does not."""
    for part in parts:
        with container.open(part) as opened:
            while opened.read(CHUNK):
                pass
    return bool(parts)


def _container_kind(container: zipfile.ZipFile, names: list[str]) -> str:
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" in names:
        return _office_kind(container, names)
    return "active" if any(ARCHIVE.search(name) for name in names) else "zip"


def _office_kind(container: zipfile.ZipFile, names: list[str]) -> str:
    """Return the kind that `[Content_Types].xml` gives to a part that is really there."""
    with container.open("[Content_Types].xml") as part:
        types = part.read(MOST_OF_TYPES)
    if b"<!DOCTYPE" in types or b"macroEnabled" in types:
        return "active"
    for entry in ElementTree.fromstring(types):  # noqa: S314 - a megabyte at most, without a document type
        if entry.get("PartName", "").lstrip("/") in names and (kind := MAIN_PARTS.get(entry.get("ContentType", ""))):
            return kind
    return "unknown"


def encoding_of(file: Any) -> str:
    """Return the encoding that reads a text file as a whole, for a browser to be told."""
    file.seek(0)
    for encoding in _encodings(file.read(HEAD)):
        if _is_text(file, encoding):
            return encoding.removesuffix("-sig")
    return "utf-8"


def _text_kind(file: Any, head: bytes) -> str:
    """Return `text` or `html` where one of the encodings of an office reads the whole file, else `unknown`."""
    for encoding in _encodings(head):
        if _is_text(file, encoding):
            beginning = head.decode(encoding, "ignore").lstrip("\ufeff")
            if OTHER_MARKUP.match(beginning) and (DRAWING.search(beginning) or not MARKUP.search(beginning)):
                return "drawing"
            return "html" if MARKUP.search(beginning) else "text"
    return "unknown"


def _encodings(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "gb18030")


def _is_text(file: Any, encoding: str) -> bool:
    try:
        return not any(CONTROL.search(piece) for piece in _decoded(file, encoding))
    except UnicodeDecodeError:
        return False


def _decoded(file: Any, encoding: str) -> Iterator[str]:
    """Decode the file piece by piece; a piece may end in the middle of a character."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)
