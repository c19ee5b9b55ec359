"""The application form: one page, Chinese on every page's language, with who decided what when."""

import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import lxml.html  # type: ignore[import-untyped]
import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from audit.models import Event
from documents import write_docx, write_pdf
from issues.models import Issue
from measures.models import Measure
from signoffs.models import Application
from signoffs.services import accept_application, apply_for_closure, apply_for_sign_off
from signoffs.services.deciding import Meeting
from signoffs.services.papers import form_of
from tests.documents.papers import CODE, RARE, converted, pages_of, squeezed
from tests.factories import NOW, evidence
from tests.signoffs.paper_data import applied, closing_of_two_units, work
from tests.signoffs.review_setup import CLOSING, STATEMENT, Review, give_back, later

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
LONG_NAME = "关于城东片区管网改造的整改报告" * 14 + ".txt"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        yield


def shown(application: Application, by: Any) -> str:
    """The words of the form, without blanks; it must be one page."""
    (only,) = pages_of(write_pdf(form_of(application, by=by, at=later())))
    return squeezed(only)


def test_it_tells_what_was_applied_for_and_on_what_evidence(review: Review) -> None:
    application = applied(review, kinds=["rule_making"])
    text = shown(application, review.office)
    measure = application.measure
    assert measure is not None
    for words in (
        "整改销号申请审批表",
        f"编号：{measure.code}　第1轮",
        measure.issue.text,
        measure.text,
        "管网已全部更换完毕。",
        STATEMENT,
        "建章立制类措施",
        f"1.{measure.code}-整改报告（终稿）.pdf（3页，2026年2月1日，SHA-256",
        f"2.{measure.code}-现场照片说明.txt（页数不详，2026年2月1日",
        measure.evidence.get(position=1).latest.file.sha256[:12],
        f"销号材料清单SHA-256：{application.manifest_sha256}",
    ):
        assert squeezed(words) in text, words


def test_it_names_who_decided_and_when_with_the_number_in_the_trail(review: Review) -> None:
    application = applied(review)
    accept_application(application=application, step=1, by=review.office, at=later(5), note="材料齐全。")
    meeting = Meeting(date(2026, 3, 2), "党组纪要〔2026〕3号")
    accept_application(application=application, step=2, by=review.group, at=later(65), meeting=meeting)
    text = shown(application, review.office)
    events = {event.verb: event for event in Event.objects.filter(verb="accept_application").order_by("seq")}
    last = events["accept_application"]
    assert "整改办审核：同意。材料齐全。" in text or "同意。材料齐全。" in text
    assert squeezed("Office　2026年3月2日 09:05") in text
    assert squeezed(f"Group　2026年3月2日 10:05　留痕第{last.seq}号") in text
    assert "会议：2026年3月2日，会议纪要编号：党组纪要〔2026〕3号" in text
    assert f"操作留痕：链{last.chain.key}，第{last.seq}号" in text
    assert f"该号SHA-256：{last.hash}" in text
    assert "状态：已通过" in text


def test_a_returned_one_says_the_ground_and_the_reason(review: Review) -> None:
    application = applied(review)
    give_back(application, by=review.office, reason="照片没有显示第二段管网。")
    text = shown(application, review.roads_officer)
    assert "退回（任务完不成）。照片没有显示第二段管网。" in text
    assert "未进行" in text


def test_a_reviewer_whom_the_chain_does_not_ask_is_said_not_to_be_asked(review: Review) -> None:
    text = shown(applied(review), review.office)
    assert text.count("本次审核程序未设此环节") == 2
    assert text.count("待审核") == 2


def test_the_official_paper_is_chinese_on_an_english_page(review: Review) -> None:
    application = applied(review)
    with translation.override("en"):
        english = shown(application, review.office)
    with translation.override("zh-hans"):
        assert shown(application, review.office) == english
    for word in ("Review by the office", "Decision of the group", "under review", "pending"):
        assert squeezed(word) not in english


def test_what_was_decided_on_is_shown_not_what_became_of_it(review: Review) -> None:
    application = applied(review)
    measure = application.measure
    give_back(application, by=review.office)
    assert measure is not None
    Measure.objects.filter(pk=measure.pk).update(text="改写后的措施")
    Issue.objects.filter(pk=measure.issue_id).update(text="改写后的问题")
    application = Application.objects.get(pk=application.pk)
    text = shown(application, review.office)
    assert "改写后" not in text
    assert measure.text in text


