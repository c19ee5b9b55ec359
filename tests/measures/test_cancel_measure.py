from datetime import timedelta

import pytest

from core.exceptions import Conflict, Forbidden
from measures.models import Measure
from measures.services import (
    cancel_measure,
    edit_measure,
    grant_extension,
    refuse_extension,
    request_extension,
    start_measure,
)
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON, copies, event, events, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)
LATER = TODAY + timedelta(days=60)


@pytest.mark.parametrize("status", ["planned", "in_progress"])
def test_the_office_cancels_an_unfinished_measure_with_a_reason(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status)
    cancel_measure(measure=measure, reason=f" {REASON} ", by=cast.office, at=NOW)
    stored = Measure.objects.get(pk=measure.pk)
    assert (stored.status, stored.cancellation_reason) == ("cancelled", REASON)
    assert event("cancel_measure") == (cast.office.pk, {"reason": REASON})
    assert spans(measure, "status") == [(status, BEFORE, NOW), ("cancelled", NOW, None)]


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_is_under_review_or_finished_is_not_cancelled(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status, cancellation_reason="an older reason")
    with refused():
        cancel_measure(measure=measure, reason=REASON, by=cast.office, at=NOW)


@pytest.mark.parametrize("reason", ["", " " * 12, "too short"])
def test_the_reason_has_ten_characters(cast: Cast, reason: str) -> None:
    measure = cast.measure()
    with refused(field="reason"):
        cancel_measure(measure=measure, reason=reason, by=cast.office, at=NOW)
    cancel_measure(measure=measure, reason="ten chars!", by=cast.office, at=NOW)


def test_an_extension_that_waits_for_a_decision_is_decided_first(cast: Cast) -> None:
    measure = cast.measure()
    extension = request_extension(measure=measure, new_deadline=LATER, reason=REASON, by=cast.roads_officer, at=NOW)
    with refused():
        cancel_measure(measure=measure, reason=REASON, by=cast.office, at=NOW)
    refuse_extension(extension=extension, note=REASON, by=cast.group, at=NOW)
    cancel_measure(measure=measure, reason=REASON, by=cast.office, at=NOW)
    assert measure.status == "cancelled"


def test_an_extension_that_was_granted_does_not_stand_in_the_way(cast: Cast) -> None:
    measure = cast.measure()
    extension = request_extension(measure=measure, new_deadline=LATER, reason=REASON, by=cast.roads_officer, at=NOW)
    grant_extension(extension=extension, by=cast.group, at=NOW)
    cancel_measure(measure=measure, reason=REASON, by=cast.office, at=NOW + timedelta(hours=1))
    assert spans(measure, "status", "deadline")[-1][:2] == ("cancelled", LATER)


@pytest.mark.parametrize(
    "who",
    [
        *("group", "leader", "inspector", "roads_officer", "roads_head", "parks_officer"),
        *("auditor", "system_admin", "superuser", "stranger"),
    ],
)
def test_nobody_but_the_office_cancels(cast: Cast, who: str) -> None:
    measure = cast.measure(supporting_units=[cast.parks])
    with refused(Forbidden):
        cancel_measure(measure=measure, reason=REASON, by=getattr(cast, who), at=NOW)


def test_who_cancels_what_was_started_or_cancelled_meanwhile_is_told_so(cast: Cast) -> None:
    stale, started = copies(cast.measure())
    start_measure(measure=started, by=cast.roads_officer, at=NOW)
    with refused(Conflict):
        cancel_measure(measure=stale, reason=REASON, by=cast.office, at=NOW)
    first, second = copies(started)
    cancel_measure(measure=first, reason=REASON, by=cast.office, at=NOW)
    with refused(Conflict):
        cancel_measure(measure=second, reason="another reason of mine", by=cast.office, at=NOW)
    assert len(events("cancel_measure")) == 1


def test_the_history_has_the_row_and_not_the_copy_that_somebody_had_open(cast: Cast) -> None:
    stale, edited = copies(cast.measure())
    edit_measure(measure=edited, values={"lead_unit": cast.parks, "deadline": LATER}, by=cast.office, at=NOW)
    cancel_measure(measure=stale, reason=REASON, by=cast.office, at=NOW + timedelta(hours=1))
    assert spans(stale, "status", "lead_unit", "deadline")[-1][:3] == ("cancelled", cast.parks.pk, LATER)
