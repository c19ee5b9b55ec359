"""The system administrator: a unit, an account and its role; calendar and channels; no business of the bureau."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Appointment, Unit, User
from issues.models import CalendarDay
from notifications.models import Channel
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Watched = Callable[..., Watch]
PASSWORD = "Lake-and-river-17"


@pytest.fixture
def admin(ground: OfficeData, watched: Watched) -> Watch:
    watch = watched()
    watch.log_in(ground.system_admin.username)
    return watch


def choose(page: Page, field: str, words: str) -> None:
    """Pick from a list that looks up what is typed; another name may hold these words too."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results__option", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")).first.click()


def save(page: Page) -> None:
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_system_administrator_makes_a_unit_an_account_and_its_role(
    ground: OfficeData, admin: Watch, watched: Watched
) -> None:
    page = admin.page
    admin.visit("/")
    page.get_by_role("link", name="Accounts").first.click()
    page.locator("a[href='/admin/accounts/unit/add/']").first.click()
    page.locator("#id_name").fill("Pumping stations")
    choose(page, "parent", ground.organisation.name)
    save(page)
    unit = Unit.objects.get(name="Pumping stations")
    assert unit.parent == ground.organisation

    page.goto("/admin/accounts/user/add/")
    page.locator("#id_username").fill("bengzhan")
    page.locator("#id_name").fill("Officer of the stations")
    choose(page, "unit", unit.name)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    save(page)

    page.goto("/admin/accounts/appointment/add/")
    choose(page, "user", "Officer of the stations")
    page.locator("#id_role").select_option("officer")
    choose(page, "unit", unit.name)
    save(page)
    held = Appointment.objects.get(user=User.objects.get(username="bengzhan"))
    assert (held.role, held.unit) == ("officer", unit)

    officer = watched()
    officer.log_in("bengzhan", PASSWORD)
    expect(officer.page.locator("h1")).to_have_text("My work")
    for watch in (admin, officer):
        assert not watch.faults, watch.told()


def test_a_system_administrator_keeps_calendar_and_channels(admin: Watch) -> None:
    page = admin.page
    page.locator(".side-nav a[href='/calendar/']").click()
    page.locator("#id_day").fill("2027-10-01")
    page.locator("#id_kind").select_option("rest")
    page.locator("#id_name").fill("National Day")
    page.get_by_role("button", name="Enter the day").click()
    expect(page.locator("[data-calendar]")).to_contain_text("National Day")
    assert CalendarDay.objects.filter(day="2027-10-01", kind="rest").exists()
    admin.look()

    page.locator(".side-nav a[href='/messages/']").click()
    page.locator("main a[href='/messages/channels/']").first.click()
    page.locator("a[href='/messages/channels/new/']").first.click()
    page.locator("#id_kind").select_option("wecom")
    page.locator("#id_name").fill("Office group chat")
    page.locator("#id_base_url").fill("http://127.0.0.1:9")
    page.locator("#id_token").fill("key")
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Office group chat")
    assert Channel.objects.filter(name="Office group chat", kind="wecom").exists()
    admin.look()
    assert not admin.faults, admin.told()


def test_a_system_administrator_sees_no_business_of_the_bureau(ground: OfficeData, admin: Watch) -> None:
    admin.visit("/")
    nav = [link.get_attribute("href") or "" for link in admin.page.locator(".side-nav a").all()]
    assert nav
    assert not [href for href in nav if href.startswith(("/signoffs", "/extensions", "/import", "/inspections"))]
    measure = ground.measures["in_progress"]
    for name, key in (("inspection", ground.inspection.code), ("measure", measure.pk), ("issue", measure.issue_id)):
        admin.visit(reverse(name, args=[key]), status=404)
    assert not admin.faults, admin.told()
