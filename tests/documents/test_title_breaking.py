"""Titles break between words, each line fits, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.text_fit import width_of
from documents.title_breaking import CLOSING, OPENING, ROOM, title_lines
from documents.wording import plain


@pytest.mark.parametrize(
    "lines",
    [
        ["整改销号申请审批表"],
        ["中共许昌市城市管理局党组", "关于巡察整改情况的通报"],
        ["中共青川市水务局党组关于市委第三巡察组", "巡察反馈意见整改情况的通报"],
        ["青川市水务局党组落实市委", "巡察组反馈意见整改方案"],
        ["关于转发《青川市巡察整改", "工作办法（试行）》的通知"],
        ["关于2026年第47周整改进展情况的通报"],
    ],
)
def test_a_title_is_broken_where_it_is_read(lines: list[str]) -> None:
    assert title_lines("".join(lines)) == lines


def test_line_ends_of_its_own_are_kept() -> None:
    assert title_lines("关于整改情况的\n通报") == ["关于整改情况的", "通报"]


@pytest.mark.parametrize("word", ["领导小组", "2026年11月20日", "第三巡察组", "巡察", "Rectification", "《办法》"])
@pytest.mark.parametrize("before", range(8, 22))
def test_no_word_is_torn(word: str, before: int) -> None:
    name = "青川市水务局供水管理处河湖管理科建设站"
    assert any(word in line for line in title_lines(f"{(name * 2)[:before]}{word}整改情况的通报"))


@given(st.text(alphabet="关于巡察整改情况的通报水务局（）《》、，。2026年ab \n", max_size=120))
def test_each_line_fits_and_nothing_is_lost(text: str) -> None:
    lines = title_lines(text)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())
    for line in lines:
        assert sum(map(width_of, line)) <= ROOM


@pytest.mark.parametrize("mark", sorted(OPENING | CLOSING))
def test_no_mark_begins_or_ends_a_line_where_it_may_not(mark: str) -> None:
    for before in range(12, 24):
        first, *others = title_lines(f"{'水' * before}{mark}整改情况的通报水务局")
        assert not any(line.startswith(mark) for line in others) or mark not in CLOSING
        assert not any(line.endswith(mark) for line in [first, *others[:-1]] if others) or mark not in OPENING


def test_a_title_of_any_length_is_broken_in_no_time() -> None:
    assert len(title_lines("整改工作" * 2_500)) == 500
