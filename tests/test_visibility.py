"""Who gets at what: every page and every form for every person.

Roads and Parks are two units that must not see each other's work. What may not be seen answers 404, what is seen but
may not be done answers 403; whoever is not logged in is sent to the log-in.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve

from audit.models import Event
from papers.urls import urlpatterns as paper_patterns
from signoffs import urls as signoffs
from tests.factories import NOW
from tests.html_pages import Page, everything
from tests.two_units import TwoUnits, at_their_desks

pytestmark = pytest.mark.django_db
PEOPLE = {
    "off": "office",
    "grp": "group",
    "ldr": "leader",
    "isp": "inspector",
    "rdo": "roads_officer",
    "rdh": "roads_head",
    "pko": "parks_officer",
    "tfm": "member",  # of the task force for the issue of the parks unit
    "aud": "auditor",
    "adm": "system_admin",
    "sup": "superuser",
    "str": "stranger",  # the office of another bureau
    "out": "nobody",  # not logged in
}
WORDS = {"---": 403, "...": 404}
"""In the tables: `---` is seen but forbidden, `...` is not there, `in` leads to the log-in."""

PAGES = """
    page                      off grp ldr isp rdo rdh pko tfm aud adm sup str out
    home                      302 302 302 302 200 200 200 302 200 200 200 200 in
    account                   200 200 200 200 200 200 200 200 200 200 200 200 in
    tokens                    200 200 200 200 200 200 200 200 200 200 200 200 in
    revoke_token              405 405 405 405 405 405 405 405 405 405 405 405 in
    manuals                   200 200 200 200 200 200 200 200 200 200 200 200 in
    manual leader             200 200 200 200 200 200 200 200 200 200 200 200 in
    search                    200 200 200 200 200 200 200 200 200 200 200 200 in
    inspection                200 200 200 200 200 200 200 200 ... ... ... ... in
    screen                    200 200 200 200 200 200 200 200 ... ... ... ... in
    ledger                    200 200 200 200 200 200 200 200 ... ... ... ... in
    ledger filtered           200 200 200 200 200 200 200 200 ... ... ... ... in
    inspection_settings       200 --- --- --- --- --- --- --- ... ... ... ... in
    hand_over_duties          200 --- --- --- --- --- --- --- ... ... ... ... in
    issue roads               200 200 200 200 200 200 ... ... ... ... ... ... in
    issue parks               200 200 200 200 ... ... 200 200 ... ... ... ... in
    issue both                200 200 200 200 200 200 200 ... ... ... ... ... in
    edit_issue roads          200 --- --- --- --- --- ... ... ... ... ... ... in
    edit_issue parks          200 --- --- --- ... ... --- --- ... ... ... ... in
    edit_issue both           200 --- --- --- --- --- --- ... ... ... ... ... in
    plan_measure roads        200 --- --- --- --- --- ... ... ... ... ... ... in
    plan_measure parks        200 --- --- --- ... ... --- --- ... ... ... ... in
    plan_measure both         200 --- --- --- --- --- --- ... ... ... ... ... in
    measure roads             200 200 200 200 200 200 ... ... ... ... ... ... in
    measure parks             200 200 200 200 ... ... 200 200 ... ... ... ... in
    measure both              200 200 200 200 200 200 200 ... ... ... ... ... in
    measure nursery           200 200 200 200 ... ... 200 ... ... ... ... ... in
    edit_measure roads        200 --- --- --- --- --- ... ... ... ... ... ... in
    edit_measure parks        200 --- --- --- ... ... --- --- ... ... ... ... in
    edit_measure both         200 --- --- --- --- --- --- ... ... ... ... ... in
    start_measure parks       405 405 405 405 405 405 405 405 405 405 405 405 in
    report_progress roads     --- --- --- --- 200 200 ... ... ... ... ... ... in
    report_progress both      --- --- --- --- 200 200 200 ... ... ... ... ... in
    report_progress nursery   --- --- --- --- ... ... 200 ... ... ... ... ... in
    hand_over roads           200 --- --- --- --- --- ... ... ... ... ... ... in
    hand_over both            200 --- --- --- --- --- --- ... ... ... ... ... in
    cancel_measure roads      200 --- --- --- --- --- ... ... ... ... ... ... in
    cancel_measure both       200 --- --- --- --- --- --- ... ... ... ... ... in
    request_extension roads   --- --- --- --- 200 200 ... ... ... ... ... ... in
    request_extension both    --- --- --- --- 200 200 --- ... ... ... ... ... in
    request_extension nursery --- --- --- --- ... ... 200 ... ... ... ... ... in
    add_evidence roads        --- --- --- --- 200 200 ... ... ... ... ... ... in
    add_evidence nursery      --- --- --- --- ... ... 200 ... ... ... ... ... in
    add_evidence both         --- --- --- --- 200 200 200 ... ... ... ... ... in
    add_issue_evidence both   200 --- --- --- --- --- --- ... ... ... ... ... in
    add_issue_evidence parks  200 --- --- --- ... ... --- --- ... ... ... ... in
    evidence roads            200 200 200 200 200 200 ... ... ... ... ... ... in
    evidence nursery          200 200 200 200 ... ... 200 ... ... ... ... ... in
    evidence issue            200 200 200 200 200 200 200 ... ... ... ... ... in
    download_evidence roads   200 200 200 200 200 200 ... ... ... ... ... ... in
    download_evidence nursery 200 200 200 200 ... ... 200 ... ... ... ... ... in
    preview_evidence roads    200 200 200 200 200 200 ... ... ... ... ... ... in
    preview_evidence nursery  200 200 200 200 ... ... 200 ... ... ... ... ... in
    add_version roads         --- --- --- --- 200 200 ... ... ... ... ... ... in
    add_version nursery       --- --- --- --- ... ... 200 ... ... ... ... ... in
    add_version issue         200 --- --- --- --- --- --- ... ... ... ... ... in
    withdraw_evidence roads   --- --- --- --- 200 200 ... ... ... ... ... ... in
    withdraw_evidence nursery --- --- --- --- ... ... 200 ... ... ... ... ... in
    extensions                200 200 200 200 200 200 200 200 200 200 200 200 in
    grant_extension roads     200 200 --- --- --- --- ... ... ... ... ... ... in
    grant_extension parks     200 200 --- --- ... ... --- --- ... ... ... ... in
    refuse_extension roads    200 200 --- --- --- --- ... ... ... ... ... ... in
    refuse_extension parks    200 200 --- --- ... ... --- --- ... ... ... ... in
    import_list               200 --- --- --- --- --- --- --- --- --- --- 200 in
    import_detail             200 ... ... ... ... ... ... ... ... ... ... ... in
    import_detail workbook    200 ... ... ... ... ... ... ... ... ... ... ... in
    marked_import             200 ... ... ... ... ... ... ... ... ... ... ... in
    compare_import            405 405 405 405 405 405 405 405 405 405 405 405 in
    ledger_template           200 --- --- --- --- --- --- --- --- --- --- 200 in
    save_filter               405 405 405 405 405 405 405 405 405 405 405 405 in
    delete_saved_filter       405 405 405 405 405 405 405 405 405 405 405 405 in
    export_ledger             405 405 405 405 405 405 405 405 405 405 405 405 in
    confirm_import            405 405 405 405 405 405 405 405 405 405 405 405 in
    correct_reading           200 ... ... ... ... ... ... ... ... ... ... ... in
    discard_import            405 405 405 405 405 405 405 405 405 405 405 405 in
    job failed                200 ... ... ... ... ... ... ... ... ... ... ... in
    job_progress waiting      200 ... ... ... ... ... ... ... ... ... ... ... in
    job_result done           200 ... ... ... ... ... ... ... ... ... ... ... in
    retry_job failed          405 405 405 405 405 405 405 405 405 405 405 405 in
    bulletins                 200 200 200 200 200 200 200 200 200 200 200 200 in
    bulletin published        200 200 200 200 200 200 200 200 200 200 ... ... in
    bulletin draft            200 200 200 ... ... ... ... ... ... ... ... ... in
    edit_bulletin draft       405 405 405 405 405 405 405 405 405 405 405 405 in
    preview_bulletin draft    405 405 405 405 405 405 405 405 405 405 405 405 in
    publish_bulletin draft    200 --- --- ... ... ... ... ... ... ... ... ... in
    correct_bulletin published 200 --- --- --- --- --- --- --- --- --- ... ... in
    request_bulletin_paper published 405 405 405 405 405 405 405 405 405 405 405 405 in
    feedback                  200 200 ... ... ... ... ... ... ... ... ... ... in
    answer_feedback           405 405 405 405 405 405 405 405 405 405 405 405 in
    close_feedback            405 405 405 405 405 405 405 405 405 405 405 405 in
    calendar                  200 --- --- --- --- --- --- --- --- 200 200 200 in
    clear_calendar_day        405 405 405 405 405 405 405 405 405 405 405 405 in
    styleguide                --- --- --- --- --- --- --- --- --- 200 200 --- in
    inbox                     200 200 200 200 200 200 200 200 200 200 200 200 in
    notification              ... ... ... ... 200 ... ... ... ... ... ... ... in
    preferences               200 200 200 200 200 200 200 200 200 200 200 200 in
    set_escalation            200 --- --- --- --- --- --- --- ... ... ... ... in
    urge_measure roads        405 405 405 405 405 405 405 405 405 405 405 405 in
    batch_measures chosen     200 200 200 200 200 200 200 200 ... ... ... ... in
    batch_measures_done       302 302 302 302 302 302 302 302 ... ... ... ... in
    urges                     200 --- 200 --- --- --- --- --- ... ... ... ... in
    deliveries                --- --- --- --- --- --- --- --- --- 200 200 --- in
    send_again                405 405 405 405 405 405 405 405 405 405 405 405 in
    coverage_gaps             200 --- --- --- --- --- --- --- --- 200 200 200 in
    channels                  --- --- --- --- --- --- --- --- --- 200 200 --- in
    add_channel               --- --- --- --- --- --- --- --- --- 200 200 --- in
    edit_channel              --- --- --- --- --- --- --- --- --- 200 200 --- in
