"""What tests of papers share: texts that try to be code, papers that hold them, and reading a PDF back."""

import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest

from documents import Annex, Cell, Form, Group, Heading, Imprint, Masthead, PageBreak, Paper, Table, Text, Total

RARE = "潩镕堃喆昇玥珺"
CODE = (
    '#import "@preview/cetz:0.3.0": *',
    "$x^2$ *bold* _it_ @ref <label> = Heading",
    '#eval("1+1") #panic() \\u{41} // comment /* more */',
    "<b>bold</b> &lt; &amp; ]]> <w:p/>",
    "{{ 7*7 }} {% now 'Y' %}",
    "=cmd|' /C calc'!A0",
)
"""Each would do something, or vanish, where a text is taken for markup or a formula."""

OFFICIAL = Paper(
    title="关于整改情况的\n通报",
    issuer="青川市水务局文件",
    number="青水〔2026〕10号",
    addressees="各科室：",
    blocks=(
        Heading("一、组织落实", 1),
        Text("局党组召开会议研究整改工作。" * 12),
        Heading("（一）履行职责", 2),
        Text("\n".join(CODE)),
        Heading("1．供水保障", 3),
        Heading("（1）管网老化", 4),
        Table(("序号", "名称"), (("1", RARE), ("2", "a" * 200)), (1, 9)),
    ),
    signature="中共青川市水务局党组",
    dated=date(2026, 2, 3),
    author="青川市水务局",
    created_at=datetime(2026, 2, 3, 1, tzinfo=UTC),
)

LETTER = Paper(
    title="中共青川市水务局党组关于市委第三巡察组巡察反馈意见整改情况的通报",
    issuer="青川市水务局文件",
    number="青水〔2026〕10号",
    addressees="市委巡察办，局属各单位：",
    blocks=(
        Heading("一、组织落实", 1),
        Text("局党组召开会议研究整改工作。" * 30),
        Heading("（一）履行职责", 2),
        Heading("1．供水保障", 3),
        Heading("（1）管网老化", 4),
        Text("目前该问题已整改。", lead="落实情况："),
    ),
    annexes=(
        Annex("问题清单", (Table(("序号", "问题"), (("1", "管网老化"),), (1, 9), caption="表1"),), landscape=True),
        Annex("责任清单"),
    ),
    signature="中共青川市水务局党组",
    dated=date(2026, 2, 3),
    imprint=Imprint("青川市水务局办公室", date(2026, 2, 4), "市纪委监委，市委组织部"),
    author="青川市水务局",
)
"""A letter with all that a letter may have; its annex lies across."""

BULLETIN = Paper(
    title="关于第47周整改进展情况的通报",
    masthead=Masthead("巡察整改周报", "第3期", "青川市水务局整改办", date(2026, 11, 20)),
    subtitle="（送审稿）",
    blocks=(
        Text("本周销号措施12项。"),
        Table(
            ("单位", "应销号", "已销号", "销号率"),
            (Group("局机关"), ("办公室", "30", "27", "90.0%"), Total(("合计", "30", "27", "90.0%"))),
            (4, 2, 2, 2),
            aligns=("left", "right", "right", "centre"),
            above=(("", 1), ("措施", 2), ("", 1)),
            caption="表1　单位排名",
            note="注：销号率相同的并列。",
        ),
        PageBreak(),
        Text("下周重点工作。"),
    ),
    signature="整改办",
    dated=date(2026, 11, 20),
    imprint=Imprint("青川市水务局办公室", date(2026, 11, 20)),
    foot=f"操作留痕链 inspection:demo 至第1024号，SHA-256：{'9f86d081' * 8}",
)
"""A bulletin; the date is longer than the signature."""


def form(*texts: str, below: tuple[str, ...] = ()) -> Paper:
    """A form with a row of two fields and one wide field for each text."""
    first = (Cell("问题编号", "1-1-1-01"), Cell("责任领导", RARE))
    wide = tuple((Cell(f"栏目{number}", text, "张三 2026年3月2日 09:05"),) for number, text in enumerate(texts, 1))
    return Paper(
        title="审批表", blocks=(Form((first, *wide), ("编号：1-1-1-01-02", "第1轮"), below),), page_numbers=False
    )


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def squeezed(text: str) -> str:
    """The text without blanks and line ends, which a typesetter puts where it needs them."""
    return "".join(text.split())


def converted(docx: bytes, folder: Path) -> bytes:
    """The Word file as LibreOffice prints it; the test is skipped where there is none."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    folder.mkdir(exist_ok=True)
    (folder / "paper.docx").write_bytes(docx)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "paper.docx"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if not (folder / "paper.pdf").exists():
        pytest.skip(f"LibreOffice cannot read Word files here: {done.stderr.strip()[-200:]}")
    return (folder / "paper.pdf").read_bytes()
