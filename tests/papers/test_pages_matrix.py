"""Who gets at what of papers and disclosure: every page and every form for every person."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from issues.services import Proposal, propose_disclosure
from papers.models import PaperVersion
from papers.services.comments import comment_on_paper
from papers.services.content import content_from
from papers.services.lifecycle import approve_paper, edit_paper, issue_paper, make_paper, submit_paper
from papers.urls import urlpatterns as paper_patterns
from tests.factories import NOW, user
from tests.html_pages import everything
from tests.test_visibility import PEOPLE, answered, read
from tests.two_units import TwoUnits, at_their_desks

pytestmark = pytest.mark.django_db
PAGES = """
    page                      off grp ldr isp rdo rdh pko tfm aud adm sup str out
    papers                    200 200 200 200 ... ... ... ... ... ... ... ... in
    make_paper                405 405 405 405 405 405 405 405 405 405 405 405 in
    paper notice              200 200 200 ... ... ... ... ... ... ... ... ... in
    paper plan                200 200 200 200 ... ... ... ... ... ... ... ... in
    paper report              200 200 200 200 ... ... ... ... ... ... ... ... in
    edit_paper notice         200 --- --- ... ... ... ... ... ... ... ... ... in
    edit_paper report         302 --- --- --- ... ... ... ... ... ... ... ... in
    submit_paper notice       405 405 405 405 405 405 405 405 405 405 405 405 in
    approve_paper report      405 405 405 405 405 405 405 405 405 405 405 405 in
    return_paper report       405 405 405 405 405 405 405 405 405 405 405 405 in
    issue_paper report        405 405 405 405 405 405 405 405 405 405 405 405 in
    discard_paper notice      405 405 405 405 405 405 405 405 405 405 405 405 in
    revise_paper plan         405 405 405 405 405 405 405 405 405 405 405 405 in
    comment_on_paper report   405 405 405 405 405 405 405 405 405 405 405 405 in
    answer_comment            405 405 405 405 405 405 405 405 405 405 405 405 in
    export_paper plan         405 405 405 405 405 405 405 405 405 405 405 405 in
    disclosures               200 200 200 200 ... ... ... ... ... ... ... ... in
    disclose_many             200 200 --- --- ... ... ... ... ... ... ... ... in
    disclosure roads          200 200 200 200 ... ... ... ... ... ... ... ... in
    approve_disclosure        405 405 405 405 405 405 405 405 405 405 405 405 in
    refuse_disclosure         405 405 405 405 405 405 405 405 405 405 405 405 in
"""
FORMS = """
    form                      off grp ldr isp rdo rdh pko tfm aud adm sup str out
    make_paper                302 --- --- --- ... ... ... ... ... ... ... ... in
    edit_paper notice         302 --- --- ... ... ... ... ... ... ... ... ... in
    submit_paper notice       302 --- --- ... ... ... ... ... ... ... ... ... in
    discard_paper notice      302 --- --- ... ... ... ... ... ... ... ... ... in
    approve_paper report      --- 302 --- --- ... ... ... ... ... ... ... ... in
    return_paper report       --- 302 --- --- ... ... ... ... ... ... ... ... in
    comment_on_paper report   --- --- --- 302 ... ... ... ... ... ... ... ... in
    answer_comment            302 --- --- --- ... ... ... ... ... ... ... ... in
    revise_paper plan         302 --- --- --- ... ... ... ... ... ... ... ... in
    export_paper plan         302 302 302 302 ... ... ... ... ... ... ... ... in
    export_paper notice       302 302 302 ... ... ... ... ... ... ... ... ... in
    disclose_many             302 302 --- --- ... ... ... ... ... ... ... ... in
    disclosure roads          302 --- --- --- ... ... ... ... ... ... ... ... in
    approve_disclosure        --- 302 --- --- ... ... ... ... ... ... ... ... in
    refuse_disclosure         --- 302 --- --- ... ... ... ... ... ... ... ... in
    issue_paper plan2         302 --- --- ... ... ... ... ... ... ... ... ... in