"""
# What is sent would be done: 302 is the page one is led to afterwards.
FORMS = """
    form                      off grp ldr isp rdo rdh pko tfm aud adm sup str out
    account                   302 302 302 302 302 302 302 302 302 302 302 302 in
    tokens                    302 302 302 302 302 302 302 302 302 302 302 302 in
    revoke_token              302 ... ... ... ... ... ... ... ... ... ... ... in
    inspection_settings       302 --- --- --- --- --- --- --- ... ... ... ... in
    hand_over_duties          302 --- --- --- --- --- --- --- ... ... ... ... in
    edit_issue roads          302 --- --- --- --- --- ... ... ... ... ... ... in
    edit_issue parks          302 --- --- --- ... ... --- --- ... ... ... ... in
    plan_measure roads        302 --- --- --- --- --- ... ... ... ... ... ... in
    plan_measure parks        302 --- --- --- ... ... --- --- ... ... ... ... in
    plan_measure both         302 --- --- --- --- --- --- ... ... ... ... ... in
    edit_measure roads        302 --- --- --- --- --- ... ... ... ... ... ... in
    edit_measure parks        302 --- --- --- ... ... --- --- ... ... ... ... in
    start_measure parks       302 --- --- --- ... ... 302 --- ... ... ... ... in
    start_measure both        302 --- --- --- 302 302 --- ... ... ... ... ... in
    report_progress roads     --- --- --- --- 302 302 ... ... ... ... ... ... in
    report_progress nursery   --- --- --- --- ... ... 302 ... ... ... ... ... in
    hand_over roads           302 --- --- --- --- --- ... ... ... ... ... ... in
    hand_over both            302 --- --- --- --- --- --- ... ... ... ... ... in
    cancel_measure nursery    302 --- --- --- ... ... --- ... ... ... ... ... in
    cancel_measure both       302 --- --- --- --- --- --- ... ... ... ... ... in
    request_extension both    --- --- --- --- 302 302 --- ... ... ... ... ... in
    request_extension nursery --- --- --- --- ... ... 302 ... ... ... ... ... in
    add_evidence roads        --- --- --- --- 302 302 ... ... ... ... ... ... in
    add_evidence nursery      --- --- --- --- ... ... 302 ... ... ... ... ... in
    add_issue_evidence both   302 --- --- --- --- --- --- ... ... ... ... ... in
    add_issue_evidence parks  302 --- --- --- ... ... --- --- ... ... ... ... in
    add_version roads         --- --- --- --- 302 302 ... ... ... ... ... ... in
    add_version nursery       --- --- --- --- ... ... 302 ... ... ... ... ... in
    add_version issue         302 --- --- --- --- --- --- ... ... ... ... ... in
    withdraw_evidence roads   --- --- --- --- 302 302 ... ... ... ... ... ... in
    withdraw_evidence nursery --- --- --- --- ... ... 302 ... ... ... ... ... in
    grant_extension roads     302 302 --- --- --- --- ... ... ... ... ... ... in
    grant_extension parks     302 302 --- --- ... ... --- --- ... ... ... ... in
    refuse_extension roads    302 302 --- --- --- --- ... ... ... ... ... ... in
    refuse_extension parks    302 302 --- --- ... ... --- --- ... ... ... ... in
    correct_reading           302 ... ... ... ... ... ... ... ... ... ... ... in
    import_list               302 --- --- --- --- --- --- --- --- --- --- 302 in
    compare_import            302 ... ... ... ... ... ... ... ... ... ... ... in
    save_filter               302 302 302 302 302 302 302 302 ... ... ... ... in
    delete_saved_filter       302 ... ... ... ... ... ... ... ... ... ... ... in
    export_ledger             302 302 302 302 302 302 302 302 ... ... ... ... in
    confirm_import            302 ... ... ... ... ... ... ... ... ... ... ... in
    discard_import            302 ... ... ... ... ... ... ... ... ... ... ... in
    retry_job failed          302 ... ... ... ... ... ... ... ... ... ... ... in
    edit_bulletin draft       302 --- --- ... ... ... ... ... ... ... ... ... in
    preview_bulletin draft    200 --- --- ... ... ... ... ... ... ... ... ... in
    publish_bulletin draft    302 --- --- ... ... ... ... ... ... ... ... ... in
    correct_bulletin published 302 --- --- --- --- --- --- --- --- --- ... ... in
    request_bulletin_paper draft 302 302 302 ... ... ... ... ... ... ... ... ... in
    request_bulletin_paper published 302 302 302 302 302 302 302 302 302 302 ... ... in
    answer_feedback           302 --- ... ... ... ... ... ... ... ... ... ... in
    close_feedback            302 --- ... ... ... ... ... ... ... ... ... ... in
    calendar                  302 --- --- --- --- --- --- --- --- 302 302 302 in
    clear_calendar_day        302 --- --- --- --- --- --- --- --- 302 302 302 in
    preferences               302 302 302 302 302 302 302 302 302 302 302 302 in
    set_escalation            302 --- --- --- --- --- --- --- ... ... ... ... in
    urge_measure roads        302 --- 302 --- --- --- ... ... ... ... ... ... in
    urge_measure parks        302 --- 302 --- ... ... --- --- ... ... ... ... in
    batch_measures chosen     302 --- 302 --- --- --- 422 422 ... ... ... ... in
    urges                     302 --- 302 --- --- --- --- --- ... ... ... ... in
    send_again                --- --- --- --- --- --- --- --- --- 302 302 --- in
    add_channel               --- --- --- --- --- --- --- --- --- 302 302 --- in
    edit_channel              --- --- --- --- --- --- --- --- --- 302 302 --- in