def test_texts_that_look_like_code_come_out_as_text(review: Review, tmp_path: Path) -> None:
    issue = review.issue(text="\n".join(CODE[:3]))
    measure = work(review, issue=issue, text="\n".join([*CODE[3:], RARE]))
    application = apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)
    text = shown(application, review.office)
    assert all(squeezed(each) in text for each in (*CODE, RARE))
    paper = form_of(application, by=review.office, at=NOW)
    (only,) = pages_of(converted(write_docx(paper), tmp_path))
    assert all(squeezed(each) in squeezed(only) for each in (*CODE, RARE))


def test_sixty_files_and_a_long_statement_are_not_cut(review: Review) -> None:
    measure = work(review)
    for number in range(60):
        evidence(measure, by=review.roads_officer, name=f"第{number:02}号现场照片.txt")
    statement = "更换管网并建立巡查制度。" * 200
    application = apply_for_sign_off(measure=measure, statement=statement, by=review.roads_officer, at=NOW)
    first, *rest = pages_of(write_pdf(form_of(application, by=review.office, at=NOW)))
    assert application.manifest_sha256 in first
    assert "见附页1" in squeezed(first)
    annexes = squeezed("".join(rest))
    assert annexes.count("更换管网并建立巡查制度。") == 200
    assert all(f"第{number:02}号现场照片.txt" in annexes for number in range(60))


def test_the_word_file_says_the_same(review: Review) -> None:
    application = applied(review)
    review.accepted(application, review.office, review.group)
    document = docx.Document(io.BytesIO(write_docx(form_of(application, by=review.office, at=later()))))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    words = squeezed("".join(cells + [paragraph.text for paragraph in document.paragraphs]))
    assert document.paragraphs[0].style.name == "Title"
    for label in ("问题编号", "整改成效", "证明材料", "整改办意见", "党组意见"):
        assert label in cells
    assert application.manifest_sha256 in words
    assert squeezed(STATEMENT) in words


def test_a_closing_lists_its_measures_and_what_it_rests_on(review: Review) -> None:
    issue = review.issue(lead_unit=review.roads, status="in_rectification")
    application = applied(review, issue=issue)
    review.accepted(application, review.office, review.group)
    measure = application.measure
    assert measure is not None
    closing = apply_for_closure(issue=issue, statement=STATEMENT, by=review.roads_officer, at=later(9), **CLOSING)
    text = shown(closing, review.office)
    for words in (
        measure.code,
        "落实情况：" + STATEMENT,
        "整改报告（终稿）.pdf（3页",
        CLOSING["upkeep"],
        "申请结论：已完成",
    ):
        assert squeezed(words) in text, words
    assert "未列出" not in text


def test_a_closing_hides_measures_of_units_that_must_not_see_each_other(review: Review) -> None:
    closing = closing_of_two_units(review)
    roads, office = shown(closing, review.roads_officer), shown(closing, review.office)
    assert "绿化措施" in office
    assert "绿化措施" not in roads
    assert "另有措施不在查阅范围内" in roads
    assert "另有措施不在查阅范围内" not in office


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_who_does_not_see_the_measure_gets_no_form(review: Review, page_of: PageOf, kind: str) -> None:
    address = reverse("application_form", args=[applied(review).pk, kind])
    for person in (review.parks_officer, review.stranger, review.superuser, review.auditor):
        assert page_of(person).get(address).status_code == 404
    for person in (review.roads_officer, review.office, review.inspector):
        response = page_of(person).get(address)
        assert response.status_code == 200
        assert response.content.startswith({"pdf": b"%PDF", "docx": b"PK"}[kind])
        assert response["X-Content-Type-Options"] == "nosniff"


def test_there_is_no_other_kind_of_form(review: Review, page_of: PageOf) -> None:
    assert page_of(review.office).get(f"/signoffs/{applied(review).pk}/form.exe").status_code == 404


def test_an_imported_claim_says_that_nobody_decided_it_here(review: Review) -> None:
    claimed = review.claimed()
    text = shown(claimed, review.office)
    assert "系统内无人作出决定" in text
    assert "原件所载" in text


def test_the_buttons_lead_to_the_papers(review: Review, page_of: PageOf) -> None:
    application = applied(review)
    shown_to = {"application": application, "issue": application.issue}
    buttons = lxml.html.fromstring(f"<div>{render_to_string('signoffs/_papers.html', shown_to)}</div>")
    client = page_of(review.office)
    assert len(buttons.xpath("//a/@href")) == 2
    assert all(client.get(address).status_code == 200 for address in buttons.xpath("//a/@href"))
    (form,) = buttons.xpath("//form[@method='post']/@action")
    assert client.post(form).status_code == 302
