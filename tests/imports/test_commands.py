"""`read_notice` and `import_notice` as an office types them: what they print, their exit codes, what they leave."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import docx
import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command

from audit.services import verify
from files.models import StoredFile
from imports.management.commands import read_notice
from imports.services.applying import PlanWriter
from issues.models import Inspection, Issue
from measures.models import Measure
from papers.models import Notice
from readers.notice import UnreadableNotice
from signoffs.models import Application
from tests.factories import unit

TRAPS = Path(__file__).parent.parent / "readers" / "traps.txt"
REAL = Path(settings.BASE_DIR).parent / "shared/notices/xuchang-2021.txt"
ORGANISATION = "临溪市档案馆"
LEVELS = ("areas", "categories", "problems", "issues", "measures")


def run(*arguments: Any) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*[str(argument) for argument in arguments], stdout=out, stderr=err)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def run_json(*arguments: Any) -> tuple[int, dict[str, Any]]:
    code, out, _err = run(*arguments, "--json")
    assert len(out.splitlines()) == 1, "one JSON object and nothing else"
    return code, json.loads(out)


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def stored() -> list[Path]:
    place = Path(default_storage.location)
    return [path for path in place.rglob("*") if path.is_file()]


def test_reading_needs_no_database_and_prints_the_keys_of_the_contract() -> None:
    """Nothing marks this test as one that may ask the database: a query would fail it."""
    code, told = run_json("read_notice", TRAPS)
    assert code == 0
    assert [told[name] for name in LEVELS] == [2, 3, 4, 6, 10]
    assert told["completion"] == {"done": 4, "basically_done": 1, "not_done": 1}
    assert (told["sustained"], told["claimed"]["measures"], told["unread"]) == (2, 14, [])
    issue = told["tree"][1]["categories"][0]["problems"][0]["issues"][0]
    assert (issue["code"], issue["number"], issue["completion"]) == ("2-1-1-01", "（3）", "done")
    assert issue["reports"] == ["馆党组责成财务科逐笔核对，超标准部分已全部收回。"]
    assert {"is_sustained", "text"} <= set(issue)
    assert isinstance(told["warnings"], list)


@pytest.mark.skipif(not REAL.exists(), reason="the real notice is not beside the project (../shared/notices)")
def test_the_real_notice_is_read_whole() -> None:
    code, told = run_json("read_notice", REAL)
    assert code == 0
    assert [told[name] for name in LEVELS] == [3, 10, 29, 79, 232]
    assert (told["sustained"], told["completion"]["done"], told["claimed"]["measures"]) == (50, 79, 242)
    assert told["unread"] == []


def test_a_reader_of_the_terminal_sees_the_outline_and_every_line_that_was_not_understood(tmp_path: Path) -> None:
    scrap = tmp_path / "scrap.txt"
    scrap.write_text(TRAPS.read_text(encoding="utf-8").replace("2.底线", "###\n\n2.底线"), encoding="utf-8")
    code, out, err = run("read_notice", scrap)
    assert (code, err) == (0, "")
    assert "(一)服务中心工作不够主动" in out.splitlines()
    assert "not understood: ###" in out
    assert "2 areas, 3 categories, 4 problems, 6 issues, 10 reports" in out


@pytest.mark.django_db
def test_a_new_code_opens_an_inspection_and_keeps_the_file() -> None:
    code, told = run_json("import_notice", TRAPS, "--inspection", "archive", "--create-missing")
    assert (code, told["applied"], told["created"], told["changed"], told["unchanged"]) == (0, True, 10, 0, 0)
    assert [told[name] for name in LEVELS] == [2, 3, 4, 6, 10]
    assert (told["missing"], told["absent"], told["errors"]) == ({"units": [], "leaders": []}, [], [])
    inspection = Inspection.objects.get(code="archive")
    assert inspection.organisation.name == ORGANISATION
    assert Measure.objects.filter(inspection=inspection).count() == 10
    notice = Notice.objects.get(inspection=inspection)
    assert notice.file.name == "traps.txt"
    assert Path(default_storage.path(notice.file.stored_as)).read_bytes() == TRAPS.read_bytes()
    assert set(Application.objects.claims().values_list("source_sha256", flat=True)) == {notice.file.sha256}
    assert verify()[2] == []


@pytest.mark.django_db
def test_importing_it_twice_changes_nothing_and_keeps_no_second_file() -> None:
    run("import_notice", TRAPS, "--inspection", "archive", "--create-missing")
    before, files = rows(), stored()
    code, told = run_json("import_notice", TRAPS, "--inspection", "archive")
    assert (code, told["applied"], told["created"], told["unchanged"]) == (0, True, 0, 10)
    assert (rows(), stored()) == (before, files)


@pytest.mark.django_db
def test_a_later_notice_adds_what_is_new_and_names_what_is_absent(tmp_path: Path) -> None:
    run("import_notice", TRAPS, "--inspection", "archive", "--create-missing")
    later = tmp_path / "later.txt"
    text = TRAPS.read_text(encoding="utf-8")
    later.write_text(text.replace("已与3个县区馆签订协议", "已与9个县区馆签订协议"), encoding="utf-8")
    code, told = run_json("import_notice", later, "--inspection", "archive")
    assert (code, told["created"], told["unchanged"]) == (0, 1, 9)
    assert [row["text"] for row in told["absent"]] == ["已与3个县区馆签订协议，其余县区正在对接。"]
    assert Measure.objects.count() == 11
    assert Notice.objects.count() == StoredFile.objects.count() == len(stored()) == 2


@pytest.mark.django_db
def test_an_unknown_organisation_is_named_and_refused() -> None:
    before = rows()
    code, told = run_json("import_notice", TRAPS, "--inspection", "archive")
    assert (code, told["applied"], told["missing"]) == (1, False, {"units": [ORGANISATION], "leaders": []})
    code, _out, err = run("import_notice", TRAPS, "--inspection", "archive")
    assert code == 1
    assert ORGANISATION in err
    assert (rows(), stored()) == (before, [])


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_says_what_would_happen_and_leaves_nothing() -> None:
    before = rows()
    code, told = run_json("import_notice", TRAPS, "--inspection", "archive", "--create-missing", "--dry-run")
    assert (code, told["applied"], told["created"], told["missing"]["units"]) == (0, False, 10, [ORGANISATION])
    assert (rows(), stored()) == (before, [])
    assert run_json("import_notice", TRAPS, "--inspection", "archive", "--dry-run")[0] == 1
    assert (rows(), stored()) == (before, [])


@pytest.mark.django_db
def test_a_known_organisation_needs_nothing_made() -> None:
    known = unit(ORGANISATION)
    code, told = run_json("import_notice", TRAPS, "--inspection", "archive")
    assert (code, told["applied"]) == (0, True)
    assert Inspection.objects.get(code="archive").organisation == known


@pytest.mark.django_db
def test_a_notice_that_does_not_say_whose_it_is_is_refused_with_the_reason(tmp_path: Path) -> None:
    nameless = tmp_path / "nameless.txt"
    text = TRAPS.read_text(encoding="utf-8")
    nameless.write_text(text.replace("中共临溪市档案馆党组关于巡察整改进展情况的通报", ""), encoding="utf-8")
    before = rows()
    code, told = run_json("import_notice", nameless, "--inspection", "archive", "--create-missing")
    assert (code, told["applied"], told["created"]) == (1, False, 10)
    assert [error["column"] for error in told["errors"]] == ["organisation"]
    code, _out, err = run("import_notice", nameless, "--inspection", "archive", "--create-missing")
    assert "which organisation" in err
    assert (rows(), stored()) == (before, [])


@pytest.mark.django_db
def test_a_failure_in_the_middle_leaves_neither_rows_nor_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows()
    write = PlanWriter._notice

    def fail(self: PlanWriter, new: list[Any]) -> NoReturn:
        write(self, new)
        assert Issue.objects.count() == 6
        assert len(stored()) == 1
        raise RuntimeError("the power is cut")

    monkeypatch.setattr(PlanWriter, "_notice", fail)
    with pytest.raises(RuntimeError):
        run("import_notice", TRAPS, "--inspection", "archive", "--create-missing")
    assert (rows(), stored()) == (before, [])


@pytest.mark.django_db
def test_a_code_that_no_inspection_can_have_is_bad_usage() -> None:
    for code in ("a" * 41, ""):
        exit_code, told = run_json("import_notice", TRAPS, "--inspection", code)
        assert exit_code == 2
        assert told["error"]
    assert not Inspection.objects.exists()


def container(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def word(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def with_macro() -> bytes:
    out = io.BytesIO(word("通报"))
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


NEWS = """市档案馆开展国际档案日活动

