"""How inspections stood at a moment, whole and part by part, from the spans that held then; the present is one too.

Everything is counted by the database, many inspections at once. A measure is in one category and a category in one
area, so areas and the whole are sums of categories; by unit, leader and task force it is counted anew.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Unit, User
from core.history import valid_at
from issues.models import Category, Issue, IssueSpan, TaskForce
from measures.models import Measure, MeasureSpan
from reporting.models import IssueFigures, MeasureFigures, SnapshotRow
from reporting.queries.counts import issue_counts, measure_counts, urgency
from signoffs.models import Application

Kind = SnapshotRow.Kind
CATEGORY = "issue__problem__category"
MEASURES_BY = {
    Kind.CATEGORY: CATEGORY,
    Kind.UNIT: "lead_unit",
    Kind.LEADER: "leader",
    Kind.TASK_FORCE: "assigned__task_force",
}
ISSUES_BY = {Kind.CATEGORY: CATEGORY, Kind.UNIT: "lead_unit", Kind.LEADER: "leader", Kind.TASK_FORCE: "task_force"}
RANKED = (Kind.UNIT, Kind.LEADER)
ALL = tuple(MEASURES_BY)
NO_MEASURES, NO_ISSUES = MeasureFigures(), IssueFigures()


@dataclass(frozen=True)
class Moment:
    """A moment to count at: `at` (None: the present), its day in the office, what counts as due soon."""

    at: datetime | None
    today: date
    due_soon_days: int

    @classmethod
    def past(cls, at: datetime, due_soon_days: int) -> "Moment":
        return cls(at, timezone.localdate(at), due_soon_days)

    @classmethod
    def present(cls, today: date, due_soon_days: int) -> "Moment":
        """What holds until something changes it, whatever the clocks of two servers say."""
        return cls(None, today, due_soon_days)

    def held(self, path: str = "") -> Q:
        """Return the condition that the span `path` holds at this moment."""
        return valid_at(self.at, path)


@dataclass(frozen=True)
class Part:
    """What one area, category, unit, leader or task force has of an inspection; `SnapshotRow` says what is what."""

    kind: str
    key: int | None
    name: str
    position: int
    measures: MeasureFigures
    issues: IssueFigures
    rank: int | None = None


@dataclass(frozen=True)
class Standing:
    """How an inspection stood: the whole, and its parts of every kind in the order of lists."""

    measures: MeasureFigures = NO_MEASURES
    issues: IssueFigures = NO_ISSUES
    parts: list[Part] = field(default_factory=list)

    def by(self, kind: str) -> list[Part]:
        return [part for part in self.parts if part.kind == kind]


def standing(*, inspection: int, moment: Moment, seen_by: Any = None, kinds: Collection[Kind] = ALL) -> Standing:
    """Return how one inspection stood, as `standings` does for several."""
    return standings(inspections=[inspection], moment=moment, seen_by=seen_by, kinds=kinds)[inspection]


def standings(
    *, inspections: Collection[int], moment: Moment, seen_by: Any = None, kinds: Collection[Kind] = ALL
) -> dict[int, Standing]:
    """Return how each of the inspections (by their keys) stood at the moment. As many queries for one as for fifty.

    `seen_by` counts what this person sees now; None, the program, everything. `kinds` are those that are counted
    beside the whole; categories always are, for the whole is their sum.
    """
    counted = _Counted(inspections, moment, seen_by, kinds)
    names = _Names.of(counted)
    return {inspection: _standing(inspection, counted, names) for inspection in inspections}


Tallies = dict[tuple[int, str], dict[int | None, Any]]


class _Counted:
    """The figures of several inspections by kind and key: (inspection, kind) → key → figures."""

    def __init__(self, inspections: Collection[int], moment: Moment, seen_by: Any, kinds: Collection[Kind]) -> None:
        spans = MeasureSpan.objects.filter(moment.held(), inspection__in=inspections).order_by()
        issues = IssueSpan.objects.filter(moment.held(), inspection__in=inspections).order_by()
        if seen_by is not None:
            spans = spans.filter(measure__in=Measure.objects.visible_to(seen_by).order_by().values("pk"))
            issues = issues.filter(issue__in=Issue.objects.visible_to(seen_by).order_by().values("pk"))
        same_time = moment.held("issue__spans__")
        dutiful = spans.annotate(assigned=FilteredRelation("issue__spans", condition=same_time))
        told = issues.annotate(is_late=Exists(_late(spans, moment)), is_claimed=Exists(_claims(moment)))
        counts = measure_counts(moment.today, moment.due_soon_days)
        self.measures = _tallied(dutiful, _only(kinds, MEASURES_BY), counts, MeasureFigures)
        self.issues = _tallied(told, _only(kinds, ISSUES_BY), issue_counts(), IssueFigures)

    def keys(self, kind: str) -> set[int]:
        """Return the keys of one kind in all the inspections."""
        rows = [row for tallies in (self.measures, self.issues) for (_i, of), row in tallies.items() if of == kind]
        return {key for row in rows for key in row if key is not None}


def _only(kinds: Collection[Kind], paths: Mapping[Kind, str]) -> dict[Kind, str]:
    return {kind: path for kind, path in paths.items() if kind in kinds or kind == Kind.CATEGORY}


def _late(spans: QuerySet[MeasureSpan], moment: Moment) -> QuerySet[MeasureSpan]:
    return spans.filter(issue=OuterRef("issue"), status__in=Measure.UNFINISHED, deadline__lt=moment.today)


def _claims(moment: Moment) -> QuerySet[Application]:
    claims = Application.objects.claims().filter(issue=OuterRef("issue"), measure=None)
    return claims if moment.at is None else claims.filter(applied_at__lte=moment.at)


def _tallied(rows: QuerySet[Any], by: Mapping[Kind, str], counts: Mapping[str, Any], made: type[Any]) -> Tallies:
    """Count the rows once for each kind of part."""
    tallies: Tallies = {}
    for kind, path in by.items():
        for row in rows.values_list("inspection", path).annotate(**counts).iterator(chunk_size=2000):
            tallies.setdefault((row[0], kind), {})[row[1]] = made(**dict(zip(counts, row[2:], strict=True)))
    return tallies


@dataclass(frozen=True)
class _Names:
    """Names and places of what is counted, by kind and key; the area of each category."""

    told: dict[str, dict[int, tuple[str, tuple[int, ...]]]]
    area_of: dict[int, int]

    @classmethod
    def of(cls, counted: _Counted) -> "_Names":
        categories = Category.objects.filter(pk__in=counted.keys(Kind.CATEGORY)).select_related("area").order_by()
        told: dict[str, dict[int, tuple[str, tuple[int, ...]]]] = {kind: {} for kind in Kind}
        for category in categories:
            area = category.area
            told[Kind.CATEGORY][category.pk] = (category.title, (area.position, category.position))
            told[Kind.AREA][area.pk] = (area.title, (area.position,))
        for kind, model in ((Kind.UNIT, Unit), (Kind.TASK_FORCE, TaskForce)):
            rows = model.objects.filter(pk__in=counted.keys(kind)).order_by()
            told[kind] = {pk: (name, (place, pk)) for pk, name, place in rows.values_list("pk", "name", "position")}
        leaders = User.objects.filter(pk__in=counted.keys(Kind.LEADER)).order_by("name", "pk")
        for place, (pk, name) in enumerate(leaders.values_list("pk", "name")):
            told[Kind.LEADER][pk] = (name, (place,))
        return cls(told, {category.pk: category.area_id for category in categories})


def _standing(inspection: int, counted: _Counted, names: _Names) -> Standing:
    measures, issues = counted.measures, counted.issues
    parts: list[Part] = []
    for kind in (Kind.CATEGORY, Kind.UNIT, Kind.LEADER, Kind.TASK_FORCE):
        ours, theirs = measures.get((inspection, kind), {}), issues.get((inspection, kind), {})
        found = {key: (ours.get(key, NO_MEASURES), theirs.get(key, NO_ISSUES)) for key in {*ours, *theirs}}
        if kind == Kind.CATEGORY:
            parts += _parts(Kind.AREA, _areas(found, names), names)
        parts += _parts(kind, found, names)
    areas = [part for part in parts if part.kind == Kind.AREA]
    whole = MeasureFigures.total_of(part.measures for part in areas)
    return Standing(whole, IssueFigures.total_of(part.issues for part in areas), parts)


Found = dict[int | None, tuple[MeasureFigures, IssueFigures]]


def _areas(categories: Found, names: _Names) -> Found:
    grouped: dict[int | None, list[tuple[MeasureFigures, IssueFigures]]] = {}
    for category, figures in categories.items():
        assert category is not None  # an issue always stands under one
        grouped.setdefault(names.area_of[category], []).append(figures)
    return {
        area: (MeasureFigures.total_of(m for m, _i in each), IssueFigures.total_of(i for _m, i in each))
        for area, each in grouped.items()
    }


def _parts(kind: str, found: Found, names: _Names) -> list[Part]:
    """Put the parts of one kind in order and give them their ranks."""
    told = names.told[kind]
    last = (float("inf"),)

    def place(key: int | None) -> tuple[Any, ...]:
        own = told[key][1] if key is not None else last
        return (*urgency(key, found[key][0]), own) if kind in RANKED else (own,)

    ranks = ranks_of({key: measures for key, (measures, _issues) in found.items()}) if kind in RANKED else {}
    return [
        Part(kind, key, told[key][0] if key is not None else "", position, *found[key], rank=ranks.get(key))
        for position, key in enumerate(sorted(found, key=place), 1)
    ]


def ranks_of(figures: Mapping[int | None, MeasureFigures]) -> dict[int | None, int]:
    """Return the rank of each key: the higher rate first, then fewer overdue; equals share it (1, 2, 2, 4).

    What has no key, or nothing that counts, has no rank.
    """
    scores = {
        key: (-counted.rate, counted.overdue)
        for key, counted in figures.items()
        if key is not None and counted.rate is not None
    }
    return {key: 1 + _better(score, scores.values()) for key, score in scores.items()}


def _better(score: tuple[float, int], scores: Iterable[tuple[float, int]]) -> int:
    return sum(1 for other in scores if other < score)
