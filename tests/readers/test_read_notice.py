"""Every trap of a published notice, in a notice of an invented office: the exact tree, and nothing lost on the way."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.notice import UnreadableNotice, read, read_text, summary
from readers.notice.fullwidth import filled, half_width
from readers.notice.reports import numeral, split_reports
from readers.notice.source import split
from readers.notice.summary import issues_of
from readers.tree import Reading
from tests.randomness import seeds
from tests.readers.notice_generator import Generator

TRAPS = (Path(__file__).parent / "traps.txt").read_text(encoding="utf-8")
LINES = filled(split(TRAPS))

DIGITISED = "2019年以来,集中学习多以读文件代替研讨,2.0版查阅系统上线后仍有0.82万件档案没有目录。"
MOVED = "对潩水路库房搬迁缺少统筹,工期一再推迟,自2021年3月起两次停工。"
TREE = [
    (
        *("(一)", "服务中心工作不够主动"),
        [
            (
                *("1.", "学习贯彻有差距。"),
                [
                    (*("问题1.", "学用结合不紧。"), [("1-1-1-01", "(1)", DIGITISED), ("1-1-1-02", "（２）", MOVED)]),
                    (
                        *("问题２．", "利用服务不便民。"),
                        [("1-1-2-01", "(1)", "查档窗口午间无人值守。"), ("1-1-2-02", "(1)", "异地查档没有开通。")],
                    ),
                ],
            ),
            (
                *("2.", "底线意识不强。"),
                [(*("问题1.", "安全底线绷得不紧。"), [("1-2-1-01", "（1）", "库房温湿度记录有缺页")])],
            ),
        ],
    ),
    (
        *("（二）", "从严治党压力传导不足"),
        [
            (
                *("1、", "经费管理不严格"),
                [
                    (
                        *("问题1.", "报销审核不细。"),
                        [("2-1-1-01", "（3）", "2018年—2020年,有5笔差旅费超标准报销,涉及金额0.36万元。")],
                    )
                ],
            )
        ],
    ),
]
REPORTS = {
    "1-1-1-01": [
        "修订学习制度，把研讨列为必经环节。",
        "组织专班补录目录，自2022年10月份以来，共补录0.82万件，完成率100%。",
        "开设“一是一、二是二。二是较真”专栏，晒出进度。",
    ],
    "1-1-1-02": ["约谈了施工单位，重新排定工期。", "每周现场调度，已于2022年12月完成搬迁。"],
    "1-1-2-01": ["一方面，增设两名窗口人员，实行午间轮值。另一方面，开通网上预约，群众可以错峰查档。"],
    "1-1-2-02": ["已与3个县区馆签订协议，其余县区正在对接。"],
    "1-2-1-01": ["补齐了记录，并由值班领导逐日签字。", "更换了（含备用）12台温湿度计。"],
    "2-1-1-01": ["馆党组责成财务科逐笔核对，超标准部分已全部收回。"],
}


def check_traps(reading: Reading) -> None:
    tree = [
        (
            *(area.number, area.title),
            [
                (
                    *(category.number, category.title),
                    [
                        (*(problem.number, problem.title), [(i.code, i.number, i.text) for i in problem.issues])
                        for problem in category.problems
                    ],
                )
                for category in area.categories
            ],
        )
        for area in reading.areas
    ]
    assert tree == TREE
    assert {issue.code: [measure.text for measure in issue.measures] for issue in issues_of(reading)} == REPORTS
    assert reading.unread == []


def test_the_tree_is_exactly_that_of_the_paper() -> None:
    check_traps(read_text(TRAPS))


def test_conclusions_and_the_prose_around_the_reports_are_kept() -> None:
    issues = {issue.code: issue for issue in issues_of(read_text(TRAPS))}
    assert {code: (issue.completion, issue.is_sustained) for code, issue in issues.items()} == {
        "1-1-1-01": ("done", True),
        "1-1-1-02": ("done", False),
        "1-1-2-01": ("done", False),
        "1-1-2-02": ("not_done", False),
        "1-2-1-01": ("basically_done", True),
        "2-1-1-01": ("done", False),
    }
    around = {code: (i.outcome_before, i.outcome_after) for code, i in issues.items()}
    assert {code: texts for code, texts in around.items() if any(texts)} == {
        "1-1-1-02": ("针对该问题,我馆", ""),
        "1-2-1-01": ("", "目前，库房温湿度全部达标，没有再出现缺页。"),
    }
    assert issues["1-1-1-02"].status_line == "整改落实情况：该问题已整改。"


def test_what_stands_around_the_tree_is_told_apart() -> None:
    reading = read_text(TRAPS)
    assert reading.title == "中共临溪市档案馆党组关于巡察整改进展情况的通报"
    assert reading.organisation == "临溪市档案馆"
    assert [line.line for line in reading.furniture] == [1, 5]
    assert reading.preamble.split("\n") == [
        "根据市委部署，2022年8月1日至9月20日，市委第三巡察组对市档案馆党组开展了巡察。按照有关规定，现将整改进展情况予以公布。",
        "一、组织落实情况",
        "(一)扛牢主体责任。馆党组先后召开4次会议研究整改工作，制定2个方面3大类6个问题14项整改措施。",
        "1.成立领导小组。由党组书记任组长，下设办公室。",
        "(1)建立台账。每个问题明确一名馆领导负责。",
        "（二）逐项对账销号。落实一项、销号一项。",
        "二、问题整改情况",
        "目前，反馈的6个问题已整改5个。",
    ]
    assert reading.closing.split("\n") == [
        "三、下一步打算",
        "(一)持续抓好整改。对尚未完成的事项紧盯不放。",
        "1.定期回头看。每半年检查一次。",
        "欢迎广大干部群众对整改落实情况进行监督。联系方式：电话0399-1234567；电子邮箱dag@example.com。",
        "中共临溪市档案馆党组",
        "2023年4月18日",
    ]
    assert reading.claimed == {"areas": 2, "categories": 3, "issues": 6, "measures": 14}


def as_word() -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for line in TRAPS.splitlines():
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def as_word_table() -> bytes:
    """The whole paper in one cell, as old templates have it, with soft line breaks."""
    document, out = docx.Document(), io.BytesIO()
    document.add_table(rows=1, cols=1).cell(0, 0).text = TRAPS
    document.save(out)
    return out.getvalue()


def as_page(charset: str) -> bytes:
    lines = "".join(f"<p><span>&nbsp;&nbsp;{line.text}</span></p>\n" for line in LINES)
    title = "<title>中共临溪市档案馆党组关于巡察整改进展情况的通报-临溪市档案馆</title>"
    head = f'<!DOCTYPE html><html><head><meta charset="{charset}">{title}<style>p {{}}</style></head>'
    menu = "<ul><li><a href='/'>网站首页</a></li><li>机构设置</li><li>互动交流</li></ul><script>var a = '(1)';</script>"
    return f"{head}<body>{menu}{lines}</body></html>".encode("gb18030" if charset == "gb2312" else charset)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", as_word()),
        ("a.docx", as_word_table()),
        ("a.html", as_page("gb2312")),
        ("page without ending", as_page("utf-8")),
        ("a.txt", TRAPS.encode("gb18030")),
        ("a.txt", TRAPS.encode("utf-16")),
        ("a.txt", TRAPS.replace("\n", "\r\n").encode("utf-8-sig")),
    ],
)
def test_every_kind_of_file_gives_the_same(name: str, data: bytes) -> None:
    reading = read(data, name=name)
    check_traps(reading)
    expected = read_text(TRAPS)
    assert (reading.title, reading.preamble, reading.closing) == (expected.title, expected.preamble, expected.closing)


def test_the_navigation_of_a_saved_page_is_told_as_furniture() -> None:
    told = summary(read(as_page("utf-8"), name="a.html"))
    assert [line["text"] for line in told["furniture"]][1:4] == ["网站首页", "机构设置", "互动交流"]


SCRAPS = (
    "asdf",
    "lorem ipsum 42",
    "20230418",
    "3.14159",
    "——",
    "※※※",
    "(3)",
    "（十）",
    "1.",
    "问题5.",
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往",
    "风雨，雷电",
    "第 3 页",
)


@pytest.mark.parametrize("scrap", SCRAPS)
def test_a_scrap_in_any_gap_is_told_and_changes_nothing_else(scrap: str) -> None:
    """The rule. A scrap closes no sentence, has no marker of a report, is no heading with words behind it, and is
    shorter than twenty characters or has no comma. It is never taken into the tree: it is unread, or stands where
    anything may stand, in preamble or closing. A whole sentence under a status, or a heading with words, cannot be
    told from a part of the paper.
    """
    texts = [line.text for line in LINES]
    for gap in range(len(LINES) + 1):
        reading = read_text("\n".join([*texts[:gap], scrap, *texts[gap:]]))
        unread = [(line.line, line.text) for line in reading.unread]
        around = reading.preamble.split("\n") + reading.closing.split("\n")
        assert unread == [(gap + 1, scrap)] or (not unread and scrap in around), f"{scrap} in line {gap + 1}"
        reading.unread = []
        check_traps(reading)


PIECES = st.sampled_from(
    [
        *(line.text for line in LINES),
        *SCRAPS,
        "一是甲。二是乙。",
        "二是丙。",
        "三是丁",
        "一是",
        "一是。二是。",
        "落实情况:",
        "落实情况：一是已整改。二是长期坚持。",
        "落实情况:目前该问题已整改。一是抓紧落实。二是一抓到底。",
        "问题1.表现在:",
        "1.2020年以来的欠账",
        "⑴旧账",
        "㈠旧账",
        "一、",
        "\u200b(1)\u200b",
        "“没有右引号一是。二是三是。",
        "9" * 5000 + "个问题",
        "一是" + "一是" * 200,
        "".join(f"{numeral(n)}是甲。" for n in range(1, 100)),
    ]
)
ANYTHING = st.lists(st.one_of(PIECES, PIECES, PIECES, st.text(max_size=60)), max_size=60)


@st.composite
def edited(draw: st.DrawFn) -> list[str]:
    """The paper of the traps with lines left out, put in and written over: most of these still hold a tree."""
    lines = [line.text for line in LINES]
    for _ in range(draw(st.integers(0, 25))):
        place = draw(st.integers(0, len(lines)))
        lines[place : place + draw(st.integers(0, 2))] = draw(
            st.lists(st.one_of(PIECES, st.text(max_size=60)), max_size=2)
        )
    return lines


PAPERS = st.one_of(ANYTHING, edited(), edited(), edited(), st.permutations([line.text for line in LINES]))


def squeezed(text: str) -> Counter[str]:
    return Counter(char for char in half_width(text) if not char.isspace())


def told_of(reading: Reading) -> Iterator[str]:
    """Everything that a reading holds, as printed; numbers of reports come back from their order."""
    yield from (reading.title, reading.preamble, reading.closing)
    yield from (line.text for line in [*reading.furniture, *reading.unread])
    for area in reading.areas:
        yield area.number + area.title
        for category in area.categories:
            yield category.number + category.title
            yield from (problem.number + problem.title for problem in category.problems)
    for issue in issues_of(reading):
        yield from (issue.number + issue.text, issue.status_line, issue.outcome_before, issue.outcome_after)
        for number, measure in enumerate(issue.measures, 1):
            counted = f"{numeral(number)}是" if len(issue.measures) > 1 else ""
            yield (measure.number or counted) + measure.text


def tails_of(reading: Reading) -> Iterator[str]:
    """Words at the end of problem headings that are no title, such as 表现在."""
    printed = (line.text for line in reading.lines if line.kind == "problem")
    categories = (category for area in reading.areas for category in area.categories)
    for problem in (problem for category in categories for problem in category.problems if problem.line):
        rest = next(printed).removeprefix(problem.number).strip().removeprefix(problem.title)
        assert re.fullmatch(r"\s*((主要|具体)?表现(在|为)?\s*:?)?\s*", half_width(rest))
        yield rest


def check_nothing_is_lost(text: str) -> None:
    """Every character of the source is in the reading once, and none that was not there."""
    lines = split(text)
    try:
        reading = read_text(text)
    except UnreadableNotice as error:
        if error.code != "no_tree":
            raise
        return
    told = squeezed("".join(told_of(reading))) + squeezed("".join(tails_of(reading)))
    source = squeezed(text)
    lone = sum(1 for issue in issues_of(reading) if len(issue.measures) == 1)
    lost = source - told
    assert told - source == Counter()
    # a report that is the only one may have had its 一是; its order tells no number then
    assert set(lost) <= set("一是")
    assert lost["一"] == lost["是"] <= lone
    # where a line is named, it is the line of that number
    texts = {line.number: line.text for line in filled(lines)}
    assert all(text in texts[number] for number, text in numbered(reading))
    # every line that holds something is told with what it was understood as, its parts in their order
    shown: dict[int, str] = {}
    for line in reading.lines:
        shown[line.line] = shown.get(line.line, "") + line.text
    assert {number: squeezed(text) for number, text in shown.items()} == {n: squeezed(t) for n, t in texts.items()}


def numbered(reading: Reading) -> list[tuple[int, str]]:
    return [(line.line, line.text) for line in [*reading.furniture, *reading.unread]]


@given(PAPERS)
def test_nothing_of_any_paper_is_lost(lines: list[str]) -> None:
    check_nothing_is_lost("\n".join(lines))


@pytest.mark.drawn
def test_nothing_of_the_traps_and_of_generated_notices_is_lost() -> None:
    check_nothing_is_lost(TRAPS)
    for seed in seeds(50):
        generator = Generator(seed)
        check_nothing_is_lost(generator.text(generator.printed(generator.notice()).lines))


def test_losing_a_line_would_be_seen() -> None:
    """The check of the tests above fails where a reader drops a line."""
    reading = read_text(TRAPS)
    whole = squeezed("".join(told_of(reading)))
    next(iter(issues_of(reading))).measures.pop()
    assert squeezed("".join(told_of(reading))) != whole


@pytest.mark.parametrize(
    ("text", "before", "texts"),
    [
        ("一是甲。二是乙。", "", ["甲。", "乙。"]),
        ("一是甲;二是乙。", "", ["甲;", "乙。"]),
        ("一是甲\n二是乙。", "", ["甲", "乙。"]),
        ("针对该问题,我局一是甲。二是乙。", "针对该问题,我局", ["甲。", "乙。"]),
        ("统一是前提。二是乙。", "", ["统一是前提。二是乙。"]),
        ("“一是甲。二是乙。”", "", ["“一是甲。二是乙。”"]),
        ("一是落实“三会一课制度。二是乙。", "", ["落实“三会一课制度。", "乙。"]),
        ("一方面甲。一方面乙。", "", ["一方面甲。一方面乙。"]),
        ("一是。二是。", "", ["。", "。"]),
        ("一是二是", "", ["二是"]),
        ("一是\n二是", "", ["一是\n二是"]),
    ],
)
def test_reports_are_split_at_their_markers(text: str, before: str, texts: list[str]) -> None:
    reports = split_reports(text, half_width(text))
    assert (reports.before, reports.texts) == (before, texts)


def test_a_hundred_reports_and_unclosed_quotes_take_no_time() -> None:
    """Neither a number beyond 99 nor a text of markers without end stops the reader."""
    many = "".join(f"{numeral(number)}是甲。" for number in range(1, 100)) + "一百是乙。"
    assert len(split_reports(many, many).texts) == 99
    odd = "“一是甲。" * 20_000
    assert split_reports(odd, odd).texts
