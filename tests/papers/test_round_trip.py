"""What is printed is read again: tree, conclusions and reports of a notice come back as they went out."""

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from documents import write_docx
from imports.services import apply_import
from issues.models import Inspection
from papers.services.drafting import draw_up
from papers.services.issue_text import account_of
from papers.services.layout import Printed, paper_of, plain_text
from readers.notice import read, summary
from readers.notice.reader import read_text
from readers.notice.summary import issues_of
from rectify.demo.sample import load_sample
from tests.factories import NOW, Cast

NOTICE = Path(settings.BASE_DIR).parent / "shared/notices/xuchang-2021.txt"
pytestmark = pytest.mark.django_db
COUNTS = ("areas", "categories", "problems", "issues", "measures", "completion", "sustained", "claimed")


@pytest.mark.skipif(not NOTICE.exists(), reason="the real notice is not beside the project (../shared/notices)")
def test_the_real_notice_comes_back_from_text_and_word() -> None:
    reading = read(NOTICE.read_bytes(), name=NOTICE.name)
    apply_import(reading, code="xuchang", by=None, at=NOW, create_missing=True)
    content = draw_up(inspection=Inspection.objects.get(code="xuchang"), kind="notice", audience="internal", at=NOW)
    went_in = summary(reading)
    assert [went_in[name] for name in COUNTS[:5]] == [3, 10, 29, 79, 232]
    came_back = {
        "txt": read(plain_text(content).encode(), name="a.txt"),
        "docx": read(write_docx(paper_of(content, kind="notice", printed=Printed())), name="a.docx"),
    }
    for name, again in came_back.items():
        told = summary(again)
        assert {key: told[key] for key in COUNTS} == {key: went_in[key] for key in COUNTS}, name
        assert told["tree"] == went_in["tree"], name
        assert told["title"] == went_in["title"]
        assert (told["preamble"], told["closing"]) == (went_in["preamble"], went_in["closing"]), name
        assert told["unread"] == [], name


@pytest.mark.once
def test_the_sample_comes_back_with_every_issue_and_every_measure(db: None, tmp_path: Path) -> None:
    load_sample(as_of=timezone.localdate())
    went_in = draw_up(inspection=Inspection.objects.get(code="demo"), kind="notice", audience="internal", at=NOW)
    parts = list(went_in.parts())
    for ending in ("txt", "docx"):
        out = tmp_path / f"notice.{ending}"
        call_command("export_notice", inspection="demo", out=out, verbosity=0)
        reading = read(out.read_bytes(), name=out.name)
        told = summary(reading)
        assert [told[name] for name in COUNTS[:5]] == [3, 10, 29, 79, 242], ending
        assert (told["unread"], told["warnings"]) == ([], [])
        again = list(issues_of(reading))
        assert [issue.text for issue in again] == [part.text for part in parts]
        assert [issue.completion for issue in again] == [part.completion for part in parts]
        assert [issue.is_sustained for issue in again] == [part.is_sustained for part in parts]
        assert [account_of([m.text for m in issue.measures]) for issue in again] == [part.account for part in parts]
    out = tmp_path / "notice.pdf"
    call_command("export_notice", inspection="demo", out=out, verbosity=0)
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(out.read_bytes()))
    plain = re.sub(r"—\s*\d+\s*—|\s", "", text)
    missing = [part.code for part in parts if re.sub(r"\s", "", part.text) not in plain]
    assert missing == [], "every issue stands in the PDF, word for word"


@pytest.mark.parametrize(
    "reports",
    [
        ["更换管网"],
        ["更换管网。", "建立制度"],
        ["通过三项办法：一是更换；二是新建。", "建立制度。"],
        ["（1）更换管网十二公里。"],
        ["落实情况：已经查明。"],
        ["三、更换了三处。"],
        ["第一段。\n第二段。", "一是甲；二是乙。"],
        ["“一是”二字。"],
    ],
)
def test_reports_are_told_apart_again_whatever_they_hold(reports: list[str]) -> None:
    line = account_of(reports)
    text = (
        f"（一）方面\n1.大类\n问题1.标题。表现在：\n（1）城东漏损。\n落实情况：目前该问题已整改。\n{line}\n二、下步打算"
    )
    (issue,) = issues_of(read_text(text))
    assert len(issue.measures) == len(reports)
    kept = ["".join(m.text.split()) for m in issue.measures]
    assert [re.sub("[①②]|[一二]是|[。\\s]", "", text) for text in kept] == [
        re.sub("[一二]是|[。\\s]", "", text) for text in reports
    ]


def test_the_command_says_what_is_wrong(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    code = cast.inspection.code
    for told, exit_code in (
        ({"inspection": code, "out": tmp_path / "notice.xls"}, 2),
        ({"inspection": "nowhere", "out": tmp_path / "notice.txt"}, 1),
        ({"inspection": code, "out": tmp_path / "notice.txt"}, 1),
    ):
        with pytest.raises(SystemExit) as stopped:
            call_command("export_notice", **told)
        assert stopped.value.code == exit_code
    cast.measure()
    with pytest.raises(SystemExit) as stopped:
        call_command("export_notice", inspection=code, out=tmp_path / "no" / "notice.txt")
    assert stopped.value.code == 2
    with pytest.raises(SystemExit) as stopped:
        call_command("export_notice", inspection=code, out=tmp_path / "notice.txt", audience="public")
    assert stopped.value.code == 1
    assert "Decide first" in capsys.readouterr().err
    call_command("export_notice", inspection=code, out=tmp_path / "notice.txt")
    assert (tmp_path / "notice.txt").read_text(encoding="utf-8").startswith("中共")