"""
FILES = ("job_", "marked_", "ledger_template", "download_evidence", "preview_evidence")
"""Rows whose answer is no page with forms: a part of one, or a file."""
WEBHOOKS = [("", "s"), ("add_", ""), ("edit_", ""), ("retry_", "")]
# Addresses that are in neither table, each with its reason.
APART = {
    "public": "for everybody, with no log-in; tests of the public pages",
    "public_inspection": "for everybody, with no log-in; tests of the public pages",
    "public_notice": "for everybody, with no log-in; tests of the public pages",
    "public_bulletin": "for everybody, with no log-in; tests of the public pages",
    "public_feedback": "for everybody, with no log-in; tests of the public pages",
    "healthz": "says nothing of the data",
    "readyz": "says nothing of the data",
    "make_pages": "asks for pages of a file that one sees already; tests of evidence",
    "mark_all_read": "marks one's own notices, whoever one is; tests of the inbox",
    "login": "the way in; tests of the log-in",
    "logout": "ends one's own session, whoever one is",
    "set_language": "the language of one's own browser, also before the log-in",
    **{f"{what}webhook{s}": "of the system administrator alone: tests of webhooks" for what, s in WEBHOOKS},
    **{pattern.name: "has a table of its own: tests of sign-off" for pattern in signoffs.urlpatterns},
    **{pattern.name: "has a table of its own: tests of papers" for pattern in paper_patterns},
}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> TwoUnits:
    return TwoUnits()


@pytest.fixture
def browsers(place: TwoUnits) -> dict[str, Client]:
    return at_their_desks(place, PEOPLE.values())


def read(table: str) -> dict[str, dict[str, Any]]:
    """Return row → person → what is expected."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    width = len(head) - 1
    assert head[1:] == list(PEOPLE)
    rows = {" ".join(line[:-width]): line[-width:] for line in lines}
    assert len(rows) == len(lines), "a row is there twice"
    return {
        row: {
            PEOPLE[who]: WORDS.get(cell) or (cell if cell == "in" else int(cell))
            for who, cell in zip(head[1:], cells, strict=True)
        }
        for row, cells in rows.items()
    }