6月9日上午，市档案馆举办开放日活动，邀请市民走进库房。

一是举办专题展览。二是开设家庭建档讲座。

(一)展览持续到月底。
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
UNREADABLE = {
    "news item": ("news.txt", NEWS.encode(), "No issue with a line on how it was rectified"),
    "news item as Word": ("news.docx", word(NEWS), "No issue with a line on how it was rectified"),
    "headings without a status": ("plan.txt", "(一)方面\n1.类\n(1)问题。".encode(), "No issue"),
    "status without an issue": ("odd.txt", "落实情况:已整改。".encode(), "No issue"),
    "empty": ("empty.txt", b"", "The file is empty."),
    "blank": ("blank.txt", b"\xef\xbb\xbf \r\n\r\n", "The file is empty."),
    "picture called Word": ("photo.docx", PNG, "This is not a Word document"),
    "picture called text": ("photo.txt", PNG, "The file contains no readable text."),
    "zip of something else": ("archive.docx", container({"a.txt": "通报"}), "This is not a Word document"),
    "Word in name of its parts only": ("odd.docx", container({"word/document.xml": "<x/>"}), "This is not a Word"),
    "half a Word document": ("half.docx", word(NEWS)[:3000], "This is not a Word document"),
    "protected by a password": (
        "locked.docx",
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "The document is protected by",
    ),
    "old Word document": ("old.doc", OLE, "This is an old .doc document."),
    "macros": ("macro.docx", with_macro(), "The document contains macros."),
    "text with a NUL": ("nul.txt", TRAPS.read_bytes() + b"\x00", "The file contains no readable text."),
}


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("read_notice",), ("import_notice", "--inspection", "x", "--create-missing")])
@pytest.mark.parametrize("case", UNREADABLE)
def test_an_unreadable_file_gets_one_clear_sentence_and_changes_nothing(
    case: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    name, data, sentence = UNREADABLE[case]
    file = tmp_path / name
    file.write_bytes(data)
    before = rows()
    code, out, err = run(command[0], file, *command[1:])
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(sentence)
    code, told = run_json(command[0], file, *command[1:])
    assert (code, list(told)) == (2, ["error"])
    assert told["error"] == err.strip()
    assert (rows(), stored()) == (before, [])


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("read_notice",), ("import_notice", "--inspection", "x")])
def test_50_megabytes_are_refused_without_being_read(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "large.txt"
    with file.open("wb") as large:
        large.truncate(50 * 1024 * 1024)
    opened = Path.open

    def unopened(path: Path, *arguments: Any, **extra: Any) -> Any:
        assert path != file, "the file was opened"
        return opened(path, *arguments, **extra)

    monkeypatch.setattr(Path, "open", unopened)
    before = rows()
    code, told = run_json(command[0], file, *command[1:])
    assert code == 2
    assert told["error"].startswith("The file is larger than 20 MB")
    assert (rows(), stored()) == (before, [])


def test_a_file_that_is_not_there_and_a_folder_are_told_as_such(tmp_path: Path) -> None:
    for place in (tmp_path / "nothing.txt", tmp_path):
        code, out, err = run("read_notice", place)
        assert (code, out) == (2, "")
        assert err.startswith(f"The file {place} cannot be opened.")


def test_the_reader_knows_no_django_and_the_command_translates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {UnreadableNotice.MESSAGES["too_large"]: "超过%(limit)dMB"}
    monkeypatch.setattr(read_notice, "_", words.__getitem__)
    file = tmp_path / "large.txt"
    with file.open("wb") as large:
        large.truncate(21 * 1024 * 1024)
    assert run("read_notice", file)[2].strip() == "超过20MB"


def test_the_program_itself_answers_with_the_exit_codes(tmp_path: Path) -> None:
    """As a shell sees it, with a database that does not exist."""
    missing = f"sqlite:///{tmp_path}/none/none.sqlite3"
    environment = {**os.environ, "DATABASE_URL": missing, "DATA_DIR": str(tmp_path), "DEBUG": "1"}

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    good = manage("read_notice", str(TRAPS), "--json")
    assert (good.returncode, json.loads(good.stdout)["issues"]) == (0, 6)
    assert manage("read_notice", str(tmp_path / "none.txt")).returncode == 2
    assert manage("import_notice", str(TRAPS)).returncode == 2
