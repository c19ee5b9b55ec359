"""Small real files for the sample's evidence, made in code: Word, PDF, picture, text. Nothing of them is shipped."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from html import escape
from io import BytesIO

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns='
    '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w='
    '"http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
)
WIDTH, HEIGHT = 480, 320
A_LINE = 30  # characters of a line in a PDF
Lines = list[str]


def make_file(name: str, *, title: str, words: Lines, on: date) -> bytes:
    """Return the bytes of a file with this name, whose content says what it proves. Raises `ValueError` for a kind
    that is not made here.
    """
    ending = name.rpartition(".")[2]
    if ending not in MAKERS:
        raise ValueError(f"no such kind of file: {name!r}")
    return MAKERS[ending]([title, *words, f"{on.year}年{on.month}月{on.day}日"])


def _docx(lines: Lines) -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": DOCUMENT.format(paragraphs),
    }
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        for part, content in parts.items():
            container.writestr(zipfile.ZipInfo(part), content)
    return packed.getvalue()


def _pdf(lines: Lines) -> bytes:
    """One page in a font that every reader of Chinese PDFs knows by name; nothing is embedded."""
    broken = [line[at : at + A_LINE] for line in lines for at in range(0, len(line), A_LINE)]
    text_operators = " ".join(f"<{line.encode('utf-16-be').hex().upper()}> Tj T*" for line in broken)
    content = f"BT /F1 14 Tf 22 TL 70 770 Td {text_operators} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + table + trailer


def _png(lines: Lines) -> bytes:
    """A plain drawing of banks and water in colours that follow from the words, so that no two pictures are alike."""
    seed = zlib.crc32("".join(lines).encode())
    sky, water, bank = [(170 + (seed >> shift) % 60, 190, 225 - (seed >> shift) % 80) for shift in (0, 8, 16)]
    horizon, shore = HEIGHT // 3 + seed % 40, 2 * HEIGHT // 3 + (seed >> 4) % 40
    rows = []
    for y in range(HEIGHT):
        red, green, blue = sky if y < horizon else water if y < shore else bank
        shade = (y * 30) // HEIGHT + (8 if y % 24 < 2 else 0)
        pixel = bytes(max(0, value - shade) for value in (red, green, blue))
        post = bytes((70, 74, 80)) * 6
        left = (seed >> 3) % (WIDTH - 60) + 20
        row = pixel * left + post + pixel * (WIDTH - left - 6) if horizon - 30 < y < shore + 20 else pixel * WIDTH
        rows.append(b"\x00" + row)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _txt(lines: Lines) -> bytes:
    return "\n\n".join(lines).encode() + b"\n"


MAKERS: dict[str, Callable[[Lines], bytes]] = {"docx": _docx, "pdf": _pdf, "png": _png, "txt": _txt}
