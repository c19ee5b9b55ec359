"""The frozen files on the page of an application: each is looked at there, and nobody looks at a locked one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from files.models import FileScan
from measures.services import add_evidence
from rectify.demo.paper import make_file
from signoffs.models import Application
from tests.factories import NOW, TODAY, stored
from tests.html_pages import Page
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
LOOK = "//section//details[@class='file-preview']"


def shown(client: Client, application: Application) -> Page:
    return Page(client.get(reverse("application", args=[application.pk])))


def test_text_picture_and_pdf_are_looked_at_beside_what_was_done(review: Review, page_of: PageOf) -> None:
    measure = review.work()
    for name in ("照片.png", "报告.pdf"):
        content = make_file(name, title="Report", words=["Facts"], on=TODAY)
        file = stored(content, name=name, by=review.roads_officer)
        add_evidence(measure=measure, file=file, by=review.roads_officer, at=NOW)
    page = shown(page_of(review.office), review.applied(measure))
    text, picture, paper = measure.evidence.order_by("position")
    assert page.tree.xpath(f"{LOOK}/iframe/@src") == [
        f"/evidence/{text.pk}/1/preview/#navpanes=0&view=FitH",
        f"/evidence/{paper.pk}/1/preview/#navpanes=0&view=FitH",
    ]
    assert page.tree.xpath(f"{LOOK}/img/@src") == [f"/evidence/{picture.pk}/1/preview/"]
    assert page.tree.xpath(f"{LOOK}/img/@alt") == ["照片.png"]
    assert len(page.tree.xpath(f"{LOOK}[@open]")) == 1, "the first is shown at once, the others on a click"
    assert set(page.tree.xpath(f"{LOOK}/*/@loading")) == {"lazy"}, "what nobody looks at leaves no event"


def test_each_address_that_is_shown_opens_for_the_reviewer(review: Review, page_of: PageOf) -> None:
    client = page_of(review.office)
    (address,) = shown(client, review.applied()).tree.xpath(f"{LOOK}/iframe/@src")
    answer = client.get(address.partition("#")[0])
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"Facts"


def test_what_the_scan_locks_meanwhile_is_not_looked_at(review: Review, page_of: PageOf) -> None:
    application = review.applied()
    FileScan.objects.create(
        file_id=application.measure.evidence.get().latest.file_id, state="infected", answer="Eicar", scanned_at=NOW
    )
    page = shown(page_of(review.office), application)
    assert page.tree.xpath(LOOK) == []
    assert "infected, locked" in page.text()


def test_the_page_costs_the_same_for_one_file_and_for_ten(review: Review, page_of: PageOf, queries: Any) -> None:
    client, one, ten = page_of(review.office), review.applied(), review.work()
    for number in range(9):
        review.prove(ten, f"More facts {number}".encode())
    many = review.applied(ten)
    shown(client, one)
    assert queries(lambda: shown(client, one)) == queries(lambda: shown(client, many))
    assert len(shown(client, many).tree.xpath(LOOK)) == 10
