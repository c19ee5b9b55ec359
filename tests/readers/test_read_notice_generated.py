"""Random notices of the layout `four_levels` are printed with noise, and the reader gives the same tree back."""

import copy
import random
from collections.abc import Callable

import pytest

from readers.notice import read_text
from readers.tree import Reading
from tests.randomness import seeds
from tests.readers.notice_generator import Area, Category, Generator, Issue, Notice, Problem

SCRAPS = (
    "asdf",
    "xyz 123",
    "20230418",
    "3.14",
    "——",
    "***",
    "(3)",
    "（12）",
    "(二)",
    "1.",
    "问题2.",
    "附页",
    "此页空白",
)
WORDS = "山石田水火土木金风雨雷电云雾霜雪春夏秋冬东西南北"


def tree_of(reading: Reading) -> list[Area]:
    def issues(problem: object) -> list[Issue]:
        return [
            Issue(
                number=issue.number,
                text=issue.text,
                completion=issue.completion,
                is_sustained=issue.is_sustained,
                before=issue.outcome_before,
                reports=[measure.text for measure in issue.measures],
                after=issue.outcome_after,
            )
            for issue in problem.issues
        ]

    def problems(category: object) -> list[Problem]:
        return [Problem(problem.number, problem.title, issues(problem)) for problem in category.problems]

    def categories(area: object) -> list[Category]:
        return [Category(category.number, category.title, problems(category)) for category in area.categories]

    return [Area(area.number, area.title, categories(area)) for area in reading.areas]


def check_round_trip(seed: int) -> None:
    generator = Generator(seed)
    notice = generator.notice()
    reading = read_text(generator.text(generator.printed(copy.deepcopy(notice)).lines))
    assert tree_of(reading) == notice.areas, f"seed {seed}"
    assert reading.title == notice.title, f"seed {seed}"
    assert reading.preamble.split("\n") == notice.preamble, f"seed {seed}"
    assert reading.closing.split("\n") == notice.closing, f"seed {seed}"
    assert reading.unread == [], f"seed {seed}"


@pytest.mark.drawn
def test_notices_are_read_back_as_they_were_made() -> None:
    """500 of them, in the long run 5,000."""
    for seed in seeds(500):
        check_round_trip(seed)


def first_issue(notice: Notice) -> Issue:
    return notice.areas[0].categories[0].problems[0].issues[0]


def turn_the_sustained_flag(notice: Notice) -> None:
    first_issue(notice).is_sustained = not first_issue(notice).is_sustained


def lose_a_report(notice: Notice) -> None:
    first_issue(notice).reports.pop()


def change_a_character(notice: Notice) -> None:
    first_issue(notice).text = first_issue(notice).text.replace("，", ",", 1) + "，"


def change_the_printed_number(notice: Notice) -> None:
    first_issue(notice).number += " "


def swap_two_branches(notice: Notice) -> None:
    notice.areas[0].categories.insert(0, notice.areas[-1].categories.pop())


def rename_a_category(notice: Notice) -> None:
    notice.areas[0].categories[0].title += "了"


def change_the_conclusion(notice: Notice) -> None:
    first_issue(notice).completion = {"done": "not_done"}.get(first_issue(notice).completion, "done")


def split_a_problem(notice: Notice) -> None:
    problems = notice.areas[0].categories[0].problems
    problems.insert(1, Problem(problems[0].number, problems[0].title, [problems[0].issues.pop()]))


@pytest.mark.parametrize(
    "mutate",
    [
        turn_the_sustained_flag,
        lose_a_report,
        change_a_character,
        change_the_printed_number,
        swap_two_branches,
        rename_a_category,
        change_the_conclusion,
        split_a_problem,
    ],
)
def test_the_comparison_sees_every_kind_of_difference(mutate: Callable[[Notice], None]) -> None:
    """What is read is held against another tree than the one that was printed: the test above can fail."""
    generator = Generator(7)
    notice = generator.notice()
    reading = read_text(generator.text(generator.printed(copy.deepcopy(notice)).lines))
    assert tree_of(reading) == notice.areas
    mutate(notice)
    assert tree_of(reading) != notice.areas


def test_the_noise_is_really_printed() -> None:
    """Each kind of noise comes up in the notices of the test above; else they would prove nothing about it."""
    texts, breaks = [], 0
    for seed in range(100):
        generator = Generator(seed)
        notice = generator.notice()
        problems = [problem for area in notice.areas for category in area.categories for problem in category.problems]
        whole = {issue.number + issue.text for problem in problems for issue in problem.issues}
        lines = generator.printed(notice).lines
        breaks += sum(1 for text in whole if text not in lines)
        texts.append(generator.text(lines))
    text = "\n".join(texts)
    assert breaks > 20
    wide = ("（１）", "问题１", "整改落实情况：")
    marks = ("\n一是", "我馆一是", "。十一是", "。一是", "一方面，")
    for noise in (*wide, *marks, "\r\n", "\u00a0", "首页 >"):
        assert noise in text, noise


def scrap(rng: random.Random) -> str:
    """A line that is neither a heading with words behind it nor a sentence."""
    words = "".join(rng.choice(WORDS) for _ in range(rng.randint(2, 30)))
    return rng.choice([*SCRAPS, words, words, words[:5] + "，" + words[:5]])


@pytest.mark.drawn
def test_a_scrap_in_any_gap_of_a_notice_is_told_and_changes_nothing_else() -> None:
    """The rule: a line without the end of a sentence, without a marker of a report and, under a status, shorter than
    twenty characters or without a comma, belongs to nothing. A heading with words behind it, or a whole sentence
    where prose may stand, cannot be told from a part of the paper; neither is tried here.
    """
    for seed in seeds(300):
        generator = Generator(seed)
        notice = generator.notice()
        lines = generator.printed(copy.deepcopy(notice)).lines
        gap = generator.rng.randint(0, len(lines))
        nonsense = scrap(generator.rng)
        reading = read_text("\n".join([*lines[:gap], nonsense, *lines[gap:]]))
        where = f"seed {seed}: {nonsense} in line {gap + 1}"
        assert tree_of(reading) == notice.areas, where
        unread = [(line.line, line.text) for line in reading.unread]
        around = reading.preamble.split("\n") + reading.closing.split("\n")
        assert unread == [(gap + 1, nonsense)] or (unread == [] and nonsense in around), where