"""


class Papers(TwoUnits):
    """The place with a draft notice, an issued plan and a report that waits for approval; `plan2` waits for issue."""

    def __init__(self) -> None:
        super().__init__()
        self.papers: dict[str, PaperVersion] = {}
        for kind in ("notice", "plan", "report"):
            told: dict[str, Any] = {"inspection": self.inspection, "kind": kind, "audience": "internal"}
            self.papers[kind] = version = make_paper(**told, by=self.office, at=NOW)
            content = content_from(version.content)
            filled = {
                name: getattr(content, name).replace("（请填写）", "0374-1234567") for name in ("closing", "addressees")
            }
            edit_paper(version=version, values=filled, accounts={}, revision=1, by=self.office, at=NOW)
        submit_paper(version=self.papers["report"], by=self.office, at=NOW)
        self._approve("plan")
        issue_paper(version=self.papers["plan"], document_number="", by=self.office, at=NOW)
        self.comment = comment_on_paper(
            version=self.papers["report"], text="Say what it cost", by=self.inspector, at=NOW
        )
        propose: dict[str, Any] = {"audience": "public", "by": self.office, "at": NOW}
        hidden = Proposal("withheld", reason="Persons are named")
        self.proposal = propose_disclosure(issue=self.issues["both"], proposal=hidden, **propose)

    def _approve(self, name: str) -> None:
        version = self.papers[name]
        submit_paper(version=version, by=self.office, at=NOW)
        approve_paper(version=version, sha256=version.content_sha256, by=self.group, at=NOW)

    def address(self, row: str) -> str:
        name, _blank, what = row.partition(" ")
        if what == "plan2" and what not in self.papers:
            told: dict[str, Any] = {"inspection": self.inspection, "kind": "plan", "audience": "internal"}
            self.papers[what] = make_paper(**told, by=self.office, at=NOW)
            self._approve(what)
        if name in {"papers", "make_paper", "disclosures", "disclose_many"}:
            return reverse(name, args=[self.inspection.code])
        if name == "disclosure":
            return reverse(name, args=[self.issues[what].pk, "public"])
        if name in {"approve_disclosure", "refuse_disclosure"}:
            return reverse(name, args=[self.proposal.pk])
        if name == "answer_comment":
            return reverse(name, args=[self.comment.pk])
        more = ["docx"] if name == "export_paper" else []
        return reverse(name, args=[self.papers[what].pk, *more])

    def typed(self, row: str) -> dict[str, Any]:
        forms: dict[str, dict[str, Any]] = {
            "make_paper": {"kind": "plan", "audience": "internal"},
            "edit_paper": {"title": "Another title", "revision": 2},
            "approve_paper": {"sha256": self.papers["report"].content_sha256},
            "return_paper": {"note": "The figures are not complete"},
            "comment_on_paper": {"text": "Say how many"},
            "answer_comment": {"answer": "It is said now"},
            "disclose_many": {"audience": "public", "all": "1"},
            "disclosure": {"extent": "full"},
            "refuse_disclosure": {"note": "There is no need"},
        }
        return forms.get(row.split()[0], {})


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Papers:
    return Papers()


@pytest.fixture
def browsers(place: Papers) -> dict[str, Client]:
    return at_their_desks(place, PEOPLE.values())


def test_every_page_for_every_person(place: Papers, browsers: dict[str, Client]) -> None:
    """All rows in one bureau: looking changes nothing, so that one row does not disturb the next."""
    addresses = {row: place.address(row) for row in read(PAGES)}
    before = everything()
    found = {
        row: {who: answered(browser.get(address)) for who, browser in browsers.items()}
        for row, address in addresses.items()
    }
    assert found == read(PAGES)
    assert everything() == before, "looking changes nothing"


def test_every_form_for_every_person(place: Papers, browsers: dict[str, Client]) -> None:
    """Where it is not done, not a single row of the database is another one afterwards."""
    found: dict[str, dict[str, Any]] = {row: {} for row in read(FORMS)}
    for row, told in found.items():
        address, before = place.address(row), everything()
        for who, browser in browsers.items():
            with transaction.atomic():
                told[who] = answered(browser.post(address, place.typed(row)))
                changed = everything() != before
                assert changed == (told[who] == 302), f"{row}, {who}: {told[who]}, and the rows say otherwise"
                transaction.set_rollback(True)
    assert found == read(FORMS)


def test_no_page_of_papers_is_forgotten() -> None:
    names = {pattern.name for pattern in paper_patterns}
    assert names == {row.split()[0] for row in read(PAGES)}
    takes_forms = {row.split()[0] for row, cells in read(PAGES).items() if 405 in cells.values()}
    assert takes_forms <= {row.split()[0] for row in read(FORMS)}


def test_what_is_not_there_answers_404(place: Papers, browsers: dict[str, Client]) -> None:
    office = browsers["office"]
    version, issue = place.papers["notice"], place.issues["roads"]
    for address in (
        reverse("disclosure", args=[issue.pk, "press"]),
        reverse("edit_paper", args=[version.pk]) + "?issue=999999",
        reverse("edit_paper", args=[version.pk]) + "?issue=x",
    ):
        assert office.get(address).status_code == 404
    assert office.post(reverse("make_paper", args=[place.inspection.code]), {"kind": "poem"}).status_code == 404


def test_lists_cost_the_same_whatever_they_hold(place: Papers, browsers: dict[str, Client], queries: Any) -> None:
    office, code = browsers["office"], place.inspection.code
    addresses = [reverse(name, args=[code]) for name in ("papers", "disclosures")]
    addresses.append(reverse("paper", args=[place.papers["notice"].pk]))
    before = [queries(lambda a=address: office.get(a)) for address in addresses]
    for number in range(12):
        under = place.issue(text=f"Further issue {number}")
        place.measure(issue=under, text="Further measure", supporting_units=[place.parks])
        user(f"Further person {number}")
    assert [queries(lambda a=address: office.get(a)) for address in addresses] == before
