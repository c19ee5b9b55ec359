"""When the weeks of an inspection end, and which of them are not rolled up yet.

Settings change; what was due in a past week follows from the settings of then, which the trail records. Another weekday
or time counts from the Monday after the change, so that no week ends twice; another number of days that count as due
soon counts at once.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.models import Event
from issues.models import Inspection
from issues.verbs import IssueVerb
from measures.models import MeasureSpan
from reporting.models import Snapshot, Week

SETTINGS = ("week_ends_weekday", "week_ends_at", "due_soon_days")


@dataclass(frozen=True)
class Due:
    """A week that is to be rolled up: which, of which inspection (its key), at what moment, by what settings."""

    inspection: int
    week: Week
    ends_at: datetime
    due_soon_days: int


@dataclass
class SettingsHistory:
    """The settings of one inspection in time: as they are, and what each change has replaced, newest first."""

    present: dict[str, Any]
    replaced: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)

    def at(self, moment: datetime) -> dict[str, Any]:
        """Return the settings of the moment."""
        settings = dict(self.present)
        for changed_at, before in self.replaced:
            if changed_at <= moment:
                break
            settings |= before
        return settings

    def due(self, inspection: int, week: Week) -> Due:
        """Return when this week ends or ended, and by what it is counted."""
        then = self.at(week.begins_at)
        clock = then["week_ends_at"]
        clock = clock if isinstance(clock, time) else time.fromisoformat(clock)
        ends_at = week.ends_at(weekday=int(then["week_ends_weekday"]), clock=clock)
        return Due(inspection, week, ends_at, int(self.at(ends_at)["due_soon_days"]))


def settings_of(inspections: Collection[int]) -> dict[int, SettingsHistory]:
    """Return the settings of the inspections in time, from their rows and the trail; two queries."""
    rows = Inspection.objects.filter(pk__in=inspections).order_by().values("pk", *SETTINGS)
    history = {row["pk"]: SettingsHistory({name: row[name] for name in SETTINGS}) for row in rows}
    edits = Event.objects.filter(kind=Inspection.KIND, object_id__in=history, verb=IssueVerb.EDIT_INSPECTION)
    for event in edits.order_by("-seq"):
        changes = json.loads(event.text)["data"]["changes"]
        before = {name: changes[name][0] for name in SETTINGS if name in changes}
        if before and event.object_id in history:
            history[event.object_id].replaced.append((event.at, before))
    return history


def week_of(inspection: int, week: Week) -> Due:
    """Return when a week of the inspection ends or ended."""
    return settings_of([inspection])[inspection].due(inspection, week)


def begun_by(inspection: int, moment: datetime) -> bool:
    """Return whether the inspection had a measure by then; before that there is nothing to roll up."""
    return MeasureSpan.objects.filter(inspection=inspection, valid_from__lte=moment).exists()


def due_weeks(*, now: datetime, inspections: Collection[int] | None = None) -> list[Due]:
    """Return the weeks that have ended and are not rolled up, the earliest first; of all inspections where None."""
    rows = _with_history(inspections)
    settings = settings_of([row.pk for row in rows])
    due: list[Due] = []
    for row in rows:
        weeks = list(_ended(row.pk, settings[row.pk], row.first_at, now))
        if len(weeks) > row.rolled_up:
            rolled_up = set(Snapshot.objects.filter(inspection=row.pk).order_by().values_list("year", "week"))
            due += [each for each in weeks if (each.week.year, each.week.number) not in rolled_up]
    return sorted(due, key=lambda each: (each.ends_at, each.due_soon_days, each.inspection))


def _with_history(inspections: Collection[int] | None) -> list[Any]:
    """Return the inspections that have measures, with the moment of the first one and how many weeks are rolled up."""
    spans = MeasureSpan.objects.filter(inspection=OuterRef("pk")).order_by("valid_from").values("valid_from")[:1]
    snapshots = Snapshot.objects.filter(inspection=OuterRef("pk")).order_by().values("inspection")
    rolled_up = Subquery(snapshots.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows: QuerySet[Any] = Inspection.objects.annotate(first_at=Subquery(spans), rolled_up=Coalesce(rolled_up, 0))
    if inspections is not None:
        rows = rows.filter(pk__in=inspections)
    return list(rows.exclude(first_at=None).order_by("pk"))


def _ended(inspection: int, settings: SettingsHistory, first_at: datetime, now: datetime) -> Iterator[Due]:
    """Yield the weeks from the first that ended with a measure in the plan up to the last that has ended."""
    week = Week.of(timezone.localdate(first_at))
    while (due := settings.due(inspection, week)).ends_at < now:
        if due.ends_at >= first_at:
            yield due
        week = week.next
