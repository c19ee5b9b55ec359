"""Figures of a past moment: a seeded random walk of verbs notes what was, and the spans must tell the same."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.services import verify
from core.exceptions import Forbidden, RuleViolation
from measures import services
from measures.models import Extension, Measure, MeasureSpan
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON
from tests.randomness import seeds

pytestmark = pytest.mark.django_db
FIELDS = ("status", "deadline", "lead_unit_id", "leader_id")
State = dict[int, tuple[Any, ...]]
MEASURES, STEPS = 12, 150


def now_so(cast: Cast) -> State:
    return {row[0]: row[1:] for row in cast.inspection.measures.values_list("pk", *FIELDS)}


def recorded_state(cast: Cast, moment: datetime) -> State:
    valid_spans = MeasureSpan.objects.filter(inspection=cast.inspection).as_of(moment)
    rows = list(valid_spans.values_list("measure_id", *FIELDS))
    assert len(rows) == len({row[0] for row in rows}), "at most one span of a measure holds at a moment"
    return {row[0]: row[1:] for row in rows}


def figures(state: State, moment: datetime) -> dict[str, Any]:
    """What a page of that moment would show: by state, by unit, by leader, and how many were overdue."""
    today = timezone.localdate(moment)
    late = [s for s in state.values() if s[0] in Measure.UNFINISHED and s[1] is not None and s[1] < today]
    by_state, by_unit, by_leader = (Counter(s[place] for s in state.values()) for place in (0, 2, 3))
    return {"state": by_state, "unit": by_unit, "leader": by_leader, "overdue": len(late)}


class Walk:
    """Somebody does something to some measure, again and again; often with an old copy, often it is refused."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.chance, self.at = cast, random.Random(seed), NOW
        self.under = [cast.issue() for _number in range(3)]
        self.copies: list[Measure] = []
        self.leaders = [cast.leader, cast.roads_head, cast.group]
        self.units = [cast.roads, cast.parks, cast.organisation]
        self.noted: list[tuple[datetime, State]] = []
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        for _number in range(MEASURES):
            self.plan()
        for number in range(10 * STEPS):
            if number >= STEPS and all(self.done[verb] for verb in VERBS):
                break  # a tame walk goes on until each verb was used
            self.step()
            self.note()

    def plan(self) -> None:
        when = self.chance
        measure = services.plan_measure(
            issue=when.choice(self.under),
            text="Mend",
            leader=when.choice(self.leaders),
            lead_unit=when.choice(self.units),
            deadline=TODAY + timedelta(days=when.randint(-5, 40)),
            by=self.cast.office,
            at=self.at,
        )
        self.copies.append(measure)
        self.done["plan_measure"] += 1

    def note(self) -> None:
        """Keep the last state of each moment: two changes at one moment are one for the history."""
        if self.noted and self.noted[-1][0] == self.at:
            self.noted.pop()
        self.noted.append((self.at, now_so(self.cast)))

    def step(self) -> None:
        self.at += self.chance.choice([timedelta(), timedelta(seconds=1), timedelta(hours=5), timedelta(days=1)])
        if self.chance.random() < 0.03:
            return self.plan()
        place = self.chance.randrange(len(self.copies))
        if self.chance.random() < 0.5:
            self.copies[place] = Measure.objects.get(pk=self.copies[place].pk)
        verb = self.chance.choices(list(VERBS), weights=[4, 3, 2, 0.5, 4, 3, 3, 0.7])[0]
        try:
            VERBS[verb](self, self.copies[place])
        except (RuleViolation, Forbidden):
            self.copies[place] = Measure.objects.get(pk=self.copies[place].pk)
        else:
            self.done[verb] += 1


def _start(walk: Walk, measure: Measure) -> None:
    services.start_measure(measure=measure, by=walk.cast.office, at=walk.at)


def _edit(walk: Walk, measure: Measure) -> None:
    deadline = TODAY + timedelta(days=walk.chance.randint(-5, 40))
    values = {"deadline": deadline, "lead_unit": walk.chance.choice(walk.units), "leader": measure.leader}
    services.edit_measure(measure=measure, values=values, by=walk.cast.office, at=walk.at)


def _hand_over(walk: Walk, measure: Measure) -> None:
    to, unit = walk.chance.choice(walk.leaders), walk.chance.choice([None, *walk.units])
    services.hand_over(measure=measure, leader=to, lead_unit=unit, reason=REASON, by=walk.cast.office, at=walk.at)


