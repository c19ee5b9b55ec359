"""Who gets at what of sign-off: every page and every form for every person, as in the table of all other pages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from signoffs.services import apply_for_sign_off
from signoffs.urls import urlpatterns
from tests.factories import NOW, TODAY, evidence, sign_off
from tests.html_pages import everything
from tests.test_visibility import PEOPLE, answered, read
from tests.two_units import TwoUnits, at_their_desks

pytestmark = pytest.mark.django_db
PAGES = """
    page                        off grp ldr isp rdo rdh pko tfm aud adm sup str out
    apply_for_sign_off paths    --- --- --- --- 200 200 ... ... ... ... ... ... in
    apply_for_sign_off nursery  --- --- --- --- ... ... 200 ... ... ... ... ... in
    apply_for_sign_off both     --- --- --- --- 200 200 --- ... ... ... ... ... in
    apply_for_closure lamps     --- --- --- --- 200 200 ... ... ... ... ... ... in
    apply_for_closure both      200 --- --- --- --- --- --- ... ... ... ... ... in
    signoffs                    200 200 200 200 200 200 200 200 200 200 200 200 in
    decide_batch                200 200 200 200 200 200 200 200 200 200 200 200 in
    batch_done                  302 302 302 302 302 302 302 302 302 302 302 302 in
    application kerbs           200 200 200 200 200 200 ... ... ... ... ... ... in
    application benches         200 200 200 200 ... ... 200 200 ... ... ... ... in
    accept_application kerbs    405 405 405 405 405 405 405 405 405 405 405 405 in
    return_application kerbs    405 405 405 405 405 405 405 405 405 405 405 405 in
    withdraw_application kerbs  --- --- --- --- 200 --- ... ... ... ... ... ... in
    set_review_steps                   200 --- --- --- --- --- --- --- ... ... ... ... in
    audit                       --- --- --- --- --- --- --- --- 200 --- --- --- in
    verify_audit                405 405 405 405 405 405 405 405 405 405 405 405 in
"""
FORMS = """
    form                        off grp ldr isp rdo rdh pko tfm aud adm sup str out
    apply_for_sign_off paths    --- --- --- --- 302 302 ... ... ... ... ... ... in
    apply_for_sign_off nursery  --- --- --- --- ... ... 302 ... ... ... ... ... in
    apply_for_closure lamps     --- --- --- --- 302 302 ... ... ... ... ... ... in
    accept_application kerbs    302 --- --- --- --- --- ... ... ... ... ... ... in
    accept_application benches  302 --- --- --- ... ... --- --- ... ... ... ... in
    return_application kerbs    302 --- --- --- --- --- ... ... ... ... ... ... in
    return_application benches  302 --- --- --- ... ... --- --- ... ... ... ... in
    withdraw_application kerbs  --- --- --- --- 302 --- ... ... ... ... ... ... in
    set_review_steps                   302 --- --- --- --- --- --- --- ... ... ... ... in
    verify_audit                --- --- --- --- --- --- --- --- 302 --- --- --- in
"""
SAID = {"statement": "All of it was done, as the files show."}
WHY = {"reason": "The photographs do not show it all."}
PAPERS = {"application_form", "request_archive", "issue_archive"}
"""Papers have tests of their own."""


class Signing(TwoUnits):
    """The place, with work that is applied for: kerbs by Roads, benches by Parks; lamps can be closed by Roads."""

    def __init__(self) -> None:
        super().__init__()
        later = TODAY + timedelta(days=20)
        self.issues["lamps"] = self.issue(text="Lamps are dark", lead_unit=self.roads, status="in_rectification")
        sign_off(self.measure(issue=self.issues["lamps"], text="Mend the lamps", status="submitted"))
        for name, unit, under in (
            ("paths", self.roads, "roads"),
            ("kerbs", self.roads, "roads"),
            ("benches", self.parks, "parks"),
        ):
            self.measures[name] = self._measure(name, f"Put {name} right", "in_progress", later, under, lead_unit=unit)
        by = {"paths": self.roads_officer, "kerbs": self.roads_officer, "benches": self.parks_officer}
        for name, officer in by.items():
            evidence(self.measures[name], by=officer)
        self.applications = {
            name: apply_for_sign_off(measure=self.measures[name], by=by[name], at=NOW, **SAID)
            for name in ("kerbs", "benches")
        }

    def address(self, row: str) -> str:
        name, _blank, what = row.partition(" ")
        if name == "apply_for_closure":
            return reverse(name, args=[self.issues[what].pk])
        if what in self.applications and name != "apply_for_sign_off":
            return reverse(name, args=[self.applications[what].pk])
        return reverse(name, args=[self.inspection.code]) if name == "set_review_steps" else super().address(row)

    def typed(self, row: str) -> dict[str, Any]:
        name = row.split()[0]
        steps = {"steps-TOTAL_FORMS": 5, "steps-INITIAL_FORMS": 5, "steps-0-name": "Office", "steps-0-role": "office"}
        forms: dict[str, dict[str, Any]] = {
            "apply_for_sign_off": SAID,
            "apply_for_closure": {**SAID, "completion": "done"},
            "accept_application": {"step": 1},
            "return_application": {"step": 1, "ground": "other", **WHY},
            "withdraw_application": WHY,
            "set_review_steps": steps,
        }
        return forms.get(name, {})


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Signing:
    return Signing()


@pytest.fixture
def browsers(place: Signing) -> dict[str, Client]:
    return at_their_desks(place, PEOPLE.values())


@pytest.mark.parametrize("row", list(read(PAGES)))
def test_every_page_for_every_person(place: Signing, browsers: dict[str, Client], row: str) -> None:
    before = everything()
    found = {who: answered(browser.get(place.address(row))) for who, browser in browsers.items()}
    assert found == read(PAGES)[row]
    assert everything() == before, "looking changes nothing"


@pytest.mark.parametrize("row", list(read(FORMS)))
def test_every_form_for_every_person(place: Signing, browsers: dict[str, Client], row: str) -> None:
    """Where it is not done, not a single row of the database is another one afterwards."""
    address, before, found = place.address(row), everything(), {}
    for who, browser in browsers.items():
        with transaction.atomic():
            found[who] = answered(browser.post(address, place.typed(row)))
            assert (everything() != before) == (found[who] == 302), f"{who}: {found[who]}, and the rows say otherwise"
            transaction.set_rollback(True)
    assert found == read(FORMS)[row]


def test_no_page_of_sign_off_is_forgotten() -> None:
    assert {pattern.name for pattern in urlpatterns} - PAPERS == {row.split()[0] for row in read(PAGES)}