def answered(response: Any) -> Any:
    """The status, or `in` where one is sent to the log-in."""
    if response.status_code == 302 and response["Location"].startswith("/login/"):
        return "in"
    return response.status_code


@pytest.mark.parametrize("row", list(read(PAGES)))
def test_every_page_for_every_person(place: TwoUnits, browsers: dict[str, Client], row: str) -> None:
    address, events = place.address(row), Event.objects.exclude(verb__in=["download", "preview"]).count()
    found = {who: answered(browser.get(address)) for who, browser in browsers.items()}
    assert found == read(PAGES)[row]
    assert Event.objects.exclude(verb__in=["download", "preview"]).count() == events, "looking changes nothing"


@pytest.mark.parametrize("row", list(read(FORMS)))
def test_every_form_for_every_person(place: TwoUnits, browsers: dict[str, Client], row: str) -> None:
    """Where it is not done, not a single row of the database is another one afterwards."""
    address, before = place.address(row), everything()
    found = {}
    for who, browser in browsers.items():
        with transaction.atomic():
            found[who] = answered(browser.post(address, place.typed(row)))
            assert (everything() != before) == (found[who] == 302), f"{who}: {found[who]}, and the rows say otherwise"
            transaction.set_rollback(True)
    assert found == read(FORMS)[row]


