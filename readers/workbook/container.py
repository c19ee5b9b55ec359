"""The file of a workbook, looked at before anything opens it: what it is, and how much it would unpack to."""

import io
import re
import zipfile
from typing import IO

LIMIT = 50 * 1024 * 1024
"""Most bytes of a workbook; one of 100,000 measures has some 15 MB."""
UNPACKED_LIMIT = 600 * 1024 * 1024
CELLS_LIMIT = 20_000_000
"""Most cells of a sheet from its first to its last filled one: the reader holds them all, empty ones too."""
WORKBOOK_PART = "xl/workbook.xml"
OLE = b"\xd0\xcf\x11\xe0"
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_PIECE = 1024 * 1024


def gettext_noop(message: str) -> str:
    """Mark a message id for the catalogue, as Django's function of this name does: this package knows no Django."""
    return message


class UnreadableWorkbook(Exception):
    """The file cannot be read as a ledger. `code` names the reason; `MESSAGES[code] % params` is its sentence.

    The sentences are message ids; the caller translates them.
    """

    MESSAGES = {
        "no_file": gettext_noop("The file %(path)s cannot be opened. Check its name and whether you may read it."),
        "empty": gettext_noop("The file is empty."),
        "too_large": gettext_noop(
            "The file is larger than %(limit)d MB; a ledger never is. Check that it is the right file."
        ),
        "not_workbook": gettext_noop(
            "This is not an Excel workbook, despite its name. Open it in Excel or WPS and save it as .xlsx."
        ),
        "old_excel": gettext_noop("This is an old .xls workbook. Open it in Excel or WPS and save it as .xlsx."),
        "encrypted": gettext_noop("The workbook is protected by a password. Remove the password and try again."),
        "macro": gettext_noop("The workbook contains macros. Save it without macros as .xlsx and try again."),
        "bomb": gettext_noop("The workbook unpacks to far more than a ledger can hold and was not opened."),
        "no_header": gettext_noop(
            "No sheet has a row of headers with 具体问题 and 整改措施. Is this a ledger? "
            "The empty template shows the columns."
        ),
        "no_rows": gettext_noop("There is no row below the headers of the sheet %(sheet)s."),
    }

    def __init__(self, code: str, **params: int | str) -> None:
        self.code, self.params = code, params
        super().__init__(self.MESSAGES[code] % params)


def is_workbook(data: bytes, name: str) -> bool:
    """Return whether a file is to be read as a workbook: by its content, else by a name that claims to be one."""
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile:
            names = []
        if any(name.startswith(("xl/", "word/")) for name in names):
            return any(name.startswith("xl/") for name in names)
    if data.startswith(OLE) and "Workbook".encode("utf-16-le") in data:
        return True
    return name.lower().endswith((".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".xltx", ".xltm"))


def check(data: bytes, *, is_deep: bool = True) -> None:
    """Raise `UnreadableWorkbook` unless the bytes are a workbook that can be opened without harm.

    Not `is_deep`: only by what the file says of itself; a large one takes seconds to be unpacked.
    """
    if len(data) > LIMIT:
        raise UnreadableWorkbook("too_large", limit=LIMIT // 1024 // 1024)
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableWorkbook("empty")
    if data.startswith(OLE):
        raise UnreadableWorkbook("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old_excel")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive, is_deep=is_deep)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError) as error:
        raise UnreadableWorkbook("not_workbook") from error
    except MemoryError as error:
        raise UnreadableWorkbook("bomb") from error


def _check_parts(archive: zipfile.ZipFile, *, is_deep: bool) -> None:
    names = archive.namelist()
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise UnreadableWorkbook("encrypted")
    if any("vbaproject" in name.lower() or name.lower().startswith("xl/macrosheets/") for name in names):
        raise UnreadableWorkbook("macro")
    if WORKBOOK_PART not in names or len(names) > 20_000:
        raise UnreadableWorkbook("not_workbook")
    if sum(info.file_size for info in archive.infolist()) > UNPACKED_LIMIT:
        raise UnreadableWorkbook("bomb")
    for name in names if is_deep else ():
        # Whatever the directory claims: the part is unpacked piece by piece, and a false size is an error here.
        with archive.open(name) as part:
            _check_part(part, is_sheet=name.startswith("xl/worksheets/"))


def _check_part(part: IO[bytes], *, is_sheet: bool) -> None:
    columns, rows, rest = 0, 0, b""
    while piece := part.read(_PIECE):
        if not is_sheet:
            continue
        piece = rest + piece
        for match in _CELL.finditer(piece):
            columns, rows = max(columns, _number(match[1])), max(rows, int(match[2]))
        rest = piece[-200:]
        if columns * rows > CELLS_LIMIT:
            raise UnreadableWorkbook("bomb")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def letters_of(index: int) -> str:
    """Return the letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
