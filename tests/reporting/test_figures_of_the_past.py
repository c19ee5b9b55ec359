"""Random histories: the figures of each past week against a naive recount of the rows as they were on its Friday."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import time_machine
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit.services import verify
from issues.models import Inspection, Issue, IssueSpan
from measures.models import Measure, MeasureSpan
from reporting.models import Snapshot, Week
from reporting.queries.standings import Standing, standing
from reporting.services import roll_up_due, roll_up_week, verify_snapshots
from signoffs.queries.figures import MeasureCounts, Moment, count_issues, count_measures
from tests.factories import user
from tests.randomness import examples
from tests.reporting.fridays import friday
from tests.reporting.random_histories import BEGIN, OFTEN, VERBS, WHOLE, Counted, RandomHistory, recount

NO_TIME = timedelta()
STEP = st.tuples(  # no pause: at the very moment at which the week ends
    st.sampled_from([NO_TIME, timedelta(seconds=1), timedelta(hours=5), timedelta(hours=15), timedelta(days=2), None]),
    st.sampled_from([*VERBS, *OFTEN]).map(list(VERBS).index),
    st.integers(0, 359),
)
WEEKS = range(1, 6)
LATER = timedelta(hours=5)
OF_ISSUES = ("issue", "status", "completion", "leader", "lead_unit", "task_force")
OF_MEASURES = ("measure", "issue", "status", "deadline", "leader", "lead_unit")
Rows = tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]


def does(pause: timedelta, verb: str, number: int = 0) -> tuple[timedelta, int, int]:
    return pause, list(VERBS).index(verb), number


# What was wrong once, each with the shortest life that shows it: two changes at one moment, of which spans keep one.
MOVED_WHEN_STARTED = [does(LATER, "start"), does(NO_TIME, "move")]
CANCELLED_WHEN_STARTED = [does(LATER, "start"), does(NO_TIME, "cancel")]
EDITED_TWICE = [does(LATER, "edit_issue", 4), does(NO_TIME, "edit_issue", 8), does(LATER, "edit_issue")]
MOVED_WHEN_PLANNED = [does(LATER, "plan"), does(NO_TIME, "move", 8), does(NO_TIME, "move", 9), does(LATER, "plan", 1)]


def told(counted: Standing | Snapshot) -> Counted:
    """What a standing or a snapshot says, by part."""
    if isinstance(counted, Standing):
        parts = {(str(part.kind), part.key): (part.measures, part.issues) for part in counted.parts}
    else:
        parts = {(row.kind, row.object_id): (row.measures, row.issues) for row in counted.rows.all()}
    return {WHOLE: (counted.measures, counted.issues), **parts}


class Watched:
    """A life, and what was counted by hand and by the program at each Friday while it was the present."""

    def __init__(self, in_time: int) -> None:
        self.life, self.in_time = RandomHistory(), in_time
        self.by_hand: dict[datetime, Counted] = {}
        self.done: Counter[str] = Counter()
        self.at_once: dict[datetime, Standing] = {}
        self.left = [friday(week) for week in WEEKS]
        self.noted = {self.life.at: rows_now()}

    def live(self, steps: list[tuple[timedelta | None, int, int]]) -> None:
        for pause, verb, number in steps:
            self.pass_to(self.left[0] if pause is None else min(self.life.at + pause, friday(WEEKS[-1])))
            self.done[self.life.happens(verb, number)] += 1
            self.noted[self.life.at] = rows_now()
        self.pass_to(friday(WEEKS[-1], hours=1))

    def pass_to(self, at: datetime) -> None:
        """Let the time pass; on the way each Friday is looked at, and every second or third week rolled up in time."""
        while self.left and self.left[0] < at:
            ended = self.left.pop(0)
            self.by_hand[ended] = recount(ended)
            self.at_once[ended] = standing(inspection=self.shown.pk, moment=Moment.past(ended, 10))
            if len(self.left) % self.in_time == 0:
                self.life.at = ended + timedelta(seconds=1)
                roll_up_week(inspection=self.shown, week=Week.of(ended.date()), by=None, at=self.life.at)
        self.life.at = max(self.life.at, at)

    @property
    def shown(self) -> Inspection:
        return self.life.cast.inspection


def rows_now() -> Rows:
    """Every issue and every measure as its row is."""
    issues = Issue.objects.values_list("pk", *OF_ISSUES[1:])
    return set(issues), set(Measure.objects.values_list("pk", *OF_MEASURES[1:]))


def rows_of(moment: datetime) -> Rows:
    """The same of a moment, by the spans."""
    issues = IssueSpan.objects.as_of(moment).values_list(*OF_ISSUES)
    return set(issues), set(MeasureSpan.objects.as_of(moment).values_list(*OF_MEASURES))


class RandomHistories(TestCase):
    """One transaction for each history."""

    # A history takes half a second and is told by its own reproduction line: making it smaller would take minutes.
    @hypothesis_settings(
        max_examples=examples(5), phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
    )
    @given(steps=st.lists(STEP, min_size=25, max_size=45), in_time=st.integers(2, 9))
    @example(steps=MOVED_WHEN_STARTED, in_time=2)
    @example(steps=CANCELLED_WHEN_STARTED, in_time=2)
    @example(steps=EDITED_TWICE, in_time=2)
    @example(steps=MOVED_WHEN_PLANNED, in_time=2)
    def test_every_past_week(self, steps: list[tuple[timedelta | None, int, int]], in_time: int) -> None:
        with time_machine.travel(BEGIN, tick=False):
            watched = Watched(in_time)
            watched.live(steps)
            end = friday(WEEKS[-1], hours=2)
            roll_up_due(at=end)
            snapshots = {snapshot.ends_at: snapshot for snapshot in Snapshot.objects.all()}
            assert set(snapshots) == set(watched.by_hand)
            for ended, by_hand in watched.by_hand.items():
                assert told(snapshots[ended]) == by_hand, ended
                assert watched.at_once[ended] == standing(inspection=watched.shown.pk, moment=Moment.past(ended, 10))
            assert {moment: rows_of(moment) for moment in watched.noted} == watched.noted
            self.present(watched, end)
            self.parts_of_persons(watched)
            assert verify_snapshots([watched.shown]) == verify([watched.shown.chain])[2] == []

    def present(self, watched: Watched, end: datetime) -> None:
        """The present from spans is the present from rows, as the dashboard counts it."""
        today = end.date()
        present = Moment.present(today, 10)
        now = standing(inspection=watched.shown.pk, moment=present)
        assert now.measures == count_measures(Measure.objects.all(), moment=present)
        assert now.issues == count_issues(Issue.objects.all(), Measure.objects.all(), moment=present)
        assert told(now) == recount(end)

    def parts_of_persons(self, watched: Watched) -> None:
        """A person's figures are those of the measures that the person sees, also in the past."""
        ended = friday(WEEKS[-1])
        for who in (watched.life.cast.parks_officer, watched.life.cast.member, user("Nobody")):
            seen = set(Measure.objects.visible_to(who).values_list("pk", flat=True))
            held = MeasureSpan.objects.as_of(ended).filter(measure__in=seen)
            counted = standing(inspection=watched.shown.pk, moment=Moment.past(ended, 10), viewer=who)
            assert counted.measures.total == len(held)
            states = Counter(held.values_list("status", flat=True))
            counts = {state: getattr(counted.measures, name) for name, state in MeasureCounts.states().items()}
            assert {state: number for state, number in counts.items() if number} == dict(states)
