"""Feedback of the public: who answers, what the database keeps. How it comes in: tests of the public pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from issues.models import Inspection
from supervision.models import PublicFeedback
from supervision.services import answer_feedback, close_feedback, leave_feedback
from supervision.services.feedback import FROM_ONE_ADDRESS, TooManyMessages
from tests.database_constraints import change, constraints_of, refused_by
from tests.factories import NOW, Cast, inspection

pytestmark = pytest.mark.django_db


@pytest.fixture
def feedback(cast: Cast) -> PublicFeedback:
    Inspection.objects.filter(pk=cast.inspection.pk).update(is_public=True)
    cast.inspection.refresh_from_db()
    return leave_feedback(inspection=cast.inspection, text="路灯不亮", contact="", address="10.0.0.1", at=NOW)


def test_only_the_office_answers_and_closes_and_only_once(cast: Cast, feedback: PublicFeedback) -> None:
    for name in ("group", "leader", "inspector", "roads_officer", "system_admin", "superuser", "stranger"):
        for service, told in ((answer_feedback, {"answer": "已经修复"}), (close_feedback, {})):
            with pytest.raises(Forbidden):
                service(feedback=feedback, by=getattr(cast, name), at=NOW, **told)
    with pytest.raises(RuleViolation):
        answer_feedback(feedback=feedback, answer=" ", by=cast.office, at=NOW)
    answer_feedback(feedback=feedback, answer="已经修复", by=cast.office, at=NOW)
    with pytest.raises(RuleViolation):
        answer_feedback(feedback=feedback, answer="再答一次", by=cast.office, at=NOW)
    close_feedback(feedback=feedback, by=cast.office, at=NOW)
    with pytest.raises(RuleViolation):
        close_feedback(feedback=feedback, by=cast.office, at=NOW)
    verbs = Event.objects.about(feedback).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["leave_feedback", "answer_feedback", "close_feedback"]
    assert "路灯不亮" not in "".join(Event.objects.values_list("text", flat=True)), "the trail does not repeat it"


def test_nothing_is_taken_where_the_pages_are_off_or_too_long(cast: Cast) -> None:
    told: dict[str, Any] = {"contact": "", "address": "10.0.0.1", "at": NOW}
    with pytest.raises(Forbidden):
        leave_feedback(inspection=cast.inspection, text="路灯不亮", **told)
    cast.inspection.is_public = True
    for text in ("短", "长" * 2001):
        with pytest.raises(RuleViolation):
            leave_feedback(inspection=cast.inspection, text=text, **told)


def test_one_address_has_five_messages_an_hour_for_all_inspections_together(cast: Cast) -> None:
    places = [inspection(cast.organisation, is_public=True) for _number in range(3)]

    def leave(place: Inspection, address: str, at: datetime) -> PublicFeedback:
        return leave_feedback(inspection=place, text="路灯不亮", contact="", address=address, at=at)

    for number in range(FROM_ONE_ADDRESS):
        leave(places[number % 2], "10.0.0.1", NOW)
    for place in places:
        with pytest.raises(TooManyMessages):
            leave(place, "10.0.0.1", NOW + timedelta(minutes=59))
        assert leave(place, "10.0.0.2", NOW + timedelta(minutes=59)).pk
    assert leave(places[0], "10.0.0.1", NOW + timedelta(minutes=61)).pk


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE supervision_publicfeedback SET text = 'another'",
        "UPDATE supervision_publicfeedback SET contact = 'another'",
        "DELETE FROM supervision_publicfeedback",
    ],
)
def test_the_database_keeps_what_was_written(feedback: PublicFeedback, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


VIOLATIONS: list[tuple[str, Callable[[Cast, PublicFeedback], Any]]] = [
    ("feedback_status_known", lambda b, f: change(f, status="lost")),
    ("feedback_has_text", lambda b, f: PublicFeedback.objects.create(inspection=b.inspection, text="", at=NOW)),
    ("feedback_answer_says_who", lambda b, f: change(f, answer="已经修复")),
    ("feedback_answered_has_answer", lambda b, f: change(f, status="answered")),
    ("feedback_closed_says_who", lambda b, f: change(f, status="closed")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(
    cast: Cast, feedback: PublicFeedback, name: str, violate: Callable[[Cast, PublicFeedback], Any]
) -> None:
    with refused_by("supervision", name):
        violate(cast, feedback)


def test_every_named_constraint_of_feedback_is_tried() -> None:
    named = {name for name in constraints_of("supervision") if name.startswith("feedback_")}
    assert {name for name, _violate in VIOLATIONS} == named
