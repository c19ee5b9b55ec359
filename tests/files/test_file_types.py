"""Old documents and archives: recognised by their content, refused where they hold what runs or cannot be seen."""

import io
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.services.file_types import kind_of
from files.services.previews import converter
from tests.files.ole_files import compound, sheet, word_document, workbook
from tests.files.test_store_upload import container, office, word

PASSWORD = (0x2F, b"\0" * 54)
VISIBLE, MACRO = sheet(0), sheet(1)


def kind(content: bytes) -> str:
    return kind_of(io.BytesIO(content))


OLD = {
    "Word document, also of WPS": ("doc", lambda: compound({"WordDocument": word_document()})),
    "Word document under a password": ("active", lambda: compound({"WordDocument": word_document(flags=0x100)})),
    "Word document with macros": (
        "active",
        lambda: compound({"WordDocument": word_document()}, storages=("Macros", "VBA")),
    ),
    "Word document with a program packed into it": (
        "active",
        lambda: compound({"WordDocument": word_document(), "\x01Ole10Native": b"MZ"}, storages=("ObjectPool",)),
    ),
    "workbook, also of WPS": ("xls", lambda: compound({"Workbook": workbook(VISIBLE)})),
    "workbook of the nineties": ("xls", lambda: compound({"Book": workbook(VISIBLE)})),
    "workbook under a password": ("active", lambda: compound({"Workbook": workbook(PASSWORD, VISIBLE)})),
    "workbook with a macro sheet": ("active", lambda: compound({"Workbook": workbook(VISIBLE, MACRO)})),
    "workbook with macros": (
        "active",
        lambda: compound({"Workbook": workbook(VISIBLE)}, storages=("_VBA_PROJECT_CUR",)),
    ),
    "presentation, also of WPS": ("ppt", lambda: compound({"PowerPoint Document": b"\x0f\x00\xe8\x03"})),
    "presentation with macros": ("active", lambda: compound({"PowerPoint Document": b"\0" * 99 + b"\x0f\x00\xff\x03"})),
    "new document under a password": ("active", lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})),
    "installer": ("unknown", lambda: compound({"\u4840\u3f7f\u4164": b"x"})),
    "beginning alone": ("unknown", lambda: compound({"WordDocument": word_document()})[:100]),
    "cut off": ("unknown", lambda: compound({"WordDocument": word_document()})[:1200]),
    "chain that leads nowhere": (
        "unknown",
        lambda: compound({"WordDocument": word_document()}).replace(struct.pack("<I", 3), struct.pack("<I", 9999)),
    ),
}


@pytest.mark.parametrize(("expected", "make"), OLD.values(), ids=OLD.keys())
def test_old_documents(expected: str, make: Callable[[], bytes]) -> None:
    assert kind(make()) == expected


@given(st.binary(max_size=2000), st.integers(0, 2000))
def test_whatever_stands_in_a_compound_file_it_is_judged_and_nothing_breaks(noise: bytes, at: int) -> None:
    content = bytearray(compound({"WordDocument": word_document()}))
    content[8 + at : 8 + at + len(noise)] = noise
    assert kind(bytes(content)) in {"doc", "xls", "ppt", "active", "unknown"}


def test_a_chain_in_a_circle_ends() -> None:
    content = bytearray(compound({"WordDocument": word_document()}))
    content[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the directory's only sector says that it follows itself
    assert kind(bytes(content)) == "doc"


@pytest.mark.skipif(not converter(), reason="LibreOffice is not installed")
@pytest.mark.parametrize(("suffix", "source"), [("doc", "source.txt"), ("xls", "source.csv")])
def test_documents_that_an_office_wrote(suffix: str, source: str, tmp_path: Path) -> None:
    (tmp_path / source).write_text("整改,情况\n1,2\n", encoding="utf-8")
    command = [converter(), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", suffix, "--outdir", str(tmp_path), str(tmp_path / source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert kind((tmp_path / f"source.{suffix}").read_bytes()) == suffix


def archive(parts: dict[str, bytes], **changes: Any) -> bytes:
    """A zip archive; `changes` are set on what its directory says of each part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
        for part in file.filelist:
            for name, value in changes.items():
                setattr(part, name, value)
    return out.getvalue()


def overlapping() -> bytes:
    """Two entries of the directory over one and the same bytes: unpacked twice, stored once."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", bytes(range(256)) * 4)
        again = zipfile.ZipInfo("b.txt")
        for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
            setattr(again, name, getattr(file.filelist[0], name))
        file.filelist.append(again)
        file.NameToInfo["b.txt"] = again
    return out.getvalue()


ARCHIVES = {
    "pictures and papers": ("zip", lambda: archive({"照片/一.jpg": b"\xff\xd8\xff", "说明.txt": "说明".encode()})),
    "empty": ("unknown", lambda: archive({})),
    "program": ("active", lambda: archive({"setup.exe": b"MZ"})),
    "program of a phone in a folder": ("active", lambda: archive({"x/run.JAR": b"PK"})),
    "archive in an archive": ("active", lambda: archive({"more.zip": archive({"a": b"a"})})),
    "way out of the folder": ("active", lambda: archive({"../../etc/cron.d/x": b"x"})),
    "way out of the folder on Windows": ("active", lambda: archive({"..\\..\\x.txt": b"x"})),
    "absolute name": ("active", lambda: archive({"/etc/passwd": b"x"})),
    "name with a drive": ("active", lambda: archive({"C:/x.txt": b"x"})),
    "dots that lead nowhere": ("zip", lambda: archive({"a..b/1..txt": b"x"})),
    "under a password": ("active", lambda: archive({"a.txt": b"x"}, flag_bits=1)),
    "bomb": ("bomb", lambda: archive({"zeros": bytes(80 * 1024 * 1024)})),
    "bomb beyond every measure": ("bomb", lambda: archive({"a": b"x"}, file_size=600 * 1024 * 1024)),
    "bomb in a document": (
        "bomb",
        lambda: office("wordprocessingml.document", "word/document.xml", **{"word/media/a.bmp": bytes(80 << 20)}),
    ),
    "parts on top of each other": ("bomb", overlapping),
    "directory that lies about a size": ("unknown", lambda: archive({"a": bytes(5000)}, file_size=10)),
    "text that packs well": ("zip", lambda: archive({"a.txt": "巡察整改\n".encode() * 200_000})),
}


@pytest.mark.parametrize(("expected", "make"), ARCHIVES.values(), ids=ARCHIVES.keys())
def test_archives(expected: str, make: Callable[[], bytes]) -> None:
    assert kind(make()) == expected


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00", b"\x7fELF\x02", b"#!/bin/sh\nrm -rf /\n", b"\xca\xfe\xba\xbe\x00", b"\xcf\xfa\xed\xfe"],
    ids=["Windows", "Linux", "script", "Java", "Mac"],
)
def test_programs(content: bytes) -> None:
    assert kind(content) == "program"


def test_a_real_document_stays_one_beside_all_this() -> None:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("整改")
    document.save(out)
    assert kind(out.getvalue()) == kind(word()) == "docx"
    assert kind(container({"OFD.xml": "<ofd/>"})) == "ofd"
