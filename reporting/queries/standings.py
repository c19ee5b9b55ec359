"""The figures of inspections at a moment, whole and part by part, from the spans of then; the present is one too.

Everything is counted by the database, many inspections at once. A measure is in one category and a category in one
area, so areas and the whole are sums of categories; by unit, leader and task force it is counted again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import FilteredRelation, QuerySet

from accounts.models import Unit, User, Viewer
from core.history import valid_at
from issues.models import Category, Issue, IssueSpan, TaskForce
from measures.models import Measure, MeasureSpan
from reporting.models import SnapshotRow
from signoffs.queries.figures import (
    AddableCounts,
    IssueCounts,
    MeasureCounts,
    Moment,
    count_by,
    with_issue_marks,
)

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
NO_MEASURES, NO_ISSUES = MeasureCounts(), IssueCounts()


@dataclass(frozen=True)
class PartFigures:
    """What one area, category, unit, leader or task force has of an inspection; `SnapshotRow` says what is what."""

    kind: str
    key: int | None
    name: str
    position: int
    measures: MeasureCounts
    issues: IssueCounts = NO_ISSUES
    rank: int | None = None


@dataclass(frozen=True)
class Standing:
    """The figures of an inspection at a moment: the whole, and its parts of every kind in the order of lists."""

    measures: MeasureCounts = NO_MEASURES
    issues: IssueCounts = NO_ISSUES
    parts: list[PartFigures] = field(default_factory=list)

    def by(self, kind: str) -> list[PartFigures]:
        return [part for part in self.parts if part.kind == kind]


def standing(
    *, inspection: int, moment: Moment, viewer: Viewer | None = None, kinds: Collection[Kind] = ALL
) -> Standing:
    """Return the figures of one inspection, as `standings` does for several."""
    return standings(inspections=[inspection], moment=moment, viewer=viewer, kinds=kinds)[inspection]


def standings(
    *, inspections: Collection[int], moment: Moment, viewer: Viewer | None = None, kinds: Collection[Kind] = ALL
) -> dict[int, Standing]:
    """Return the figures of each inspection (by their keys) at the moment. As many queries for one as for fifty.

    `viewer` counts what this person sees now; None, the program, everything. `kinds` are those that are counted
    beside the whole; categories always are, for the whole is their sum.
    """
    tallies = _Tallies(inspections, moment, viewer, kinds)
    names = _Names.of(tallies)
    return {inspection: _standing(inspection, tallies, names) for inspection in inspections}


Tallies = dict[tuple[int, str], dict[int | None, Any]]
"""(inspection, kind) → key → counts."""


class _Tallies:
    """The figures of several inspections, each counted once for every kind of part."""

    def __init__(
        self, inspections: Collection[int], moment: Moment, viewer: Viewer | None, kinds: Collection[Kind]
    ) -> None:
        spans = MeasureSpan.objects.as_of(moment.at).filter(inspection__in=inspections)
        issues = IssueSpan.objects.as_of(moment.at).filter(inspection__in=inspections)
        if viewer is not None:
            spans = spans.filter(measure__in=Measure.objects.visible_to(viewer).order_by().values("pk"))
            issues = issues.filter(issue__in=Issue.objects.visible_to(viewer).order_by().values("pk"))
        same_time = valid_at(moment.at, "issue__spans__")
        assigned = spans.annotate(assigned=FilteredRelation("issue__spans", condition=same_time))
        marked = with_issue_marks(issues, spans, moment=moment, key="issue")
        self.measures = _tally(assigned, _only(kinds, MEASURES_BY), MeasureCounts, moment)
        self.issues = _tally(marked, _only(kinds, ISSUES_BY), IssueCounts, moment)

    def keys(self, kind: str) -> set[int]:
        """Return the keys of one kind in all the inspections."""
        rows = [row for tallies in (self.measures, self.issues) for (_i, of), row in tallies.items() if of == kind]
        return {key for row in rows for key in row if key is not None}


def _only(kinds: Collection[Kind], paths: Mapping[Kind, str]) -> dict[Kind, str]:
    return {kind: path for kind, path in paths.items() if kind in kinds or kind == Kind.CATEGORY}


def _tally(rows: QuerySet[Any], paths: Mapping[Kind, str], shape: type[AddableCounts], moment: Moment) -> Tallies:
    tallies: Tallies = {}
    for kind, path in paths.items():
        for row in count_by(rows, "inspection", path, shapes=[shape], moment=moment):
            tallies.setdefault((row["inspection"], kind), {})[row[path]] = shape.of_row(row)
    return tallies


@dataclass(frozen=True)
class _Names:
    """Names and places in lists of what is counted, by kind and key; the area of each category."""

    by_kind: dict[str, dict[int, tuple[str, tuple[int, ...]]]]
    area_of: dict[int, int]

    @classmethod
    def of(cls, tallies: _Tallies) -> "_Names":
        categories = Category.objects.filter(pk__in=tallies.keys(Kind.CATEGORY)).select_related("area").order_by()
        names: dict[str, dict[int, tuple[str, tuple[int, ...]]]] = {kind: {} for kind in Kind}
        for category in categories:
            area = category.area
            names[Kind.CATEGORY][category.pk] = (category.title, (area.position, category.position))
            names[Kind.AREA][area.pk] = (area.title, (area.position,))
        for kind, model in ((Kind.UNIT, Unit), (Kind.TASK_FORCE, TaskForce)):
            rows = model.objects.filter(pk__in=tallies.keys(kind)).order_by()
            names[kind] = {pk: (name, (place, pk)) for pk, name, place in rows.values_list("pk", "name", "position")}
        leaders = User.objects.filter(pk__in=tallies.keys(Kind.LEADER)).order_by("name", "pk")
        for place, (pk, name) in enumerate(leaders.values_list("pk", "name")):
            names[Kind.LEADER][pk] = (name, (place,))
        return cls(names, {category.pk: category.area_id for category in categories})


Both = tuple[MeasureCounts, IssueCounts]


def _standing(inspection: int, tallies: _Tallies, names: _Names) -> Standing:
    parts: list[PartFigures] = []
    for kind in (Kind.CATEGORY, Kind.UNIT, Kind.LEADER, Kind.TASK_FORCE):
        measures = tallies.measures.get((inspection, kind), {})
        issues = tallies.issues.get((inspection, kind), {})
        counts = {key: (measures.get(key, NO_MEASURES), issues.get(key, NO_ISSUES)) for key in {*measures, *issues}}
        if kind == Kind.CATEGORY:
            parts += _parts(Kind.AREA, _areas(counts, names), names)
        parts += _parts(kind, counts, names)
    whole = _sum((part.measures, part.issues) for part in parts if part.kind == Kind.AREA)
    return Standing(*whole, parts)


def _areas(categories: Mapping[int | None, Both], names: _Names) -> dict[int | None, Both]:
    grouped: dict[int | None, list[Both]] = {}
    for category, counts in categories.items():
        assert category is not None  # every issue is under one
        grouped.setdefault(names.area_of[category], []).append(counts)
    return {area: _sum(each) for area, each in grouped.items()}


def _sum(parts: Iterable[Both]) -> Both:
    listed = list(parts)
    return MeasureCounts.sum(m for m, _i in listed), IssueCounts.sum(i for _m, i in listed)


def _parts(kind: str, counts: Mapping[int | None, Both], names: _Names) -> list[PartFigures]:
    """Put the parts of one kind in order and give them their ranks."""
    known = names.by_kind[kind]
    last = (float("inf"),)

    def place(key: int | None) -> tuple[Any, ...]:
        own = known[key][1] if key is not None else last
        return (*urgency(key, counts[key][0]), own) if kind in RANKED else (own,)

    ranks = ranks_of({key: measures for key, (measures, _issues) in counts.items()}) if kind in RANKED else {}
    return [
        PartFigures(kind, key, known[key][0] if key is not None else "", position, *counts[key], rank=ranks.get(key))
        for position, key in enumerate(sorted(counts, key=place), 1)
    ]


def urgency(key: int | None, counts: MeasureCounts) -> tuple[bool, int, float]:
    """The order of units and leaders: the most overdue first, then the lower rate.

    What belongs to no one comes last; what has no rate, for all of it was cancelled, is not the worst.
    """
    return key is None, -counts.overdue, 1 if counts.rate is None else counts.rate


def ranks_of(counts: Mapping[int | None, MeasureCounts]) -> dict[int | None, int]:
    """Return the rank of each key: the higher rate first, then fewer overdue; equals share it (1, 2, 2, 4).

    What has no key, or nothing that counts, has no rank.
    """
    scores = {
        key: (-each.rate, each.overdue) for key, each in counts.items() if key is not None and each.rate is not None
    }
    return {key: 1 + sum(other < score for other in scores.values()) for key, score in scores.items()}
