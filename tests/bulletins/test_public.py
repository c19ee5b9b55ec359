"""What the public reads of a bulletin: no leaders, reasons or names, nothing withheld; what is left out is counted."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bulletins.services.redaction import names_of_people, public_sections
from issues.models import Issue
from issues.services import approve_disclosure, propose_disclosure
from issues.services.disclosing import IN_FULL, Proposal
from tests.bulletins.two_weeks import FRIDAY, TwoWeeks
from tests.factories import user
from tests.html_pages import Page
from tests.signoffs.review_setup import REASON

pytestmark = pytest.mark.django_db


def show(scene: TwoWeeks, issue: Issue, proposal: Proposal = IN_FULL) -> None:
    asked: dict[str, Any] = {"issue": issue, "audience": "public", "proposal": proposal, "at": FRIDAY}
    approve_disclosure(disclosure=propose_disclosure(by=scene.office, **asked), by=scene.group, at=FRIDAY)


def words_of(bulletin: Any) -> str:
    return repr(public_sections(bulletin))


def test_what_nobody_decided_to_show_is_not_shown_and_still_counted(scene: TwoWeeks) -> None:
    bulletin = scene.published(scene.edited(scene.draft()))
    words = words_of(bulletin)
    for measure in scene.measures.values():
        assert measure.text not in words
        assert measure.issue.text not in words
        assert measure.code not in words
    lists = {grid.key: grid for section in public_sections(bulletin) for grid in section.grids}
    assert (lists["overdue"].rows, lists["overdue"].note) == ((), "另有1项按规定不在本通报列示，已计入总数。")
    assert "逾期1项" in words


def test_what_is_shown_has_neither_leader_nor_reason(scene: TwoWeeks) -> None:
    for name in ("pole", "late"):
        show(scene, scene.measures[name].issue)
    bulletin = scene.published(scene.edited(scene.draft()))
    words = words_of(bulletin)
    assert scene.measures["pole"].text in words
    assert scene.measures["late"].text in words
    assert REASON not in words
    lists = {grid.key: [column.name for column in grid.columns] for s in public_sections(bulletin) for grid in s.grids}
    assert lists["overdue"] == ["序号", "编号", "整改措施", "牵头单位", "整改时限", "逾期天数"]
    assert "退回原因" not in lists["returned"]


def test_a_redacted_issue_has_its_redacted_text_and_no_measures(scene: TwoWeeks) -> None:
    lane = scene.measures["lane"]
    show(scene, lane.issue, Proposal(extent="redacted", text="一项道路问题", reason=REASON))
    words = words_of(scene.published())
    assert "一项道路问题" in words
    assert lane.text not in words


def test_names_of_people_are_struck_out_and_posts_are_not(scene: TwoWeeks) -> None:
    user("欧阳明月")
    user("王局长")
    user("副局长")
    texts = {"opening": "欧阳明月汇报，副局长主持，王局长点评。"}
    bulletin = scene.published(scene.edited(scene.draft(), **texts))
    (_field, opening) = next(section.texts[0] for section in public_sections(bulletin) if section.key == "overall")
    assert opening == "×××汇报，副局长主持，×××点评。"
    assert names_of_people(["欧阳明月", "王局长", "副局长", "党组副书记"]) == ["欧阳明月", "王局长"]


def test_what_is_withheld_later_vanishes_from_what_was_published_before(scene: TwoWeeks) -> None:
    late = scene.measures["late"]
    show(scene, late.issue)
    bulletin = scene.published()
    assert late.text in words_of(bulletin)
    proposal = Proposal(extent="withheld", reason=REASON)
    propose_disclosure(issue=late.issue, audience="public", proposal=proposal, by=scene.office, at=FRIDAY)
    assert late.text not in words_of(bulletin)


def test_the_office_looks_at_the_public_version(scene: TwoWeeks) -> None:
    bulletin, browser = scene.published(), Client()
    browser.force_login(scene.office, backend="django.contrib.auth.backends.ModelBackend")
    page = Page(browser.get(reverse("bulletin", args=[bulletin.pk]) + "?as=public"))
    assert scene.measures["late"].text not in page.html
    browser.force_login(scene.roads_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert scene.measures["late"].text in Page(browser.get(reverse("bulletin", args=[bulletin.pk]) + "?as=public")).html
