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
from tests.factories import NOW, TODAY, Bureau
from tests.measures.checks import REASON, copies, event, events, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)
LATER = TODAY + timedelta(days=60)


@pytest.mark.parametrize("status", ["planned", "in_progress"])
def test_the_office_cancels_an_unfinished_measure_with_a_reason(bureau: Bureau, status: str) -> None:
    measure = bureau.measure(status=status)
    cancel_measure(measure=measure, reason=f" {REASON} ", by=bureau.office, at=NOW)
    stored = Measure.objects.get(pk=measure.pk)
    assert (stored.status, stored.cancellation_reason) == ("cancelled", REASON)
    assert event("cancel_measure") == (bureau.office.pk, {"reason": REASON})
    assert spans(measure, "status") == [(status, BEFORE, NOW), ("cancelled", NOW, None)]


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_is_under_review_or_finished_is_not_cancelled(bureau: Bureau, status: str) -> None:
    measure = bureau.measure(status=status, cancellation_reason="an older reason")
    with refused():
        cancel_measure(measure=measure, reason=REASON, by=bureau.office, at=NOW)


@pytest.mark.parametrize("reason", ["", " " * 12, "too short"])
def test_the_reason_has_ten_characters(bureau: Bureau, reason: str) -> None:
    measure = bureau.measure()
    with refused(field="reason"):
        cancel_measure(measure=measure, reason=reason, by=bureau.office, at=NOW)
    cancel_measure(measure=measure, reason="ten chars!", by=bureau.office, at=NOW)


def test_an_extension_that_waits_for_a_decision_is_decided_first(bureau: Bureau) -> None:
    measure = bureau.measure()
    extension = request_extension(measure=measure, new_deadline=LATER, reason=REASON, by=bureau.roads_officer, at=NOW)
    with refused():
        cancel_measure(measure=measure, reason=REASON, by=bureau.office, at=NOW)
    refuse_extension(extension=extension, note=REASON, by=bureau.group, at=NOW)
    cancel_measure(measure=measure, reason=REASON, by=bureau.office, at=NOW)
    assert measure.status == "cancelled"


def test_an_extension_that_was_granted_does_not_stand_in_the_way(bureau: Bureau) -> None:
    measure = bureau.measure()
    extension = request_extension(measure=measure, new_deadline=LATER, reason=REASON, by=bureau.roads_officer, at=NOW)
    grant_extension(extension=extension, by=bureau.group, at=NOW)
    cancel_measure(measure=measure, reason=REASON, by=bureau.office, at=NOW + timedelta(hours=1))
    assert spans(measure, "status", "deadline")[-1][:2] == ("cancelled", LATER)


@pytest.mark.parametrize(
    "who",
    [
        *("group", "leader", "inspector", "roads_officer", "roads_head", "parks_officer"),
        *("auditor", "system_admin", "superuser", "stranger"),
    ],
)
def test_nobody_but_the_office_cancels(bureau: Bureau, who: str) -> None:
    measure = bureau.measure(supporting_units=[bureau.parks])
    with refused(Forbidden):
        cancel_measure(measure=measure, reason=REASON, by=getattr(bureau, who), at=NOW)


def test_who_cancels_what_was_started_or_cancelled_meanwhile_is_told_so(bureau: Bureau) -> None:
    stale, started = copies(bureau.measure())
    start_measure(measure=started, by=bureau.roads_officer, at=NOW)
    with refused(Conflict):
        cancel_measure(measure=stale, reason=REASON, by=bureau.office, at=NOW)
    first, second = copies(started)
    cancel_measure(measure=first, reason=REASON, by=bureau.office, at=NOW)
    with refused(Conflict):
        cancel_measure(measure=second, reason="another reason of mine", by=bureau.office, at=NOW)
    assert len(events("cancel_measure")) == 1


def test_the_history_has_the_row_and_not_the_copy_that_somebody_had_open(bureau: Bureau) -> None:
    stale, edited = copies(bureau.measure())
    edit_measure(measure=edited, values={"lead_unit": bureau.parks, "deadline": LATER}, by=bureau.office, at=NOW)
    cancel_measure(measure=stale, reason=REASON, by=bureau.office, at=NOW + timedelta(hours=1))
    assert spans(stale, "status", "lead_unit", "deadline")[-1][:3] == ("cancelled", bureau.parks.pk, LATER)
