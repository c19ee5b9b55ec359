"""A correction is the next edition: own figures, counted anew, a number of its own, naming the one that it corrects."""

import pytest

from bulletins.permissions import abilities
from bulletins.services import correct_bulletin
from bulletins.services.papers import sections_of
from core.exceptions import Conflict, Forbidden, RuleViolation
from measures.models import MeasureSpan
from tests.bulletins.two_weeks import FRIDAY, OTHERS, REASON, TEXTS, TwoWeeks
from tests.measures.trail_checks import events

pytestmark = pytest.mark.django_db


def test_the_next_edition_names_the_one_that_it_corrects(scene: TwoWeeks) -> None:
    first = scene.published(scene.edited(scene.draft()))
    correction = scene.corrected(first)
    assert (correction.edition, correction.corrects, correction.status, correction.week_label) == (
        2,
        first,
        "draft",
        first.week_label,
    )
    assert correction.texts == TEXTS
    assert correction.content["overall"] == first.content["overall"]
    (opening, same, _summary) = sections_of(correction.content, correction.texts)[0].lines
    assert opening.startswith("更正说明：本期更正2026年第1期")
    assert REASON in opening
    assert same == "经重新统计，总体数字与原期一致。"
    scene.published(correction)
    assert correction.number == 2
    first.refresh_from_db()
    assert first.corrected_by == correction
    assert len(events("correct_bulletin")) == 1


def test_its_figures_are_counted_anew_and_the_difference_is_told(scene: TwoWeeks) -> None:
    """A span that was false is put right past every service, as an administrator of the database would."""
    first = scene.published(scene.draft())
    soon = MeasureSpan.objects.filter(measure=scene.measures["soon"])
    soon.update(deadline="2026-03-03")
    correction = scene.corrected(first)
    assert correction.content["overall"]["measures"]["overdue"] == 2
    assert first.content["overall"]["measures"]["overdue"] == 1
    differences = sections_of(correction.content, correction.texts)[0].lines[1]
    assert "措施逾期由1项更正为2项" in differences
    assert len(correction.content["overdue"]) == 2


def test_a_draft_is_not_corrected(scene: TwoWeeks) -> None:
    with pytest.raises(RuleViolation, match="draft"):
        correct_bulletin(bulletin=scene.draft(), reason=REASON, by=scene.office, at=FRIDAY)


def test_only_the_latest_edition_is_corrected(scene: TwoWeeks) -> None:
    first = scene.published()
    second = scene.corrected(first)
    with pytest.raises(Conflict):
        scene.corrected(first)
    first.refresh_from_db()
    assert abilities(scene.office, first) == set()
    scene.published(second)
    assert scene.corrected(second).edition == 3


def test_a_reason_is_needed(scene: TwoWeeks) -> None:
    with pytest.raises(RuleViolation) as caught:
        correct_bulletin(bulletin=scene.published(), reason="wrong", by=scene.office, at=FRIDAY)
    assert caught.value.field == "reason"


def test_nobody_but_the_office_corrects(scene: TwoWeeks) -> None:
    bulletin = scene.published()
    for who in OTHERS:
        with pytest.raises(Forbidden):
            correct_bulletin(bulletin=bulletin, reason=REASON, by=getattr(scene, who), at=FRIDAY)
