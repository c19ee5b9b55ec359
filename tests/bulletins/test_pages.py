"""The pages: list with search, the paper with the text in its place, publishing, correcting, papers as jobs."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bulletins.models import Bulletin
from jobs.models import Job
from jobs.tasks import run_job
from tests.bulletins.two_weeks import FIRST, REASON, TEXTS, TwoWeeks, second_inspection
from tests.html_pages import Page, followed

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]


def at(name: str, bulletin: Bulletin, *more: str) -> str:
    return reverse(name, args=[bulletin.pk, *more])


def titles(page: Page) -> list[str]:
    return page.texts("//table/tbody/tr/th/a")


def test_the_list_tells_number_week_and_state(scene: TwoWeeks, page_of: PageOf) -> None:
    first = scene.published(scene.draft(FIRST))
    scene.draft()
    page = Page(page_of(scene.office).get(reverse("bulletins")))
    rows = page.table("Number")
    assert [row[0] for row in rows] == ["no number yet", "2026 no. 1"]
    assert [row[2] for row in rows] == ["2026-W10", "2026-W09"]
    assert [row[3] for row in rows] == ["draft", "published"]
    assert titles(Page(page_of(scene.roads_officer).get(reverse("bulletins")))) == [first.title]


SEARCHES = {
    "q=推进会": [10],
    "q=推进会+督查": [10],
    "q=推进会+没有": [],
    "q=第9周": [9],
    "year=2026": [10, 9],
    "year=2025": [],
    "status=draft": [9],
    "status=published": [10],
    "inspection=nobody": [],
}


def test_the_list_is_searched(scene: TwoWeeks, page_of: PageOf) -> None:
    scene.draft(FIRST)
    scene.published(scene.edited(scene.draft()))
    browser = page_of(scene.office)
    for query, weeks in SEARCHES.items():
        page = Page(browser.get(f"{reverse('bulletins')}?{query}"))
        assert [int(row[2][-2:]) for row in page.table("Number")] == weeks, query
        assert ("Nothing matches these filters" in page.text()) == (not weeks)


def test_the_list_comes_in_pages_with_the_same_queries(scene: TwoWeeks, page_of: PageOf, queries: Any) -> None:
    browser = page_of(scene.office)
    scene.draft(FIRST)
    few = queries(lambda: browser.get(reverse("bulletins")))
    scene.published(scene.draft())
    second_inspection(scene)
    assert queries(lambda: browser.get(reverse("bulletins"))) == few


def test_an_empty_list_says_what_comes(scene: TwoWeeks, page_of: PageOf) -> None:
    assert "No bulletin yet" in Page(page_of(scene.office).get(reverse("bulletins"))).text()


def test_everybody_of_the_organisation_reads_the_published_paper_without_its_drafts(
    scene: TwoWeeks, page_of: PageOf
) -> None:
    bulletin = scene.published(scene.edited(scene.draft()))
    page = Page(page_of(scene.parks_officer).get(at("bulletin", bulletin)))
    assert "盯紧逾期措施。" in page.text("//article")
    assert "第1期" in page.text("//article")
    assert bulletin.chain_hash in page.text("//footer[@class='paper-foot']")
    assert page.tree.xpath("//textarea") == []
    assert "History" not in page.text()
    assert "As the public reads it" not in page.text()


def test_the_office_writes_in_the_paper(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin, browser = scene.draft(), page_of(scene.office)
    page = followed(browser, at("edit_bulletin", bulletin), {"version": 1, **TEXTS})
    assert page.toasts() == ["The text was saved."]
    assert page.typed("opening") == TEXTS["opening"]
    assert page.texts("//div[@id='text-opening']/p") == ["局党组召开推进会。", "各单位报告进展。"]
    assert browser.post(at("edit_bulletin", bulletin), {"version": 2, "then": "publish"})["Location"] == at(
        "publish_bulletin", bulletin
    )


def test_a_look_ahead_saves_nothing(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin, browser = scene.draft(), page_of(scene.office)
    typed = {"version": 1, "requirements": "逐项<b>说明</b>"}
    part = browser.post(at("preview_bulletin", bulletin), typed, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert '<div class="paper-text" id="text-requirements" hx-swap-oob="true"><p>逐项&lt;b&gt;' in part.content.decode()
    whole = Page(browser.post(at("preview_bulletin", bulletin), typed))
    assert "Nothing is saved yet" in whole.text()
    assert whole.typed("requirements") == "逐项<b>说明</b>"
    bulletin.refresh_from_db()
    assert bulletin.requirements == ""


def test_what_a_colleague_saved_meanwhile_is_shown_and_what_was_typed_stays(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin, browser = scene.edited(scene.draft()), page_of(scene.second_office)
    answer = browser.post(at("edit_bulletin", bulletin), {"version": 1, "opening": "Mine"})
    page = Page(answer)
    assert page.status == 422
    assert "Someone else has changed the text in the meantime" in page.errors()[""]
    assert page.typed("opening") == "Mine"
    assert any("局党组召开推进会。" in words for words in page.texts("//blockquote"))
    followed(browser, at("edit_bulletin", bulletin), {"version": page.typed("version"), "opening": "Mine"})
    bulletin.refresh_from_db()
    assert bulletin.opening == "Mine"


def test_a_text_that_is_too_long_stays_in_its_field(scene: TwoWeeks, page_of: PageOf) -> None:
    page = Page(
        page_of(scene.office).post(at("edit_bulletin", scene.draft()), {"version": 1, "requirements": "长" * 2001})
    )
    assert page.status == 422
    assert "requirements" in page.errors()
    assert page.typed("requirements") == "长" * 2001


def test_publishing_says_what_will_happen_and_asks_once(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin, browser = scene.edited(scene.draft(), opening="张三同志汇报了进展。"), page_of(scene.office)
    question = Page(browser.get(at("publish_bulletin", bulletin)))
    assert "It gets the number 1 of this year" in question.text()
    assert "张三" in question.text("//p[contains(@class, 'alert-warning')]")
    page = followed(browser, at("publish_bulletin", bulletin), {"version": question.typed("version")})
    assert page.toasts() == ["Published as number 1."]
    assert browser.get(at("publish_bulletin", bulletin))["Location"] == at("bulletin", bulletin)


def test_an_older_text_is_not_published(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin = scene.edited(scene.draft())
    page = Page(page_of(scene.office).post(at("publish_bulletin", bulletin), {"version": 1}))
    assert page.status == 422
    assert "Someone else has changed the text in the meantime" in page.text()


def test_a_correction_names_both_ways(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin, browser = scene.published(), page_of(scene.office)
    page = followed(browser, at("correct_bulletin", bulletin), {"reason": REASON})
    assert "This edition corrects an earlier one." in page.text()
    assert REASON in page.text("//article")
    assert "A correction of this bulletin is being drafted." in Page(browser.get(at("bulletin", bulletin))).text()
    officer = page_of(scene.roads_officer)
    correction = bulletin.corrected_by
    assert correction.title not in Page(officer.get(at("bulletin", bulletin))).texts("//main//a")
    scene.published(correction)
    page = Page(officer.get(at("bulletin", bulletin)))
    assert "This bulletin was corrected" in page.text()
    assert at("bulletin", correction) in page.tree.xpath("//main//a/@href")


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_a_paper_is_made_by_a_job_and_stays_downloadable(scene: TwoWeeks, page_of: PageOf, kind: str) -> None:
    bulletin, browser = scene.published(), page_of(scene.roads_officer)
    for _click in range(2):
        page = followed(browser, at("request_bulletin_paper", bulletin, kind))
    job = Job.objects.get()
    assert page.texts("//progress") == ["0 %"]
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("done", "")
    page = followed(browser, at("request_bulletin_paper", bulletin, kind))
    (link,) = page.tree.xpath("//a[contains(@href, '/result/')]/@href")
    name = f"巡察整改周报（Bureau，2026年第1期，2026年第10周）.{kind}"
    assert name in page.text("//div[@class='downloads']")
    content = b"".join(browser.get(link).streaming_content)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (job.result_file.size, job.result_file.sha256)
    assert page_of(scene.office).get(link).status_code == 404
    assert browser.post(f"/bulletins/{bulletin.pk}/paper/exe/").status_code == 404


def test_a_changed_draft_is_another_paper(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin, browser = scene.draft(), page_of(scene.office)
    followed(browser, at("request_bulletin_paper", bulletin, "pdf"))
    page = followed(browser, at("request_bulletin_paper", scene.edited(bulletin), "pdf"))
    assert Job.objects.count() == 2
    assert len(page.tree.xpath("//details[@class='paper-job']")) == 1


def test_whoever_no_longer_sees_a_bulletin_gets_no_paper_of_it(scene: TwoWeeks, page_of: PageOf) -> None:
    bulletin = scene.draft()
    followed(page_of(scene.leader), at("request_bulletin_paper", bulletin, "pdf"))
    scene.leader.appointments.all().delete()
    run_job(Job.objects.get().pk)
    assert Job.objects.get().status == "failed"


def test_the_page_asks_as_much_of_the_database_for_many_rows(scene: TwoWeeks, page_of: PageOf, queries: Any) -> None:
    first, second, browser = scene.draft(FIRST), scene.draft(), page_of(scene.office)
    few = queries(lambda: browser.get(at("bulletin", first)))
    assert queries(lambda: browser.get(at("bulletin", second))) == few
