"""The inbox and its bell, personal settings, the escalation's page, the administrator's pages."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Appointment
from accounts.services import create_post
from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from issues.models import CalendarDay
from notifications.models import Channel, Choice, Delivery, Notification, ReminderRule, Topic
from notifications.services import mark_read, set_channel, set_escalation, steps_of
from notifications.services.escalation import DEFAULT, MEASURE, MILESTONE, EscalationStep
from supervision.services import urge_measure, urge_unit
from tests.factories import NOW, TODAY, Cast, unit, user
from tests.html_pages import Page, followed
from tests.notifications.reminder_steps import only, remind, settle, told

pytestmark = pytest.mark.django_db
PaperDesk = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def told_bureau(cast: Cast) -> Cast:
    """The roads unit was urged for a measure, and has its digest of the day."""
    settle(NOW)
    measure = cast.measure(deadline=TODAY - timedelta(days=8), text="Fill the holes of Mill Lane")
    urge_measure(measure=measure, by=cast.leader, at=NOW)
    told(NOW)
    remind()
    return cast


# The inbox -----------------------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_unread(told_bureau: Cast, page_of: PaperDesk) -> None:
    desk = page_of(told_bureau.roads_officer)
    bell = "//a[@class='inbox-bell']"
    assert Page(desk.get("/inbox/")).text(bell) == "2 Inbox, 2 unread"
    notification = Notification.objects.filter(person=told_bureau.roads_officer).first()
    desk.get(reverse("notification", args=[notification.pk]))
    assert Page(desk.get("/inbox/")).text(bell) == "1 Inbox, 1 unread"
    assert Page(page_of(told_bureau.parks_officer).get("/inbox/")).text(bell) == "Inbox"


def test_the_inbox_lists_what_one_was_told_the_latest_first(told_bureau: Cast, page_of: PaperDesk) -> None:
    page = Page(page_of(told_bureau.roads_officer).get("/inbox/"))
    titles = page.texts("//ul[@class='notices']/li/a")
    assert titles == ["unread: Urged: please make progress on this measure", "unread: Today's reminders: 1 overdue"]
    assert "Fill the holes of Mill Lane" in page.text()


def test_a_notice_leads_to_what_it_is_about(told_bureau: Cast, page_of: PaperDesk) -> None:
    desk = page_of(told_bureau.roads_officer)
    urged = Notification.objects.get(person=told_bureau.roads_officer, kind="measure_urged")
    page = Page(desk.get(reverse("notification", args=[urged.pk])))
    assert page.one("//main//a[contains(@class, 'btn-primary')]/@href") == f"/measures/{urged.object_id}/"
    assert "Leader" in page.text("//dl")


def test_a_digest_lists_its_items_and_counts_them(told_bureau: Cast, page_of: PaperDesk) -> None:
    digest = Notification.objects.get(person=told_bureau.roads_officer, kind="digest")
    page = Page(page_of(told_bureau.roads_officer).get(reverse("notification", args=[digest.pk])))
    assert page.texts("//ul[@class='notices']/li") == ["8 days late 1-1-1-01-01 Fill the holes of Mill Lane"]


def test_all_are_marked_as_read_or_those_of_one_topic(told_bureau: Cast, page_of: PaperDesk) -> None:
    desk, mine = page_of(told_bureau.roads_officer), Notification.objects.filter(person=told_bureau.roads_officer)
    page = followed(desk, reverse("mark_all_read"), {"topic": Topic.URGE})
    assert page.toasts() == ["1 notification marked as read."]
    assert only(mine.unread()).kind == "digest"
    followed(desk, reverse("mark_all_read"))
    assert not mine.unread().exists()
    assert Notification.objects.unread().exists(), "those of others stay unread"
    assert "Everything is read" in desk.get("/inbox/").content.decode()
    assert len(Page(desk.get("/inbox/?tab=all")).texts("//ul[@class='notices']/li")) == 2
    assert len(Page(desk.get("/inbox/?tab=all&topic=urge")).texts("//ul[@class='notices']/li")) == 1
    assert "Nothing of this kind" in desk.get("/inbox/?topic=import").content.decode()


def test_the_time_of_the_first_reading_stays(told_bureau: Cast) -> None:
    notification = Notification.objects.get(person=told_bureau.roads_officer, kind="digest")
    mark_read(notification=notification, at=NOW)
    mark_read(notification=Notification.objects.get(pk=notification.pk), at=NOW + timedelta(days=1))
    assert Notification.objects.get(pk=notification.pk).read_at == NOW


def test_what_one_does_not_see_any_more_is_not_repeated(told_bureau: Cast, page_of: PaperDesk) -> None:
    officer = told_bureau.roads_officer
    Appointment.objects.filter(user=officer).delete()
    desk = page_of(officer)
    for address in [
        "/inbox/",
        *(reverse("notification", args=[n.pk]) for n in Notification.objects.filter(person=officer)),
    ]:
        page = desk.get(address).content.decode()
        assert "Mill Lane" not in page
        assert "1-1-1-01" not in page


def test_the_inbox_of_another_is_not_there(told_bureau: Cast, page_of: PaperDesk) -> None:
    notification = Notification.objects.get(person=told_bureau.roads_officer, kind="digest")
    for other in (told_bureau.roads_head, told_bureau.office, told_bureau.superuser, told_bureau.system_admin):
        assert page_of(other).get(reverse("notification", args=[notification.pk])).status_code == 404
    assert Notification.objects.get(pk=notification.pk).read_at is None


def test_a_long_inbox_has_pages_and_a_constant_number_of_queries(
    told_bureau: Cast, page_of: PaperDesk, queries: Callable[[Callable[[], Any]], int]
) -> None:
    desk, measure = page_of(told_bureau.roads_officer), told_bureau.measure()
    few = queries(lambda: desk.get("/inbox/"))
    words: dict[str, Any] = {"kind": "measure_urged", "topic": Topic.URGE, "data": {"text": "长" * 300}, "at": NOW}
    Notification.objects.bulk_create(
        Notification(person=told_bureau.roads_officer, key=f"k{n}", object_kind="measure", object_id=pk, **words)
        for n, pk in enumerate([measure.pk] * 60)
    )
    assert queries(lambda: desk.get("/inbox/")) == few
    assert len(Page(desk.get("/inbox/")).texts("//ul[@class='notices']/li")) == 30
    assert len(Page(desk.get("/inbox/?page=3")).texts("//ul[@class='notices']/li")) == 2


KINDS = {
    "unit_urged": "Urged: 3 overdue measures of Roads",
    "handed_over": "3 measures were handed over to you",
    "import_finished": "An import has changed the ledger",
    "application_waits": "A sign-off waits for you: Review",
    "closure_waits": "A closure waits for you: Review",
    "extension_waits": "An extension is waiting for a decision",
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_words(cast: Cast, page_of: PaperDesk, kind: str) -> None:
    measure = cast.measure(deadline=TODAY - timedelta(days=2))
    urge = urge_unit(inspection=cast.inspection, unit=cast.roads, by=cast.office, at=NOW)
    objects = {"unit_urged": ("urge", urge.pk), "import_finished": ("inspection", 1)}
    about, pk = objects.get(kind, ("measure", measure.pk))
    data = {"step": "Review", "count": 3, "unit": "Roads", "unit_id": 1, "code": "c", "text": "T", "created": 1}
    data |= {"changed": 2, "unchanged": 3, "old": "2026-03-01", "new": "2026-04-01", "reason": "R", "by": "Office"}
    row: dict[str, Any] = {"kind": kind, "key": kind, "topic": Topic.DUTY, "data": data, "at": NOW}
    notification = Notification.objects.create(person=cast.office, object_kind=about, object_id=pk, **row)
    page = Page(page_of(cast.office).get(reverse("notification", args=[notification.pk])))
    assert page.text("//h1") == KINDS[kind]
    address = page.one("//main//a[contains(@class, 'btn-primary')]/@href")
    assert page_of(cast.office).get(address, follow=True).status_code in {200, 404}


# Personal settings ---------------------------------------------------------------------------------------------


def test_without_a_way_out_the_page_says_so(cast: Cast, page_of: PaperDesk) -> None:
    page = Page(page_of(cast.roads_officer).get(reverse("preferences")))
    assert "Messages cannot reach you outside this program" in page.text()


def test_a_person_chooses_and_what_stays_cannot_be_switched_off(cast: Cast, page_of: PaperDesk, settings: Any) -> None:
    settings.EMAIL_IS_SET = True
    cast.roads_officer.email = "officer@bureau.example"
    cast.roads_officer.save()
    desk, mail = page_of(cast.roads_officer), Channel.objects.get(kind="mail")
    typed = {"language": "en", "topic_overdue": [mail.pk], "topic_urge": []}
    refused = desk.post(reverse("preferences"), typed)
    assert refused.status_code == 422
    assert "cannot be switched off" in Page(refused).errors()[""]
    assert Page(refused).typed("topic_overdue") == [str(mail.pk)]
    page = followed(
        desk,
        reverse("preferences"),
        {**typed, "topic_urge": [mail.pk], "quiet_from": "20:00"} | {"quiet_until": "07:30"},
    )
    assert page.toasts() == ["The settings were saved."]
    assert (page.typed("topic_urge"), page.typed("topic_due"), page.typed("quiet_until")) == (
        [str(mail.pk)],
        [],
        "07:30",
    )
    assert Choice.objects.filter(is_wanted=True).count() == 2


# The escalation ----------------------------------------------------------------------------------------------------


def test_the_page_of_the_escalation_shows_the_default_and_keeps_it(cast: Cast, page_of: PaperDesk) -> None:
    desk, address = page_of(cast.office), reverse("set_escalation", args=[cast.inspection.code])
    form = Page(desk.get(address)).tree.xpath("//main//form[@method='post']")[0]
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    followed(desk, address, sent)
    assert set(steps_of(cast.inspection)) == set(DEFAULT)
    assert ReminderRule.objects.count() == len(DEFAULT)
    assert not Event.objects.filter(verb="set_escalation").exists(), "nothing has changed"


def test_a_step_is_changed_and_one_removed(cast: Cast, page_of: PaperDesk) -> None:
    address = reverse("set_escalation", args=[cast.inspection.code])
    typed: dict[str, Any] = {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 2}
    steps = [(15, "before", "", ["officer"], False), (1, "after", "", ["officer"], True)]
    steps.append((2, "after", 5, ["unit_head", "leader"], False))
    for number, (days, side, every, roles, gone) in enumerate(steps):
        row = {"subject": "measure", "days": days, "side": side, "every": every, "roles": roles}
        typed |= {f"form-{number}-{name}": value for name, value in row.items()}
        typed |= {f"form-{number}-DELETE": "on"} if gone else {}
    followed(page_of(cast.office), address, typed)
    assert [(step.days, step.every, sorted(step.roles)) for step in steps_of(cast.inspection)] == [
        (-15, 0, ["officer"]),
        (2, 5, ["leader", "unit_head"]),
    ]
    assert Event.objects.filter(verb="set_escalation").count() == 1


OVERDUE = EscalationStep(MEASURE, 1, 0, frozenset({"officer"}))
WRONG = {
    "Two steps are on the same day": [OVERDUE, OVERDUE],
    "cannot be switched off": [EscalationStep(MEASURE, -3, 0, frozenset({"officer"}))],
    "must remind the lead unit": [
        EscalationStep(MEASURE, 1, 0, frozenset({"group"})),
        EscalationStep(MILESTONE, 1, 0, frozenset({"officer"})),
    ],
    "Only a step after the deadline repeats": [OVERDUE, EscalationStep(MEASURE, -9, 7, frozenset({"officer"}))],
    "at most a year": [OVERDUE, EscalationStep(MEASURE, -400, 0, frozenset({"officer"}))],
    "each step who is reminded": [OVERDUE, EscalationStep(MEASURE, -9, 0, frozenset())],
    "at most 12 steps": [EscalationStep(MEASURE, n, 0, frozenset({"officer"})) for n in range(1, 15)],
}


@pytest.mark.parametrize("words", list(WRONG))
def test_an_escalation_that_cannot_be(cast: Cast, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        set_escalation(inspection=cast.inspection, steps=WRONG[words], by=cast.office, at=NOW)
    assert not ReminderRule.objects.exists()


def test_the_office_alone_sets_it(cast: Cast) -> None:
    for who in (cast.leader, cast.group, cast.superuser, cast.stranger):
        with pytest.raises(Forbidden):
            set_escalation(inspection=cast.inspection, steps=DEFAULT, by=who, at=NOW)


# The administrator's pages -------------------------------------------------------------------------------------


def failed(cast: Cast, count: int = 2) -> list[Delivery]:
    words: dict[str, Any] = {"kind": "import_finished", "topic": Topic.IMPORT, "data": {}, "at": NOW}
    mail = Channel.objects.get(kind="mail")
    made = []
    for number in range(count):
        about: dict[str, Any] = {"object_kind": "inspection", "object_id": cast.inspection.pk}
        notification = Notification.objects.create(person=cast.office, key=f"k{number}", **about, **words)
        ended: dict[str, Any] = {
            "status": "failed",
            "error": "550 no such user",
            "ended_at": NOW,
            "attempt": 8,
            "failures": 8,
        }
        made.append(Delivery.objects.create(notification=notification, channel=mail, next_attempt_at=NOW, **ended))
    return made


def test_a_failure_is_seen_and_sent_again(cast: Cast, page_of: PaperDesk) -> None:
    first, second = failed(cast)
    desk = page_of(cast.system_admin)
    rows = Page(desk.get("/messages/?status=failed")).table("Person")
    assert [row[0] for row in rows] == ["Office", "Office"]
    assert "550 no such user" in rows[0][6]
    page = followed(desk, reverse("send_again"), {"delivery": first.pk})
    assert page.toasts() == ["1 delivery is sent again."]
    first.refresh_from_db()
    assert (first.status, first.failures, first.ended_at) == ("waiting", 0, None)
    followed(desk, reverse("send_again"))
    second.refresh_from_db()
    assert second.status == "waiting"


def test_the_administrator_reads_nothing_of_what_is_told(told_bureau: Cast, page_of: PaperDesk, settings: Any) -> None:
    failed(told_bureau)
    for address in ("/messages/", "/messages/gaps/"):
        page = page_of(told_bureau.system_admin).get(address).content.decode()
        assert "Mill Lane" not in page
        assert "1-1-1-01" not in page


def test_the_list_of_deliveries_has_a_constant_number_of_queries(
    cast: Cast, page_of: PaperDesk, queries: Callable[[Callable[[], Any]], int]
) -> None:
    failed(cast, 1)
    desk = page_of(cast.system_admin)
    few = queries(lambda: desk.get("/messages/"))
    Delivery.objects.all().delete()
    Notification.objects.all().delete()
    failed(cast, 20)
    assert queries(lambda: desk.get("/messages/")) == few


def test_what_is_secret_is_not_shown_again(cast: Cast, page_of: PaperDesk) -> None:
    desk = page_of(cast.system_admin)
    typed = {"kind": "dingtalk", "name": "Chat", "base_url": "https://gateway.example", "is_active": "on"}
    followed(desk, reverse("add_channel"), {**typed, "token": "T0ken", "secret": "S3cret"})
    channel = Channel.objects.get(name="Chat")
    for address in (reverse("channels"), reverse("edit_channel", args=[channel.pk])):
        page = desk.get(address).content.decode()
        assert "T0ken" not in page
        assert "S3cret" not in page
    assert "S3cret" not in "".join(Event.objects.values_list("text", flat=True))
    followed(desk, reverse("edit_channel", args=[channel.pk]), {**typed, "name": "Another chat"})
    channel.refresh_from_db()
    assert (channel.name, channel.token, channel.secret) == ("Another chat", "T0ken", "S3cret")
    refused = desk.post(reverse("add_channel"), {**typed, "base_url": "ftp://x", "token": "t"})
    assert "http://" in Page(refused).errors()["base_url"]


def test_the_system_administrator_alone_keeps_channels(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        set_channel(channel=None, values={"kind": "wecom"}, by=cast.office, at=NOW)


def test_what_cannot_be_reached(cast: Cast, page_of: PaperDesk, settings: Any) -> None:
    """Each gap as the person sees it who can close it."""
    settings.EMAIL_IS_SET = True
    lanes = unit("Lanes", parent=cast.organisation)
    post = create_post(name="Chief engineer", organisation=cast.organisation, by=None, at=NOW)
    left = user("Who left", is_active=False)
    cast.measure(lead_unit=lanes, leader=post, text="Light the lanes")
    cast.measure(leader=left)
    cast.measure(deadline=None)
    cast.measure(lead_unit=None)
    cast.roads_officer.email = "officer@bureau.example"
    cast.roads_officer.save()
    admin = Page(page_of(cast.system_admin).get("/messages/gaps/"))
    lists = {words.rsplit(" ", 1)[0]: number for number, words in enumerate(admin.texts("//main//h2"))}
    names = admin.tree.xpath("//ul[@class='name-columns']")
    found = {h: [" ".join(li.text_content().split()) for li in names[number]] for h, number in lists.items()}
    assert found["Units with open work and no officer"] == ["Lanes"]
    assert found["Inactive people who are still responsible for something"] == ["Who left"]
    assert found["Posts without a log-in and without an address"] == ["Chief engineer Bureau"]
    assert "Roads officer Roads" not in found["People without an address"]
    assert "Roads head Roads" in found["People without an address"]
    assert "Light the lanes" not in admin.html
    office = Page(page_of(cast.office).get("/messages/gaps/"))
    assert office.table("Inspection") == [[cast.inspection.title, "1", "1", "0", "1"]]
    assert "Lanes" not in office.text()
    assert page_of(cast.stranger).get("/messages/gaps/").status_code == 200
    assert cast.inspection.title not in page_of(cast.stranger).get("/messages/gaps/").content.decode()


def test_a_year_that_is_not_in_the_calendar_is_a_warning(cast: Cast, page_of: PaperDesk) -> None:
    desk = page_of(cast.system_admin)
    assert "rest days of" not in desk.get("/messages/gaps/").content.decode()
    with time_machine.travel(NOW.replace(month=12, day=1), tick=False):
        assert "rest days of 2027" in page_of(cast.system_admin).get("/messages/gaps/").content.decode()
        CalendarDay.objects.create(day=TODAY.replace(year=2027), kind="rest")
        assert "rest days of" not in page_of(cast.system_admin).get("/messages/gaps/").content.decode()
