"""The ledger as a page shows it: headings, issues and measures, folded as the address says and cut into pages.

Whatever the size of the inspection, a page costs four queries: counts, one page of issues, their measures and the bars
of these. It shows so many issues and, where the list is long, so many measures of each; a line leads to the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import Viewer
from issues.models import Area, Category, Inspection, Issue, Problem, sort_key_of
from measures.models import Measure
from measures.queries import Bar
from signoffs.queries.figures import MeasureCounts, Moment, count_by

ISSUES_A_PAGE = 25
MEASURES_OF_ISSUE = 10
"""Measures that the tree shows of one issue at most, where the list is long; plans have three or four."""
LONG = ISSUES_A_PAGE * MEASURES_OF_ISSUE
MEASURES_A_PAGE = 50
LEVELS = ("area", "category", "issue", "measure")
SORTS = {
    "deadline": F("deadline").asc(nulls_last=True),
    "-deadline": F("deadline").desc(nulls_last=True),
    "status": F("status").asc(),
    "unit": F("lead_unit__position").asc(nulls_last=True),
    "leader": F("leader__name").asc(nulls_last=True),
}


@dataclass(frozen=True)
class Folding:
    """How far the tree is unfolded: down to `level`, but for the nodes in `toggled`, which are the other way round."""

    level: str = "measure"
    toggled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, level: str, toggled: str) -> "Folding":
        """Read what an address says; anything odd counts as not said."""
        return cls(level if level in LEVELS else "measure", frozenset(filter(None, toggled.split("."))))

    def is_folded(self, kind: str, pk: int) -> bool:
        by_level = LEVELS.index(self.level) <= LEVELS.index(kind)
        return by_level != (_token(kind, pk) in self.toggled)

    def with_toggled(self, kind: str, pk: int) -> str:
        """Return the `toggled` of an address in which this node is the other way round."""
        return ".".join(sorted(self.toggled ^ {_token(kind, pk)}))


def _token(kind: str, pk: int) -> str:
    return f"{kind[0]}{pk}"


@dataclass
class Row:
    """One line of the tree table: an area, a category, a problem heading, an issue, a measure; or `more`, the line
    below an issue for its `measures` that are left out.
    """

    kind: str
    node: Any
    is_folded: bool = False
    toggled: str = ""
    issues: int = 0
    measures: int = 0
    parts: Bar = field(default_factory=list)  # of an issue: state, label, count
    light: str = ""  # of a measure


@dataclass
class LedgerPage:
    """One page of the ledger with the counts of the whole list."""

    rows: list[Row]
    page: Page[Any]
    issues: int
    measures: int


@dataclass(frozen=True)
class _View:
    """What does not change from row to row."""

    folding: Folding
    today: date
    due_soon_days: int


@dataclass(frozen=True)
class _Below:
    """The measures of an issue that are shown, and all of them as a bar."""

    measures: list[Measure]
    bar: Bar

    @property
    def count(self) -> int:
        return sum(n for _state, _label, n in self.bar)


@dataclass
class _Heading:
    category: Category
    key: str
    issues: int
    measures: int


def tree_page(
    *,
    inspection: Inspection,
    issues: QuerySet[Issue],
    categories: Iterable[Category],
    measures: QuerySet[Measure],
    is_filtered: bool,
    folding: Folding,
    number: Any,
    today: date,
) -> LedgerPage:
    """Return one page in the order of the plan; lights are those of `today`.

    `categories` are those of `categories_of`, `issues` and `measures` those of the inspection that the user sees,
    filtered; where a filter speaks of measures, issues without any of them are left out.
    """
    if is_filtered:
        issues = issues.filter(Exists(measures.filter(issue=OuterRef("pk"))))
    headings = _headings(categories, issues, measures)
    opened = [h for h in headings if not _is_closed(h.category, folding)]
    page = Paginator(range(sum(h.issues for h in opened)), ISSUES_A_PAGE).get_page(number)
    first = page.start_index() - 1 if page.paginator.count else 0
    listed = issues.filter(problem__category__in=[h.category.pk for h in opened])
    listed = listed.select_related("problem", "lead_unit", "leader").order_by("sort_key")
    rows_of_page = list(listed[first : first + ISSUES_A_PAGE + 1])
    here, following = rows_of_page[:ISSUES_A_PAGE], rows_of_page[ISSUES_A_PAGE:]
    low = here[0].sort_key if here and page.number > 1 else ""
    high = following[0].sort_key if following else "~"
    is_many = sum(h.measures for h in headings) > LONG
    moment = Moment.present(today, inspection.due_soon_days)
    below = _measures_of(here, measures, is_many=is_many, moment=moment)
    view = _View(folding, today, inspection.due_soon_days)
    rows = list(_rows(headings, here, below, view, (low, high)))
    return LedgerPage(rows, page, sum(h.issues for h in headings), sum(h.measures for h in headings))


def categories_of(inspection: Inspection, user: Viewer) -> list[Category]:
    """Return the categories that the user sees, with their areas, in order."""
    categories = Category.objects.visible_to(user).filter(inspection=inspection).select_related("area")
    return list(categories.order_by("area__position", "position"))


def _headings(categories: Iterable[Category], issues: QuerySet[Issue], measures: QuerySet[Measure]) -> list[_Heading]:
    """Categories that hold anything listed, with their counts."""
    counted = Count("measures", filter=Q(measures__in=measures.order_by()), distinct=True)
    per_category = issues.order_by().values("problem__category").annotate(n=Count("pk", distinct=True), m=counted)
    counts = {row["problem__category"]: (row["n"], row["m"]) for row in per_category}
    return [
        _Heading(category, sort_key_of(category.area.position, category.position), *counts[category.pk])
        for category in categories
        if category.pk in counts
    ]


def _is_closed(category: Category, folding: Folding) -> bool:
    return folding.is_folded("area", category.area_id) or folding.is_folded("category", category.pk)


def _measures_of(
    issues: list[Issue], measures: QuerySet[Measure], *, is_many: bool, moment: Moment
) -> dict[int, _Below]:
    """Return what is below each issue: its bar, and all its measures, or where they are many the first of them."""
    listed = measures.filter(issue__in=[issue.pk for issue in issues])
    rows = listed.select_related("leader", "lead_unit").order_by("sort_key")
    if is_many:
        place = Window(RowNumber(), partition_by=F("issue"), order_by="sort_key")
        rows = rows.annotate(place=place).filter(place__lte=MEASURES_OF_ISSUE)
    below: dict[int, list[Measure]] = {issue.pk: [] for issue in issues}
    for measure in rows:
        below[measure.issue_id].append(measure)
    counts = count_by(listed, "issue", shapes=[MeasureCounts], moment=moment)
    bars = {row["issue"]: MeasureCounts.of_row(row).segments for row in counts}
    return {pk: _Below(of_issue, bars.get(pk, [])) for pk, of_issue in below.items()}


def _rows(
    headings: list[_Heading],
    issues: list[Issue],
    below: dict[int, _Below],
    view: _View,
    span: tuple[str, str],
) -> Iterator[Row]:
    """Walk the headings that belong on the page: those above its issues, and folded ones that lie among them."""
    folding = view.folding
    by_category: dict[int, list[Issue]] = {}
    for issue in issues:
        by_category.setdefault(issue.problem.category_id, []).append(issue)
    areas: dict[int, list[_Heading]] = {}
    for heading in headings:
        areas.setdefault(heading.category.area_id, []).append(heading)
    for within in areas.values():
        area, key = within[0].category.area, within[0].key[:4]
        if folding.is_folded("area", area.pk):
            if span[0] <= key < span[1]:
                yield _area_row(area, within, folding)
            continue
        listed = [h for h in within if h.category.pk in by_category or _is_folded_here(h, folding, span)]
        if listed:
            yield _area_row(area, within, folding)
        for heading in listed:
            yield _category_row(heading, folding)
            yield from _issue_rows(by_category.get(heading.category.pk, []), below, view)


def _is_folded_here(heading: _Heading, folding: Folding, span: tuple[str, str]) -> bool:
    return folding.is_folded("category", heading.category.pk) and span[0] <= heading.key < span[1]


def _area_row(area: Area, within: Iterable[_Heading], folding: Folding) -> Row:
    within = list(within)
    return Row(
        "area",
        area,
        folding.is_folded("area", area.pk),
        folding.with_toggled("area", area.pk),
        sum(h.issues for h in within),
        sum(h.measures for h in within),
    )


def _category_row(heading: _Heading, folding: Folding) -> Row:
    pk = heading.category.pk
    is_folded, toggled = folding.is_folded("category", pk), folding.with_toggled("category", pk)
    return Row("category", heading.category, is_folded, toggled, heading.issues, heading.measures)


def _issue_rows(issues: list[Issue], below: dict[int, _Below], view: _View) -> Iterator[Row]:
    problem: Problem | None = None
    folding = view.folding
    for issue in issues:
        if problem is None or problem.pk != issue.problem_id:
            problem = issue.problem
            yield Row("problem", problem)
        under, is_folded = below[issue.pk], folding.is_folded("issue", issue.pk)
        toggled = folding.with_toggled("issue", issue.pk)
        yield Row("issue", issue, is_folded, toggled, 1, under.count, under.bar)
        if is_folded:
            continue
        yield from (_measure_row(measure, view.today, view.due_soon_days) for measure in under.measures)
        if under.count > len(under.measures):
            yield Row("more", issue, measures=under.count - len(under.measures))


def _measure_row(measure: Measure, today: date, due_soon_days: int) -> Row:
    return Row("measure", measure, light=measure.light(today, due_soon_days))


def flat_page(
    *, inspection: Inspection, measures: QuerySet[Measure], sort: str, number: Any, today: date
) -> LedgerPage:
    """Return one page of measures alone, sorted by one of `SORTS`; two queries."""
    counts = measures.order_by().aggregate(n=Count("pk", distinct=True), issues=Count("issue", distinct=True))
    page = Paginator(range(counts["n"]), MEASURES_A_PAGE).get_page(number)
    first = page.start_index() - 1 if page.paginator.count else 0
    listed = measures.select_related("leader", "lead_unit", "issue").order_by(SORTS[sort], "sort_key")
    page_of_measures = listed[first : first + MEASURES_A_PAGE]
    rows = [_measure_row(measure, today, inspection.due_soon_days) for measure in page_of_measures]
    return LedgerPage(rows, page, counts["issues"], counts["n"])
