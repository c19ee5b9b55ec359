"""What is no ledger gets one clear sentence, by command and on the page, and changes nothing."""

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from imports.models import Import
from tests.factories import Cast
from tests.html_pages import Page, everything
from tests.imports.uploads import stored, upload
from tests.imports.workbook.workbook_files import run, run_json, workbook

pytestmark = pytest.mark.django_db
HEAD = ["具体问题", "整改措施", "责任领导", "牵头单位", "整改时限"]
GOOD = workbook([HEAD, ["漏水", "修复", "局长", "办公室", "2026年12月底"]])
BOMB = 700 * 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def repacked(change: Callable[[str, bytes], bytes] = lambda _name, data: data, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
        for name, data in more.items():
            new.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@cache
def bomb() -> bytes:
    """A part of 700 MB in a file of 700 kB, packed piece by piece."""
    out = io.BytesIO(repacked())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book, book.open("xl/media/a.png", "w") as part:
        for _each in range(BOMB // 1024 // 1024):
            part.write(bytes(1024 * 1024))
    return out.getvalue()


def lying() -> bytes:
    """A bomb whose directory says that it is small."""
    return bomb().replace(BOMB.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def far_cell(name: str, data: bytes) -> bytes:
    """One cell in the last corner of the sheet: whoever holds all cells in between needs 400 GB."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return data.replace(b"</sheetData>", far) if name.endswith("sheet1.xml") else data


def macro_types(name: str, data: bytes) -> bytes:
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return data.replace(plain, kind) if name == "[Content_Types].xml" else data


UNREADABLE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "old workbook": ("old.xls", lambda: OLE + "Workbook".encode("utf-16-le"), "This is an old .xls workbook."),
    "old workbook renamed": ("old.xlsx", lambda: OLE + "Workbook".encode("utf-16-le"), "This is an old .xls workbook."),
    "encrypted": ("locked.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "The workbook is protected"),
    "macros": ("book.xlsm", lambda: repacked(xl__vbaProject=b"macro"), "The workbook contains macros."),
    "macros renamed": ("book.xlsx", lambda: repacked(macro_types, xl__vbaProject=b"m"), "The workbook contains macros"),
    "zip bomb": ("bomb.xlsx", bomb, "The workbook unpacks to far"),
    "lying zip bomb": ("bomb.xlsx", lying, "This is not an Excel workbook"),
    "one cell far away": ("far.xlsx", lambda: repacked(far_cell), "The workbook unpacks to far more"),
    "web page renamed": (
        "page.xlsx",
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        "This is not an Excel workbook",
    ),
    "half a workbook": ("half.xlsx", lambda: GOOD[: len(GOOD) // 2], "This is not an Excel workbook"),
    "damaged sheet": (
        "bad.xlsx",
        lambda: repacked(lambda n, d: d[:200] if n.endswith("sheet1.xml") else d),
        "This is not an Excel workbook",
    ),
    "another table": ("wages.xlsx", lambda: workbook([["姓名", "工资"], ["张三", 1]]), "No sheet has a row of headers"),
    "empty sheet": ("nothing.xlsx", lambda: workbook([]), "No sheet has a row of headers"),
    "headers alone": ("head.xlsx", lambda: workbook([HEAD]), "There is no row below the headers"),
    "empty": ("empty.xlsx", lambda: b"", "The file is empty."),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_the_command_says_one_sentence(case: str, tmp_path: Path) -> None:
    name, made, sentence = UNREADABLE[case]
    file = tmp_path / name
    file.write_bytes(made())
    before = everything()
    code, out, err = run("import_ledger", file, "--inspection", "x", "--create-missing")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(sentence)
    code, told = run_json("import_ledger", file, "--inspection", "x")
    assert (code, told) == (2, {"error": err.strip()})
    assert everything() == before


@pytest.mark.parametrize("case", [case for case in UNREADABLE if case != "empty"])
def test_the_page_says_it_at_the_file(case: str, cast: Cast, page_of: Callable[[Any], Client], tmp_path: Path) -> None:
    name, made, sentence = UNREADABLE[case]
    answer = upload(page_of(cast.office), made(), name=name, inspection=cast.inspection.pk)
    assert answer.status_code == 422
    assert Page(answer).errors()["file"].startswith(sentence)
    assert not Import.objects.exists()
    assert stored(tmp_path) == []


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "large.xlsx"
    with file.open("wb") as large:
        large.truncate(51 * 1024 * 1024)
    code, told = run_json("import_ledger", file, "--inspection", "x")
    assert (code, told["error"].startswith("The file is larger than 50 MB")) == (2, True)
    assert run_json("import_ledger", tmp_path / "none.xlsx", "--inspection", "x")[0] == 2
