"""Search over issues and measures: words of two characters too, the same rows on either database, by an index."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.search import pairs_of
from issues.models import Issue
from measures.filters import LONGEST_SEARCH, MeasureFilter
from measures.models import Measure
from tests.factories import TODAY, Cast, issue, measure
from tests.randomness import examples

pytestmark = pytest.mark.django_db
TEXTS = {
    "pipes": "更换城东老旧管网12公里",
    "rules": "修订《档案查阅办法（试行）》，建立漏损监测制度",
    "rate": "合格率达到100%，预算_2026按月核对",
    "path": r"台账放在 D:\台账\2026 下",
    "quotes": """把"一事一议"改为'一事三议'""",
    "odd": "ÀÉ潩水路 Ａ区 Straße",
    "latin": "Repair the ROOF of the Archive",
}


@pytest.fixture
def measures(cast: Cast) -> dict[str, Measure]:
    return {name: cast.measure(text=text) for name, text in TEXTS.items()}


def matches(words: str) -> set[str]:
    names = {text: name for name, text in TEXTS.items()}
    filtered = MeasureFilter({"q": words}, queryset=Measure.objects.all(), today=TODAY)
    return {names.get(row.text, row.text) for row in filtered.qs}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("管网", {"pipes"}),
        ("制度", {"rules"}),
        ("潩水", {"odd"}),
        ("网", {"pipes"}),
        ("老旧管网", {"pipes"}),
        ("管网 城东", {"pipes"}),
        ("管网　城东", {"pipes"}),
        ("管网 制度", set()),
        ("网管", set()),
        ("%", {"rate"}),
        ("0%", {"rate"}),
        ("_2", {"rate"}),
        ("__", set()),
        ("\\", {"path"}),
        (":\\", {"path"}),
        ('"一', {"quotes"}),
        ("'一事三", {"quotes"}),
        ("议\"改为'一", {"quotes"}),
        ("{a}", set()),
        ("roof", {"latin"}),
        ("RePaiR", {"latin"}),
        ("ß", {"odd"}),
        ("às", set()),
        ("àé", set()),  # letters beyond A to Z are found as they are written
        ("ÀÉ", {"odd"}),
        ("", set(TEXTS)),
    ],
)
def test_a_word_is_found_as_it_stands_and_nothing_else(
    words: str, names: set[str], measures: dict[str, Measure]
) -> None:
    assert matches(words) == names


def test_a_pair_across_a_gap_is_no_word(cast: Cast) -> None:
    """The index knows pairs only; their order has to be checked in the text."""
    cast.measure(text="甲乙丁乙丙")
    assert matches("甲乙丙") == set()
    assert matches("丁乙丙") == {"甲乙丁乙丙"}


def test_the_issue_above_and_the_code_are_searched_too(cast: Cast) -> None:
    above = cast.issue(text="夜间报修无人接听")
    under = measure(above, text="实行值班制度", lead_unit=cast.roads, leader=cast.leader)
    other = cast.measure(text="安装远程监控")
    assert matches("报修") == {under.text}
    assert matches("报修 值班") == {under.text}
    assert matches("报修 监控") == set()
    assert matches(under.code) == {under.text}
    assert matches(other.code) == {other.text}
    assert matches(under.code[:5]) == {row.text for row in Measure.objects.filter(code__startswith=under.code[:5])}
    assert [row.pk for row in Issue.objects.search("报修")] == [above.pk]
    assert [row.pk for row in Issue.objects.search(above.code)] == [above.pk]
    assert not Issue.objects.search("值班").exists()


def test_only_what_one_may_see_is_found(cast: Cast) -> None:
    cast.measure(text="清理河道", lead_unit=cast.parks)
    visible = Measure.objects.visible_to(cast.roads_officer)
    assert not visible.search("清理").exists()
    assert Measure.objects.visible_to(cast.parks_officer).search("清理").count() == 1


def test_a_change_is_found_at_once_and_the_old_words_no_more(cast: Cast) -> None:
    """However a text gets into the row: nothing has to be written beside it."""
    row = cast.measure(text="清理河道")
    Measure.objects.filter(pk=row.pk).update(text="疏浚河道")
    assert matches("清理") == set()
    assert matches("疏浚") == {"疏浚河道"}
    row.pk, row.position, row.code, row.text = None, 99, "9-9-9-09-99", "植树造林"
    Measure.objects.bulk_create([row])
    assert matches("造林") == {"植树造林"}


def test_a_search_without_end_is_refused(cast: Cast) -> None:
    filtered = MeasureFilter({"q": "字" * (LONGEST_SEARCH + 1)}, queryset=Measure.objects.all(), today=TODAY)
    assert not filtered.is_valid()


def test_pairs_are_those_of_neighbours() -> None:
    assert pairs_of("管网Ab") == sorted(["管网", "网a", "ab"])
    assert pairs_of("管") == []


class AnyText(TestCase):
    """Whatever is searched for in whatever text: the rows are those that Python finds."""

    LETTERS = st.text(alphabet="甲乙%_\\'\"aA é", min_size=1, max_size=8)

    @hypothesis_settings(max_examples=examples(40))
    @given(texts=st.lists(LETTERS.filter(str.strip), min_size=1, max_size=4), word=LETTERS)
    def test_the_database_finds_what_is_there(self, texts: list[str], word: str) -> None:
        cast = Cast()
        above = issue(cast.inspection, text="x")
        rows = [measure(above, text=text, lead_unit=cast.roads, leader=cast.leader) for text in texts]
        folded = [part.lower() for part in word.split()]
        expected = {row.pk for row in rows if all(part in row.text.lower() for part in folded)}
        assert set(Measure.objects.search(word).values_list("pk", flat=True)) == expected


def _fill(cast: Cast, *, count: int) -> None:
    """So many measures of one inspection under a tenth as many issues, written by the database itself."""
    base = cast.measure()
    letters = "(SELECT string_agg(chr(19968 + ((n * 7919 + k * k * 31 + n * k * 13) %% 1500)), '') {})"
    text = letters.format("FROM generate_series(1, 40) AS k")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO issues_issue (inspection_id, problem_id, position, number, code, sort_key, text, goal, status,"
            " completion, is_sustained, outcome_before, outcome_after)"
            f" SELECT %s, %s, n + 10, '', '7-' || n, '0007' || n, {text}, '', 'open', '', false, '', ''"
            " FROM generate_series(1, %s) AS n",
            [base.inspection_id, base.issue.problem_id, count // 10],
        )
        cursor.execute(
            "INSERT INTO measures_measure (inspection_id, issue_id, position, code, sort_key, text, mode, kinds,"
            " leader_id, lead_unit_id, handler, deadline, status, remarks, cancellation_reason)"
            f" SELECT %s, i.id, n / 10 + 1, i.code || '-' || n, '8' || n, {text}, 'immediate', '[]', %s, %s, '',"
            " '2026-04-01', 'planned', '', ''"
            " FROM generate_series(1, %s) AS n JOIN issues_issue i ON i.code = '7-' || (n %% %s + 1)",
            [base.inspection_id, base.leader_id, base.lead_unit_id, count, count // 10],
        )
        cursor.execute("ANALYZE issues_issue")
        cursor.execute("ANALYZE measures_measure")


@pytest.mark.postgres
def test_among_100_000_measures_two_characters_are_found_by_an_index(cast: Cast) -> None:
    """For who sees the whole organisation and for who sees a unit's work alike."""
    _fill(cast, count=100_000)
    word = Measure.objects.get(code="7-2-1").text[3:5]
    for reader in (cast.office, cast.roads_officer):
        visible: Any = Measure.objects.visible_to(reader, cast.inspection)
        filtered = MeasureFilter({"q": word}, queryset=visible, today=TODAY).qs
        plan = filtered.explain()
        assert "measure_text_pairs" in plan, plan
        assert "issue_text_pairs" in plan, plan
        assert "Seq Scan on measures_measure " not in plan, plan
        assert "Seq Scan on issues_issue " not in plan, plan
        expected = visible.filter(text__contains=word) | visible.filter(issue__text__contains=word)
        rows = set(filtered.values_list("pk", flat=True))
        assert rows == set(expected.values_list("pk", flat=True))
        assert 0 < len(rows) < 20_000
    by_code = MeasureFilter({"q": "7-150-"}, queryset=Measure.objects.all(), today=TODAY).qs
    assert "measure_code_begins" in by_code.explain()
    assert by_code.count() == Measure.objects.filter(code__startswith="7-150-").count() > 0