def named(patterns: list[Any]) -> Iterator[str]:
    """The names of the project's own pages; one without a name stands for itself. The API has tables of its own."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
        elif pattern.app_name != "admin" and str(pattern.pattern) != "api/":  # records are read-only in the admin
            yield from named(pattern.url_patterns)


def test_no_page_is_forgotten() -> None:
    """A new page needs a row above, or a reason to stand apart; one that takes forms only needs a row of its own."""
    pages = {row.split()[0]: set(cells.values()) for row, cells in read(PAGES).items()}
    forms = {row.split()[0] for row in read(FORMS)}
    assert set(named(get_resolver().url_patterns)) == set(pages) | set(APART)
    assert not set(pages) & set(APART)
    assert forms <= set(pages)
    assert {name for name, answers in pages.items() if 405 in answers} <= forms


def test_no_form_is_forgotten(place: TwoUnits, browsers: dict[str, Client]) -> None:
    """Whatever a page that somebody sees would send is in the table of forms."""
    sent = set()
    for row, cells in read(PAGES).items():
        for who in ("office", "superuser", "roads_officer", "parks_officer"):
            if cells[who] == 200 and (browser := browsers[who]) and not row.startswith(FILES):
                address = place.address(row)
                forms = Page(browser.get(address)).tree.xpath("//form[@method='post']")
                actions = [form.get("action") or address for form in forms]
                actions += [button.get("formaction") for form in forms for button in form.xpath(".//*[@formaction]")]
                sent |= {resolve(action).url_name for action in actions}
    assert sent - set(APART) == {row.split()[0] for row in read(FORMS)}
