"""Notices in all layouts but `four_levels`: samples, random ones with noise, mixes, and lines that are marred."""

import copy
from pathlib import Path

import pytest

from readers.notice import Corrections, UnreadableNotice, read, read_text, summary
from readers.notice.summary import issues_of
from readers.notice.warnings import MESSAGES, sentence
from readers.tree import Doubt, Reading
from tests.randomness import seeds
from tests.readers.layout_generator import LAYOUTS, Item, LayoutGenerator
from tests.readers.notice_generator import Area
from tests.readers.test_read_notice_generated import scrap, tree_of

NOTICES = Path(__file__).parent / "notices"


def sample(layout: str) -> Reading:
    return read((NOTICES / f"{layout}.txt").read_bytes(), name=f"{layout}.txt")


def told(reading: Reading) -> list[tuple[str, str, str, bool, list[str]]]:
    """Of each issue: code, text, conclusion, whether it is to be kept up, how its reports begin."""
    return [
        (i.code, i.text, i.completion, i.is_sustained, [m.number + m.text[:6] for m in i.measures])
        for i in issues_of(reading)
    ]


SAMPLES = {
    "three_levels": [
        ("1-1-1-01", "关于“以文件落实文件”问题", "done", True, ["修订学习制度", "把研讨记录纳"]),
        ("1-1-1-02", "关于“渔技推广走过场”问题", "", False, ["划定4个联系", "每名技术员每"]),
        ("1-2-1-01", "关于“种苗基地闲置”问题", "", False, ["站支部约请设"]),
        ("2-1-1-01", "关于“报销附件不全”问题。", "not_done", False, ["一方面，补齐"]),
    ],
    "two_levels": [
        ("1-1-1-01", "预警信息进村入户不够及时。", "", False, ["在37个村安", "建立“一村一", "每月抽查一次"]),
        ("1-1-1-02", "2021年以来的观测场改造拖延。", "done", False, ["改造工程由专"]),
        ("2-1-1-01", "下乡调研次数偏少。", "not_done", False, ["（1）班子成员每季", "（2）调研成果在例"]),
        ("2-1-1-02", "干部带头宣讲少。", "basically_done", False, ["①制定了宣讲计", "②已宣讲11场"]),
    ],
    "one_paragraph": [
        ("1-1-1-01", "集中学习次数偏少。", "done", False, ["每月集中学习", "建立考勤台账"]),
        ("1-1-1-02", "学用脱节。", "basically_done", True, ["把学习与业务", "年底开展测评"]),
        ("1-2-1-01", "办理时限没有公开。", "done", False, ["在大厅公示了"]),
        ("2-1-1-01", "个别党员长期不参加活动。", "not_done", False, ["逐人谈话。", "建立“红黄牌"]),
    ],
    "issue_labels": [
        (
            *("1-1-1-01", "农机补贴核查不及时，2022年有17台没有核到机具。", "done", False),
            ["（1）对17台机具", "（2）修订核查办法"],
        ),
        (
            *("1-1-1-02", "新机具示范面积偏小。", "basically_done", False),
            ["（1）新增示范点3", "（2）示范面积扩大", "（3）邀请农户现场"],
        ),
        ("2-1-1-01", "技术人员年龄老化。", "not_done", False, ["（1）争取招录计划"]),
        ("2-1-1-02", "车辆管理不严格。", "not_done", False, ["（1）已开展自查，"]),
    ],
    "part_labels": [
        (
            *("1-1-1-01", "2021年至2022年，有5批种苗没有留存检疫记录，采购合同由1人经办。", "done", False),
            ["①补办检疫记录", "②修订采购办法", "③每季度抽查一"],
        ),
        (
            *("1-1-2-01", "技术服务多以电话代替下乡。", "basically_done", True),
            ["1.划分6个服务", "2.每月下乡不少", "3.年底由林农评"],
        ),
    ],
    "task_labels": [
        (
            *("1-1-1-01", "县畜禽检疫点布局不合理，部分乡镇群众报检不便。", "", False),
            ["1、新设检疫点4", "2、开通网上报检", "3、对32名检疫"],
        ),
    ],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_sample_of_a_layout_is_read_whole(layout: str) -> None:
    reading = sample(layout)
    assert reading.layout == layout
    assert told(reading) == SAMPLES[layout]
    assert reading.unread == []
    assert {doubt.code for doubt in reading.warnings} <= {"joined"}
    assert reading.preamble
    assert reading.closing


def test_headings_goals_and_results_are_where_the_papers_have_them() -> None:
    areas = sample("three_levels").areas
    assert [(a.number, a.title) for a in areas] == [
        ("（一）", "在“落实上级决策部署”方面"),
        ("（二）", "在“全面从严治党”方面"),
    ]
    assert [c.title for c in areas[0].categories] == ["关于“学习不深入”问题的整改", "关于“项目推进缓慢”问题的整改"]
    problems = sample("part_labels").areas[0].categories[0].problems
    assert [(p.number, p.title) for p in problems] == [
        ("问题一：", "制度执行不到位"),
        ("问题二：", "联系群众不紧密"),
    ]
    assert problems[0].issues[0].outcome_after == "2023年以来采购的31批种苗全部留存记录。"
    (task,) = issues_of(sample("task_labels"))
    assert task.goal == "年底前实现乡镇检疫点全覆盖，报检等候时间缩短一半。"


def check_round_trip(layout: str, seed: int) -> None:
    generator = LayoutGenerator(layout, seed)
    notice = generator.notice()
    reading = read_text(generator.text(generator.lines(copy.deepcopy(notice))))
    where = f"{layout}, seed {seed}"
    assert tree_of(reading) == plain(notice.areas), where
    items = [i for a in notice.areas for c in a.categories for p in c.problems for i in p.issues]
    read_items = list(issues_of(reading))
    assert [i.goal for i in read_items] == [i.goal for i in items], where
    assert [[m.number for m in i.measures] for i in read_items] == [i.marks or [""] * len(i.reports) for i in items]
    assert reading.layout == layout, where
    assert reading.preamble.split("\n") == notice.preamble, where
    assert reading.closing.split("\n") == notice.closing, where
    assert reading.unread == [], where
    assert {doubt.code for doubt in reading.warnings} <= {"joined", "unended", "open_text"}, where


def plain(areas: list[Area]) -> list[Area]:
    """The same tree with issues that compare with those of the generator of `four_levels`."""
    areas = copy.deepcopy(areas)
    for area in areas:
        for category in area.categories:
            for problem in category.problems:
                problem.issues = [tree_issue(item) for item in problem.issues]
    return areas


def tree_issue(item: Item) -> object:
    known = {name: value for name, value in vars(item).items() if name not in {"goal", "marks"}}
    return type(item).__mro__[1](**known)


@pytest.mark.drawn
@pytest.mark.parametrize("layout", LAYOUTS)
def test_notices_of_a_layout_are_read_back_as_they_were_made(layout: str) -> None:
    """200 of each, in the long run 2,000."""
    for seed in seeds(200):
        check_round_trip(layout, seed)


def marred_lines(reading: Reading) -> set[int]:
    """The lines that a reading says something of: not understood, or doubted."""
    return {line.line for line in reading.unread} | {doubt.line for doubt in reading.warnings}


@pytest.mark.drawn
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_scrap_in_any_gap_is_not_understood_or_doubted(layout: str) -> None:
    """Or it stands where anything may stand: in preamble or closing. Where it was taken for the first half of a line,
    the doubt is at the second.
    """
    for seed in seeds(100):
        generator = LayoutGenerator(layout, seed)
        lines = generator.lines(generator.notice())
        gap, nonsense = generator.rng.randint(0, len(lines)), scrap(generator.rng)
        reading = read_text("\n".join([*lines[:gap], nonsense, *lines[gap:]]))
        around = (reading.preamble + "\n" + reading.closing).split("\n")
        assert marred_lines(reading) & {gap + 1, gap + 2} or nonsense in around, f"{layout}, seed {seed}: {nonsense}"


@pytest.mark.drawn
@pytest.mark.parametrize("layout", ["three_levels", "two_levels", "issue_labels", "part_labels", "task_labels"])
def test_an_issue_whose_number_or_label_is_lost_is_not_understood_or_doubted(layout: str) -> None:
    """The line itself, or the next one that hangs in the air because of it, is named."""
    tried = 0
    for seed in seeds(200):
        generator = LayoutGenerator(layout, seed)
        notice = generator.notice()
        items = [i for a in notice.areas for c in a.categories for p in c.problems for i in p.issues]
        lines = generator.lines(notice)
        item = generator.rng.choice(items)
        at = next((n for n, line in enumerate(lines) if line == item.number + item.text), None)
        if at is None:
            continue
        tried += 1
        reading = read_text("\n".join([*lines[:at], item.text, *lines[at + 1 :]])) if len(items) > 1 else None
        if reading is not None:
            found = marred_lines(reading)
            assert found & set(range(at, at + 4)) or "number" in {d.code for d in reading.warnings}, f"{layout}, {seed}"
    assert tried > 20


def test_a_paper_of_two_layouts_is_read_area_by_area_and_says_so() -> None:
    text = (
        "一、整改情况\n(一)学习方面\n1.关于“学用脱节”问题的整改\n(1)关于“以文件落实文件”问题\n整改情况:目前该问题已整改。\n"
        "一是修订制度。二是组织研讨。\n(二)服务方面\n反馈问题:窗口午间无人值守。\n整改情况:已完成。\n(1)实行轮值。\n(2)公开电话。\n"
        "(三)管理方面\n问题一:账目不清\n问题描述:报销附件不全。\n整改措施:①补齐附件；②开展培训。\n整改成效:基本完成。\n二、下步打算\n继续努力。"
    )
    reading = read_text(text)
    assert reading.layout == "three_levels+issue_labels+part_labels"
    assert [(d.line, d.code, d.words) for d in reading.warnings] == [
        (7, "layout", "issue_labels"),
        (12, "layout", "part_labels"),
    ]
    assert told(reading) == [
        ("1-1-1-01", "关于“以文件落实文件”问题", "done", False, ["修订制度。", "组织研讨。"]),
        ("2-1-1-01", "窗口午间无人值守。", "done", False, ["(1)实行轮值。", "(2)公开电话。"]),
        ("3-1-1-01", "报销附件不全。", "basically_done", False, ["①补齐附件；", "②开展培训。"]),
    ]
    assert (reading.unread, reading.preamble, reading.closing) == ([], "一、整改情况", "二、下步打算\n继续努力。")
    assert told(read_text(text, Corrections(layout=reading.layout))) == told(reading)


def test_a_number_that_does_not_follow_is_doubted_and_the_order_counts() -> None:
    reading = read_text(
        "一、整改情况\n1.制度不全。\n整改落实情况:一是修订。\n3.台账不清。\n整改落实情况:一是补记。\n"
        "4.2020年以来欠账。\n整改落实情况:一是清理。"
    )
    assert [(d.line, d.code, d.words) for d in reading.warnings] == [(4, "number", "3.")]
    assert [i.code for i in issues_of(reading)] == ["1-1-1-01", "1-1-1-02", "1-1-1-03"]


def test_a_heading_with_a_report_at_once_is_taken_for_an_issue() -> None:
    reading = read_text(
        "一、整改情况\n(一)学习方面\n1.关于“甲”问题的整改\n(1)关于“子”问题\n整改情况:已完成。\n(2)关于“丑”问题\n整改情况:已完成。\n"
        "2.关于“乙”问题的整改\n整改情况:已完成。一是补课。"
    )
    assert [(d.line, d.code) for d in reading.warnings if d.code == "promoted"] == [(8, "promoted")]
    assert [i.text for i in issues_of(reading)][-1] == "关于“乙”问题的整改"
    assert [c.title for c in reading.areas[0].categories] == ["关于“甲”问题的整改", ""]


@pytest.mark.parametrize(
    "text",
    [
        "整改情况良好。\n一是甲。二是乙。",
        "关于召开会议的通知\n(一)时间。\n1.上午九点。\n(1)地点。",
        "关于学习的通知\n反映问题要及时。\n①甲②乙",
        "一、总体情况\n1.加强领导。\n二、下步打算\n继续努力。",
    ],
)
def test_a_text_without_any_issue_stays_a_clear_error(text: str) -> None:
    with pytest.raises(UnreadableNotice, match="No issue with a line"):
        read_text(text)


def test_every_doubt_is_a_sentence_that_can_be_translated() -> None:
    for code in MESSAGES:
        doubt = Doubt(3, code, "原文")
        assert "%(" not in sentence(doubt)
        assert sentence(doubt, lambda message: f"<{message}>").startswith("<")
    warnings = summary(sample("part_labels"), lambda message: message.upper())["warnings"]
    assert warnings == [{"line": 14, "message": "JOINED TO THE LINE ABOVE, WHICH WAS BROKEN OFF"}]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_line_is_told_with_what_it_was_understood_as(layout: str) -> None:
    generator = LayoutGenerator(layout, 3)
    text = generator.text(generator.lines(generator.notice()))
    reading = read_text(text)
    printed = {number: line.strip("\u200b 　\t\u00a0") for number, line in enumerate(text.splitlines(), 1)}
    shown: dict[int, str] = {}
    for line in reading.lines:
        shown[line.line] = shown.get(line.line, "") + line.text
    assert shown == {number: line for number, line in printed.items() if line}
