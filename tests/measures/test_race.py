"""Eight people press the same button at once; each has the page from before open. On a database that runs them so."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from audit.services import verify
from core.exceptions import RuleViolation
from issues.models import Issue
from measures.models import Extension, Measure, MeasureSpan
from measures.services import (
    cancel_measure,
    grant_extension,
    plan_measure,
    refuse_extension,
    request_extension,
    start_measure,
)
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON, events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PEOPLE = 8
LATER = TODAY + timedelta(days=60)


def at_once(*verbs: Callable[[], Any]) -> Counter[str]:
    """Let all go off together, each on a connection of its own; count what became of them."""
    barrier = Barrier(len(verbs))

    def one(verb: Callable[[], Any]) -> str:
        try:
            barrier.wait(timeout=30)
            verb()
        except RuleViolation as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(verbs)) as pool:
        return Counter(pool.map(one, verbs, timeout=60))


def pages(measure: Measure) -> list[Measure]:
    """What the eight have before them; everything that a check needs was loaded with it."""
    related = Measure.objects.select_related("inspection__organisation", "issue", "lead_unit")
    return [related.get(pk=measure.pk) for _number in range(PEOPLE)]


def starting(cast: Cast, stale: Measure) -> Callable[[], None]:
    return lambda: start_measure(measure=stale, by=cast.roads_officer, at=NOW)


def test_of_eight_who_start_the_same_measure_one_does_and_seven_are_told_so(cast: Cast) -> None:
    measure = cast.measure()
    became = at_once(*(starting(cast, stale) for stale in pages(measure)))
    assert became == {"done": 1, "Conflict": PEOPLE - 1}
    assert len(events("start_measure")) == 1
    history = MeasureSpan.objects.filter(measure=measure).order_by("valid_from")
    assert list(history.values_list("status", flat=True)) == ["planned", "in_progress"]
    assert history.filter(valid_to=None).count() == 1
    assert Issue.objects.get(pk=measure.issue_id).status == Issue.Status.IN_RECTIFICATION
    assert verify([cast.inspection.chain])[2] == []


def test_eight_measures_of_one_issue_that_start_at_once_all_start(cast: Cast) -> None:
    under = cast.issue()
    stale = [pages(cast.measure(issue=under))[0] for _number in range(PEOPLE)]
    assert at_once(*(starting(cast, page) for page in stale)) == {"done": PEOPLE}
    assert len(events("start_measure")) == PEOPLE
    assert set(Measure.objects.values_list("status", flat=True)) == {"in_progress"}
    assert verify([cast.inspection.chain])[2] == []


def test_a_measure_is_started_or_cancelled_but_not_both(cast: Cast) -> None:
    measure = cast.measure()
    one, *others = pages(measure)
    became = at_once(
        lambda: cancel_measure(measure=one, reason=REASON, by=cast.office, at=NOW),
        *(starting(cast, stale) for stale in others),
    )
    assert became == {"done": 1, "Conflict": PEOPLE - 1}
    assert len(events("start_measure")) + len(events("cancel_measure")) == 1
    assert MeasureSpan.objects.filter(measure=measure).count() == 2


def test_of_eight_requests_for_an_extension_one_waits(cast: Cast) -> None:
    measure = cast.measure()

    def asking(stale: Measure) -> Callable[[], Any]:
        return lambda: request_extension(
            measure=stale, new_deadline=LATER, reason=REASON, by=cast.roads_officer, at=NOW
        )

    assert at_once(*(asking(stale) for stale in pages(measure))) == {"done": 1, "RuleViolation": PEOPLE - 1}
    assert Extension.objects.count() == len(events("request_extension")) == 1


def test_a_request_is_granted_or_refused_once(cast: Cast) -> None:
    measure = cast.measure()
    extension = request_extension(measure=measure, new_deadline=LATER, reason=REASON, by=cast.roads_officer, at=NOW)
    stale = [Extension.objects.select_related("measure__inspection").get(pk=extension.pk) for _number in range(PEOPLE)]

    def deciding(number: int, page: Extension) -> Callable[[], None]:
        decide = grant_extension if number % 2 else refuse_extension
        by = cast.office if number < PEOPLE / 2 else cast.group
        return lambda: decide(extension=page, note=REASON, by=by, at=NOW)

    became = at_once(*(deciding(number, page) for number, page in enumerate(stale)))
    assert became == {"done": 1, "Conflict": PEOPLE - 1}
    granted = len(events("grant_extension"))
    assert granted + len(events("refuse_extension")) == 1
    assert MeasureSpan.objects.filter(measure=measure).count() == 1 + granted
    assert (Measure.objects.get(pk=measure.pk).deadline == LATER) == bool(granted)


def test_eight_measures_planned_at_once_get_eight_codes(cast: Cast) -> None:
    under = cast.issue()
    pages_of_issue = [Issue.objects.select_related("inspection__organisation").get(pk=under.pk) for _n in range(PEOPLE)]

    def planning(issue: Issue) -> Callable[[], Any]:
        plan = {"text": "Mend", "leader": cast.leader, "lead_unit": cast.roads, "deadline": LATER}
        return lambda: plan_measure(issue=issue, by=cast.office, at=NOW, **plan)

    assert at_once(*(planning(issue) for issue in pages_of_issue)) == {"done": PEOPLE}
    assert sorted(under.measures.values_list("position", flat=True)) == list(range(1, PEOPLE + 1))
