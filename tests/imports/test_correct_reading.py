"""The office corrects how a notice was read, line by line, before it is imported."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.exceptions import Conflict, Forbidden, RuleViolation
from imports.models import Import
from imports.services import ledger_state
from imports.services.corrections import correct_reading, reading_of
from imports.services.imports import carry_out_import, confirm_import, discard_import, preview, upload_import
from imports.views import reading as page_module
from issues.models import Issue
from readers.notice import Corrections, read_text
from readers.notice.summary import issues_of
from tests.factories import NOW, Cast
from tests.html_pages import NOTICE, Page, followed

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
MARRED = NOTICE.replace("(2)二次供水泵房无人值守。", "二次供水泵房无人值守。").replace(
    "三、下一步打算", "乱码行XYZ\n\n三、下一步打算"
)
"""The number of an issue was lost, and a line got in that belongs to nothing."""


def line_of(text: str, words: str) -> str:
    """The key of the line that begins so."""
    return str(next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith(words)))


def upload(cast: Cast, text: str = MARRED) -> Import:
    return upload_import(data=text.encode(), name="notice.txt", inspection=cast.inspection, by=cast.office, at=NOW)


def issues(source: Import) -> list[str]:
    return [issue.text for issue in issues_of(reading_of(source))]


def kind_of(source: Import, key: str) -> str:
    return next(line.kind for line in reading_of(source).lines if line.key == key)


def test_a_line_that_is_an_issue_becomes_one(cast: Cast) -> None:
    source = upload(cast)
    stray = line_of(MARRED, "乱码行")
    assert "乱码行XYZ" not in issues(source)
    correct_reading(source=source, layout="", lines={stray: "issue"}, by=cast.office)
    assert issues(source)[-1] == "乱码行XYZ"
    assert kind_of(source, stray) == "issue"
    assert source.corrections["lines"] == {stray: "issue"}
    assert preview(source).outcome()["issues"] == 4


def test_what_was_assumed_is_doubted_until_the_office_says_so(cast: Cast) -> None:
    """A line above a status was taken for an issue whose number is missing."""
    source = upload(cast)
    lost = int(line_of(MARRED, "二次供水"))
    assert issues(source) == ["城东片区管网漏损率偏高。", "二次供水泵房无人值守。", "夜间报修无人接听。"]
    assert (lost, "assumed_issue") in [(doubt.line, doubt.code) for doubt in reading_of(source).warnings]
    correct_reading(source=source, layout="", lines={str(lost): "issue"}, by=cast.office)
    assert len(issues(source)) == 3
    assert lost not in [doubt.line for doubt in reading_of(source).warnings]


def test_what_is_imported_is_the_corrected_reading(cast: Cast) -> None:
    source = upload(cast)
    said = {line_of(MARRED, "二次供水"): "issue", line_of(MARRED, "乱码行"): "furniture"}
    correct_reading(source=source, layout="", lines=said, by=cast.office)
    assert preview(source).outcome()["unread"] == []
    carry_out_import(source=source, base_seq=ledger_state(cast.inspection), by=cast.office, at=NOW)
    assert Issue.objects.filter(inspection=cast.inspection, text="二次供水泵房无人值守。").exists()
    assert Issue.objects.count() == 3


@pytest.mark.parametrize("kind", ["preamble", "closing", "furniture"])
def test_a_line_is_put_around_the_tree(kind: str, cast: Cast) -> None:
    source = upload(cast)
    stray = line_of(MARRED, "乱码行")
    assert [str(line.line) for line in reading_of(source).unread][-1] == stray
    correct_reading(source=source, layout="", lines={stray: kind}, by=cast.office)
    reading = reading_of(source)
    around = {"preamble": reading.preamble, "closing": reading.closing}
    around["furniture"] = "\n".join(line.text for line in reading.furniture)
    assert "乱码行XYZ" in around[kind]
    assert stray not in [str(line.line) for line in reading.unread]
    assert kind_of(source, stray) == kind


@pytest.mark.parametrize("level", ["area", "category", "problem"])
def test_a_line_is_a_heading_of_a_level(level: str, cast: Cast) -> None:
    source = upload(cast)
    stray = line_of(MARRED, "乱码行")
    correct_reading(source=source, layout="", lines={stray: level}, by=cast.office)
    reading = reading_of(source)
    area = reading.areas[-1]
    found = {"area": area.title, "category": area.categories[-1].title if area.categories else ""}
    problems = area.categories[-1].problems if area.categories else []
    found["problem"] = problems[-1].title if problems else ""
    assert found[level] == "乱码行XYZ"


def test_a_line_belongs_to_the_one_above_and_can_be_parted_again(cast: Cast) -> None:
    text = NOTICE.replace("漏损率偏高。", "漏损率\n\n偏高，群众反映强烈")
    source = upload(cast, text)
    second = line_of(text, "偏高")
    assert "城东片区管网漏损率偏高，群众反映强烈" not in issues(source)
    correct_reading(source=source, layout="", lines={second: "above"}, by=cast.office)
    assert "城东片区管网漏损率偏高，群众反映强烈" in issues(source)
    assert kind_of(source, second) == "joined"
    correct_reading(source=source, layout="", lines={second: ""}, by=cast.office)
    assert source.corrections["lines"] == {}
    assert kind_of(source, second) == "unread"


def test_the_tree_begins_where_the_office_says(cast: Cast) -> None:
    """A heading above the tree takes the lines between into it; one that is preamble lets them out again."""
    text = NOTICE.replace("二、问题整改情况\n\n", "")
    source = upload(cast, text)
    assert [area.title for area in reading_of(source).areas] == ["履行职责方面", "作风建设方面"]
    heading = line_of(text, "(一)履行")
    correct_reading(source=source, layout="", lines={heading: "preamble"}, by=cast.office)
    assert [area.title for area in reading_of(source).areas] == ["", "作风建设方面"]
    assert "(一)履行职责方面" in reading_of(source).preamble


def test_another_layout_can_be_asked_for(cast: Cast) -> None:
    source = upload(cast)
    as_it_came = reading_of(source).layout
    correct_reading(source=source, layout="two_levels", lines={}, by=cast.office)
    assert reading_of(source).layout == "two_levels"
    correct_reading(source=source, layout="", lines={}, by=cast.office)
    assert reading_of(source).layout == as_it_came
    with pytest.raises(RuleViolation, match="layout is not known"):
        correct_reading(source=source, layout="L99", lines={}, by=cast.office)
    with pytest.raises(ValueError, match="no such kinds"):
        correct_reading(source=source, layout="", lines={"1": "poem"}, by=cast.office)


def test_taking_the_whole_tree_away_is_refused_and_changes_nothing(cast: Cast) -> None:
    source = upload(cast)
    everything = {line.key: "furniture" for line in reading_of(source).lines}
    with pytest.raises(RuleViolation, match="No issue"):
        correct_reading(source=source, layout="", lines=everything, by=cast.office)
    assert Import.objects.get(pk=source.pk).corrections == {}


def test_nobody_else_corrects_it_and_nobody_once_it_is_confirmed(cast: Cast) -> None:
    source = upload(cast)
    for person in (cast.stranger, cast.leader, cast.group):
        with pytest.raises(Forbidden):
            correct_reading(source=source, layout="", lines={}, by=person)
    seen = Import.objects.get(pk=source.pk)
    confirm_import(source=source, base_seq=0, by=cast.office, at=NOW)
    with pytest.raises(RuleViolation):
        correct_reading(source=source, layout="", lines={}, by=cast.office)
    with pytest.raises(Conflict):  # seen before it was confirmed
        correct_reading(source=seen, layout="", lines={"3": "furniture"}, by=cast.office)


def test_two_people_who_correct_at_once_do_not_lose_each_others_words(cast: Cast) -> None:
    source = upload(cast)
    other = Import.objects.get(pk=source.pk)
    correct_reading(source=source, layout="", lines={line_of(MARRED, "乱码行"): "furniture"}, by=cast.office)
    with pytest.raises(Conflict):
        correct_reading(source=other, layout="", lines={line_of(MARRED, "二次供水"): "issue"}, by=cast.office)


def test_the_page_shows_doubted_lines_first_and_the_rest_folded(cast: Cast, page_of: PageOf) -> None:
    source = upload(cast)
    page = Page(page_of(cast.office).get(reverse("correct_reading", args=[source.pk])))
    first = page.tree.xpath("//form//table")[0]
    shown = [row.get("id") for row in first.xpath(".//tbody/tr")]
    assert f"line-{line_of(MARRED, '乱码行')}" in shown
    assert f"line-{line_of(MARRED, '一是更换')}" not in shown
    assert page.texts("//form//details//table//tbody/tr[@id='line-9']/td[3]") == ["heading of an area"]
    everything = page.texts("//form//table//tbody/tr/td[1]")
    assert len(everything) == len([line for line in MARRED.split("\n") if line.strip()])
    assert page.choices(f"line-{line_of(MARRED, '乱码行')}")[3] == "issue"


def test_what_is_chosen_on_the_page_is_read_anew_and_shown_in_the_preview(cast: Cast, page_of: PageOf) -> None:
    source, client = upload(cast), page_of(cast.office)
    before = Page(client.get(reverse("import_detail", args=[source.pk])))
    assert before.tiles()["issues"].figure == 3
    assert before.one(f"//a[@href='{reverse('correct_reading', args=[source.pk])}']") is not None
    said = {f"line-{line_of(MARRED, '二次供水')}": "issue", f"line-{line_of(MARRED, '乱码行')}": "issue"}
    page = followed(client, reverse("correct_reading", args=[source.pk]), said)
    assert page.toasts() == ["The notice was read again with your corrections."]
    assert page.typed(f"line-{line_of(MARRED, '二次供水')}") == "issue"
    assert Page(client.get(reverse("import_detail", args=[source.pk]))).tiles()["issues"].figure == 4
    wrong = client.post(reverse("correct_reading", args=[source.pk]), {f"line-{line_of(MARRED, '乱码行')}": "poem"})
    assert wrong.status_code == 422


def test_a_long_notice_comes_in_pages_and_each_keeps_what_the_others_said(
    cast: Cast, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "LINES_A_PAGE", 5)
    source, client = upload(cast), page_of(cast.office)
    address = reverse("correct_reading", args=[source.pk])
    key = line_of(MARRED, "乱码行")
    followed(client, address, {f"line-{key}": "furniture"})
    second = Page(client.get(f"{address}?page=2"))
    names = [found.get("name") for found in second.tree.xpath("//select") if found.get("name") != "layout"]
    assert len(names) == 5
    last = Page(client.get(f"{address}?page=99"))
    other = next(f.get("name") for f in last.tree.xpath("//select") if f.get("name") != "layout")
    followed(client, f"{address}?page=99", {other: "closing", "layout": "four_levels"})
    source.refresh_from_db()
    assert source.corrections["lines"] == {key: "furniture", other.removeprefix("line-"): "closing"}


def test_there_is_nothing_to_correct_once_an_import_is_over(cast: Cast, page_of: PageOf) -> None:
    source = upload(cast)
    discard_import(source=source, by=cast.office)
    assert page_of(cast.office).get(reverse("correct_reading", args=[source.pk])).status_code == 404


def test_parts_of_a_line_are_corrected_one_by_one() -> None:
    """In a paper of one paragraph each part has its own key."""
    issues = "(1)次数少。整改情况:已完成。一是补学。(2)不深入。整改情况:已完成。一是研讨。"
    text = "一、整改情况\n(一)学习方面。1.关于学习少的问题。" + issues
    before = read_text(text)
    assert before.layout == "one_paragraph"
    keys = {line.text: line.key for line in before.lines}
    after = read_text(text, Corrections("one_paragraph", {keys["(2)不深入。"]: "problem"}))
    problems = after.areas[0].categories[0].problems
    assert problems[-1].title == "不深入。"
