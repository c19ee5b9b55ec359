from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from measures.models import (
    Evidence,
    EvidenceVersion,
    Extension,
    Measure,
    MeasureSpan,
    Milestone,
    ProgressReport,
)
from tests.database_constraints import change, constraints_of, put, refused_by
from tests.factories import NOW, TODAY, Cast, evidence, sign_off, stored
from tests.measures.trail_checks import REASON

pytestmark = pytest.mark.django_db


def second(cast: Cast) -> tuple[Measure, Measure]:
    under = cast.issue()
    return cast.measure(issue=under), cast.measure(issue=under)


def same(cast: Cast, field: str) -> None:
    first, other = second(cast)
    change(other, **{field: getattr(first, field)})


def span(cast: Cast, **fields: Any) -> None:
    """A span beside the one that the measure has already, which is open and began twenty days ago."""
    measure = cast.measure(at=NOW)
    values = {"valid_from": NOW - timedelta(days=9), "valid_to": NOW, "status": "planned", **fields}
    put(MeasureSpan, inspection=measure.inspection, measure=measure, issue=measure.issue, **values)


def milestone(cast: Cast, **fields: Any) -> None:
    stages = [("Begun", TODAY), ("Done", TODAY)]
    change(cast.measure(stages=stages).milestones.get(position=2), **fields)


def report(cast: Cast, **fields: Any) -> None:
    put(ProgressReport, measure=cast.measure(), by=cast.roads_officer, at=NOW, **fields)


def extension(cast: Cast, **fields: Any) -> None:
    values = {
        "measure": fields.pop("measure", None) or cast.measure(),
        "old_deadline": TODAY,
        "new_deadline": TODAY + timedelta(days=1),
        "reason": REASON,
        "requested_by": cast.roads_officer,
        "requested_at": NOW,
    }
    put(Extension, **{**values, **fields})


def two_requests_at_once(cast: Cast) -> None:
    measure = cast.measure()
    for _number in range(2):
        extension(cast, measure=measure)


def decided(cast: Cast, **fields: Any) -> None:
    extension(cast, **{"status": "granted", "decided_by": cast.group, "decided_at": NOW, **fields})


def piece(cast: Cast, **fields: Any) -> Evidence:
    """One piece of evidence, changed past everything but the database."""
    there = evidence(cast.measure(status="in_progress"), by=cast.roads_officer)
    if fields:
        change(there, **fields)
    return there


def second_piece(cast: Cast) -> None:
    there = piece(cast)
    put(Evidence, inspection=there.inspection, issue=there.issue, position=there.position)


def version(cast: Cast, **fields: Any) -> None:
    """A version beside the first one."""
    there = piece(cast)
    values = {"number": 2, "file": stored(), "by": cast.roads_officer, "at": NOW, **fields}
    put(EvidenceVersion, evidence=there, **values)


def same_file(cast: Cast) -> None:
    version(cast, file=piece(cast).latest.file)


Violation = Callable[[Cast], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("measure_position_once", lambda b: same(b, "position")),
    ("measure_code_once", lambda b: same(b, "code")),
    ("measure_status_known", lambda b: change(b.measure(), status="lost")),
    ("measure_status_known", lambda b: change(b.measure(), status="")),
    ("measure_status_known", lambda b: change(b.measure(), status="overdue")),
    ("measure_mode_known", lambda b: change(b.measure(), mode="slow")),
    ("measure_started_is_complete", lambda b: change(b.measure(leader=None), status="in_progress")),
    ("measure_started_is_complete", lambda b: change(b.measure(lead_unit=None), status="in_progress")),
    ("measure_started_is_complete", lambda b: change(b.measure(deadline=None), status="in_progress")),
    ("measure_started_is_complete", lambda b: change(b.measure(status="submitted"), leader=None)),
    ("measure_started_is_complete", lambda b: change(b.measure(status="signed_off"), deadline=None)),
    (
        "measure_started_is_complete",
        lambda b: change(b.measure(status="in_progress", mode="long_term", deadline=None), mode="staged"),
    ),
    ("measure_cancelled_has_reason", lambda b: change(b.measure(), status="cancelled")),
    ("measure_has_text", lambda b: change(b.measure(), text="")),
    ("span_one_open_per_measure", lambda b: span(b, valid_to=None)),
    ("span_one_start_per_moment", lambda b: span(b, valid_from=NOW, valid_to=NOW + timedelta(days=1))),
    ("span_not_empty", lambda b: change(b.measure().spans.get(), valid_to=F("valid_from"))),
    ("span_not_empty", lambda b: span(b, valid_to=NOW - timedelta(days=10))),
    ("milestone_position_once", lambda b: milestone(b, position=1)),
    ("milestone_has_title", lambda b: milestone(b, title="")),
    ("report_has_text", lambda b: report(b, text="")),
    ("extension_one_pending_per_measure", two_requests_at_once),
    ("extension_is_later", lambda b: extension(b, new_deadline=TODAY)),
    ("extension_is_later", lambda b: extension(b, new_deadline=TODAY - timedelta(days=1))),
    ("extension_has_reason", lambda b: extension(b, reason="")),
    ("extension_not_self_decided", lambda b: decided(b, decided_by=b.roads_officer)),
    ("extension_decided_has_decider", lambda b: decided(b, decided_by=None)),
    ("extension_decided_has_decider", lambda b: decided(b, decided_at=None)),
    ("extension_decided_has_decider", lambda b: decided(b, status="requested")),
    ("extension_decided_has_decider", lambda b: decided(b, status="perhaps")),
    ("evidence_position_once", second_piece),
    ("evidence_classification_known", lambda b: piece(b, classification="secret")),
    ("evidence_withdrawn_has_reason", lambda b: piece(b, withdrawn_at=NOW, withdrawn_by=b.roads_officer)),
    ("evidence_withdrawn_has_reason", lambda b: piece(b, withdrawn_at=NOW, withdrawal_reason=REASON)),
    ("evidence_withdrawn_has_reason", lambda b: piece(b, withdrawal_reason=REASON)),
    ("evidence_version_once", lambda b: version(b, number=1)),
    ("evidence_file_once", same_file),
    ("evidence_version_from_one", lambda b: version(b, number=0)),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(cast: Cast, name: str, violate: Violation) -> None:
    with refused_by("measures", name):
        violate(cast)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("measures"))


def test_what_the_rules_allow_the_database_allows(cast: Cast) -> None:
    """The same rows without what was wrong with them; else the refusals above would say little."""
    change(cast.measure(mode="long_term", deadline=None), status="in_progress")
    change(cast.measure(leader=None, lead_unit=None, deadline=None), status="cancelled", cancellation_reason=REASON)
    for status in set(Measure.Status.values) - {"signed_off"}:
        change(cast.measure(cancellation_reason=REASON), status=status)
    sign_off(cast.measure(status="submitted"))
    piece(cast, withdrawn_at=NOW, withdrawn_by=cast.roads_officer, withdrawal_reason=REASON)
    version(cast)
    span(cast)
    milestone(cast, position=3)
    report(cast, text="Done")
    extension(cast)
    decided(cast)
    decided(cast, status="refused")
    assert Milestone.objects.filter(position=3).exists()
