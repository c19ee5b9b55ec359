"""The office's text: changed on a draft alone, by the office alone, never over somebody else's."""

import pytest

from audit.models import Event
from bulletins.models import LONGEST_TEXT
from bulletins.services import edit_bulletin
from core.exceptions import Conflict, Forbidden, RuleViolation
from tests.bulletins.two_weeks import FRIDAY, OTHERS, TEXTS, TwoWeeks
from tests.measures.trail_checks import events

pytestmark = pytest.mark.django_db


def test_the_office_writes_its_three_texts(scene: TwoWeeks) -> None:
    bulletin = scene.edited(scene.draft())
    bulletin.refresh_from_db()
    assert bulletin.texts == TEXTS
    assert bulletin.version == 2
    assert Event.objects.get(verb="edit_bulletin").actor_label == scene.office.label


def test_nothing_is_written_where_nothing_changed(scene: TwoWeeks) -> None:
    bulletin = scene.edited(scene.draft())
    edit_bulletin(
        bulletin=bulletin,
        values={"requirements": f" {TEXTS['requirements']} \r\n"},
        version=2,
        by=scene.office,
        at=FRIDAY,
    )
    assert bulletin.version == 2
    assert len(events("edit_bulletin")) == 1


def test_nobody_else_writes_it(scene: TwoWeeks) -> None:
    bulletin = scene.draft()
    for who in OTHERS:
        with pytest.raises(Forbidden):
            edit_bulletin(bulletin=bulletin, values=TEXTS, version=1, by=getattr(scene, who), at=FRIDAY)


def test_who_saw_an_older_text_does_not_write_over_the_newer_one(scene: TwoWeeks) -> None:
    bulletin = scene.edited(scene.draft())
    with pytest.raises(Conflict):
        edit_bulletin(bulletin=bulletin, values={"opening": "Mine"}, version=1, by=scene.second_office, at=FRIDAY)
    bulletin.refresh_from_db()
    assert bulletin.texts == TEXTS


def test_a_published_bulletin_is_not_edited(scene: TwoWeeks) -> None:
    bulletin = scene.published()
    with pytest.raises(RuleViolation, match="published"):
        edit_bulletin(bulletin=bulletin, values=TEXTS, version=1, by=scene.office, at=FRIDAY)


def test_a_text_that_is_too_long_is_refused_at_its_field(scene: TwoWeeks) -> None:
    bulletin = scene.draft()
    with pytest.raises(RuleViolation) as caught:
        edit_bulletin(
            bulletin=bulletin, values={"outlook": "长" * (LONGEST_TEXT + 1)}, version=1, by=scene.office, at=FRIDAY
        )
    assert caught.value.field == "outlook"


def test_figures_are_no_text(scene: TwoWeeks) -> None:
    with pytest.raises(ValueError, match="content"):
        edit_bulletin(bulletin=scene.draft(), values={"content": ""}, version=1, by=scene.office, at=FRIDAY)