def _hand_over_duties(walk: Walk, _measure: Measure) -> None:
    first, second = walk.chance.sample(walk.leaders, 2)
    services.hand_over_duties(
        inspection=walk.cast.inspection,
        from_leader=first,
        to_leader=second,
        reason=REASON,
        by=walk.cast.office,
        at=walk.at,
    )


def _request(walk: Walk, measure: Measure) -> None:
    later = TODAY + timedelta(days=walk.chance.randint(0, 80))
    by = walk.chance.choice([walk.cast.roads_officer, walk.cast.parks_officer])
    services.request_extension(measure=measure, new_deadline=later, reason=REASON, by=by, at=walk.at)


def _decide(walk: Walk, _measure: Measure) -> None:
    pending = list(Extension.objects.pending().order_by("pk"))
    if not pending:
        raise RuleViolation("nothing waits for a decision")
    decide = walk.chance.choice([services.grant_extension, services.grant_extension, services.refuse_extension])
    decide(extension=walk.chance.choice(pending), note=REASON, by=walk.cast.group, at=walk.at)


def _report(walk: Walk, measure: Measure) -> None:
    services.report_progress(measure=measure, text="Done", by=walk.cast.roads_officer, at=walk.at)


def _cancel(walk: Walk, measure: Measure) -> None:
    services.cancel_measure(measure=measure, reason=REASON, by=walk.cast.office, at=walk.at)


VERBS: dict[str, Callable[[Walk, Measure], None]] = {
    "start_measure": _start,
    "edit_measure": _edit,
    "hand_over": _hand_over,
    "hand_over_duties": _hand_over_duties,
    "request_extension": _request,
    "decide": _decide,
    "report_progress": _report,
    "cancel_measure": _cancel,
}


@pytest.mark.drawn
@pytest.mark.parametrize("seed", seeds(6))
def test_the_spans_tell_of_every_past_moment_what_was_then(cast: Cast, seed: int) -> None:
    walk = Walk(cast, seed)
    walk.run()
    assert all(walk.done[verb] for verb in VERBS), f"the walk was too tame to prove anything: {walk.done}"
    moments = [moment for moment, _state in walk.noted] + [walk.at + timedelta(days=1)]
    for (moment, state), following in zip(walk.noted, moments[1:], strict=True):
        assert recorded_state(cast, moment) == state
        just_before_the_next = following - timedelta(microseconds=1)
        assert recorded_state(cast, just_before_the_next) == state
        assert figures(recorded_state(cast, moment), moment) == figures(state, moment)
    assert recorded_state(cast, walk.at + timedelta(days=900)) == now_so(cast)
    assert recorded_state(cast, NOW - timedelta(microseconds=1)) == {}
    assert verify([cast.inspection.chain])[2] == []


@pytest.mark.drawn
@pytest.mark.parametrize("seed", seeds(2))
def test_spans_of_a_measure_follow_each_other_without_gap_or_overlap(cast: Cast, seed: int) -> None:
    walk = Walk(cast, seed)
    walk.run()
    for measure in cast.inspection.measures.all():
        history = list(measure.spans.order_by("valid_from"))
        assert [span.valid_to for span in history[:-1]] == [span.valid_from for span in history[1:]]
        assert history[-1].valid_to is None


def test_a_lost_or_falsified_span_would_be_noticed(cast: Cast) -> None:
    """The proof above can fail: without one span, or with another status in it, a moment tells something else."""
    walk = Walk(cast, 0)
    walk.run()
    moment, state = walk.noted[len(walk.noted) // 2]
    valid_spans = MeasureSpan.objects.filter(inspection=cast.inspection).as_of(moment)
    victim = valid_spans.filter(status="planned").first() or valid_spans.get()
    MeasureSpan.objects.filter(pk=victim.pk).update(status="signed_off")
    assert figures(recorded_state(cast, moment), moment) != figures(state, moment)
    victim.delete()
    assert recorded_state(cast, moment) != state


def test_a_span_holds_from_its_first_moment_up_to_but_not_at_its_last(cast: Cast) -> None:
    measure = cast.measure(at=NOW)
    services.start_measure(measure=measure, by=cast.roads_officer, at=NOW + timedelta(hours=1))
    valid_spans = [
        [span.status for span in MeasureSpan.objects.as_of(NOW + away)]
        for away in (
            -timedelta(microseconds=1),
            timedelta(),
            timedelta(hours=1, microseconds=-1),
            timedelta(hours=1),
            timedelta(days=5000),
        )
    ]
    assert valid_spans == [[], ["planned"], ["planned"], ["in_progress"], ["in_progress"]]
