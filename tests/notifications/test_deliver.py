"""Deliveries over real connections: mail, robots, a signed webhook; tries again, gives up, is sent again by hand."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import pytest
import time_machine

from accounts.models import User
from core.exceptions import RuleViolation
from measures.models import Measure
from notifications.channels import NotSent
from notifications.channels.web import post_json
from notifications.models import Channel, Choice, Delivery, Notification, Preference, Topic
from notifications.services import deliver_due, send_again, set_channel, set_preferences
from notifications.services.delivery import claim
from supervision.services import urge_measure
from tests.factories import NOW, TODAY, Cast
from tests.notifications.fake_servers import FakeMailServer, Gateway
from tests.notifications.reminder_steps import only, remind, settle, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def mailed(cast: Cast, box: FakeMailServer) -> Cast:
    """A bureau in which officer and head of the roads unit have addresses."""
    for person in (cast.roads_officer, cast.roads_head):
        person.email = f"{person.username}@bureau.example"
        person.save()
    settle(NOW)
    return cast


def urged(cast: Cast, text: str = "Fill the holes of Mill Lane", **fields: Any) -> Measure:
    measure = cast.measure(text=text, **fields)
    urge_measure(measure=measure, by=cast.leader, at=NOW)
    told(NOW)
    return measure


def at(moment: datetime = NOW) -> Callable[[], datetime]:
    return lambda: moment


def only_for(person: User) -> Delivery:
    Delivery.objects.exclude(notification__person=person).delete()
    delivery: Delivery = only(Delivery.objects.all())
    return delivery


def test_a_mail_says_it_in_chinese_with_links_that_work(mailed: Cast, box: FakeMailServer, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    measure = urged(mailed, text="修补磨坊巷坑洼路面", deadline=TODAY)
    assert deliver_due(clock=at()).sent == 2
    assert sorted(box.recipients) == sorted([mailed.roads_officer.email, mailed.roads_head.email])
    mail = box.mails[0]
    assert "修补磨坊巷坑洼路面" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    link = f"https://rectify.bureau.example/measures/{measure.pk}/"
    for body in (text, html):
        assert link in body
        assert "修补磨坊巷坑洼路面" in body
        assert "2026年3月2日" in body
        assert "127.0.0.1" not in body
    assert box.connections == 1, "one connection for a round"
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}


def test_a_digest_lists_what_is_late_first(mailed: Cast, box: FakeMailServer) -> None:
    for days in (-2, 8):
        mailed.measure(deadline=TODAY + timedelta(days=days), text=f"Work of {days}")
    remind()
    only_for(mailed.roads_officer)
    deliver_due(clock=at())
    text = only(box.mails).get_body(["plain"]).get_content()
    assert text.index("Work of -2") < text.index("Work of 8")
    assert "2 days late" in text
    assert "1 overdue, 1 due soon" in only(box.mails)["Subject"]


def test_a_mail_of_one_unit_holds_nothing_of_another(mailed: Cast, box: FakeMailServer) -> None:
    mailed.parks_officer.email = "parks@bureau.example"
    mailed.parks_officer.save()
    mailed.measure(deadline=TODAY - timedelta(days=9), text="Potholes of Mill Lane")
    mailed.measure(deadline=TODAY - timedelta(days=9), text="Lindens of the ring", lead_unit=mailed.parks)
    remind()
    deliver_due(clock=at())
    bodies = {to: mail.as_string() for to, mail in zip(box.recipients, box.mails, strict=True)}
    assert set(bodies) == {"parks@bureau.example", mailed.roads_officer.email, mailed.roads_head.email}
    for to, body in bodies.items():
        mine, other = ("Lindens", "Potholes") if to.startswith("parks") else ("Potholes", "Lindens")
        assert mine in body
        assert other not in body


def test_names_and_titles_add_no_header(mailed: Cast, box: FakeMailServer) -> None:
    mailed.roads_officer.name = "Evil\r\nBcc: boss@elsewhere.example"
    mailed.roads_officer.save()
    urged(mailed, text="Fill it\r\nBcc: all@elsewhere.example\r\n\r\nAnother body")
    only_for(mailed.roads_officer)
    deliver_due(clock=at())
    mail = only(box.mails)
    assert box.recipients == [mailed.roads_officer.email]
    assert "Bcc" not in mail
    assert "\n" not in mail["Subject"]


def test_an_address_that_is_none_fails_at_once(mailed: Cast, box: FakeMailServer) -> None:
    User.objects.filter(pk=mailed.roads_officer.pk).update(email="a@b.example\r\nBcc: c@d.example")
    urged(mailed)
    delivery = only_for(mailed.roads_officer)
    assert deliver_due(clock=at()).failed == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt, box.mails) == ("failed", 1, [])


def test_a_mail_server_that_is_down_is_tried_again_with_growing_pauses(mailed: Cast, settings: Any) -> None:
    urged(mailed)
    settings.EMAIL_PORT = 1
    now, pauses = NOW, []
    for _each in range(len(Delivery.PAUSES) + 1):
        outcome = deliver_due(clock=at(now))
        assert outcome.again + outcome.failed == 1, "the rest of the round leaves the channel alone"
        delivery = Delivery.objects.exclude(attempt=0).order_by("-attempt").first()
        assert delivery is not None
        assert delivery.next_attempt_at
        Delivery.objects.exclude(pk=delivery.pk).update(next_attempt_at=NOW + timedelta(days=99))
        pauses.append(delivery.next_attempt_at - now)
        assert deliver_due(clock=at(now + timedelta(seconds=30))).again == 0
        now = max(delivery.next_attempt_at, now)
    assert pauses[:-1] == list(Delivery.PAUSES)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt) == ("failed", 8)
    assert "ConnectionRefusedError" in delivery.error


def test_failed_deliveries_are_sent_again_by_hand(mailed: Cast, box: FakeMailServer) -> None:
    urged(mailed)
    box.says["to"] = "550 no such user"
    assert deliver_due(clock=at()).failed == 2
    delivery = only_for(mailed.roads_officer)
    assert "550 no such user" in delivery.error
    box.says.clear()
    assert send_again(deliveries=[delivery], at=NOW) == 1
    assert deliver_due(clock=at()).sent == 1
    with pytest.raises(RuleViolation):
        send_again(deliveries=[Delivery.objects.get(pk=delivery.pk)], at=NOW)


@pytest.mark.parametrize("step", ["from", "to", "data", "accepted"])
def test_a_mail_server_that_asks_to_come_again_is_asked_again(mailed: Cast, box: FakeMailServer, step: str) -> None:
    urged(mailed)
    delivery = only_for(mailed.roads_officer)
    box.says[step] = "451 come again"
    assert deliver_due(clock=at()).again == 1
    box.says.clear()
    assert deliver_due(clock=at(NOW + Delivery.PAUSES[0])).sent == 1
    delivery.refresh_from_db()
    assert box.ids() == [f"<{delivery.key}@rectify.bureau.example>"]


def test_two_workers_do_not_send_the_same(mailed: Cast) -> None:
    urged(mailed)
    delivery = only_for(mailed.roads_officer)
    assert claim(delivery_id=delivery.pk, at=NOW) is not None
    assert claim(delivery_id=delivery.pk, at=NOW) is None
    assert deliver_due(clock=at()).sent == 0
    again = claim(delivery_id=delivery.pk, at=NOW + timedelta(minutes=3))
    assert again is not None
    assert again.attempt == 2, "the first one fell silent"


def test_what_changed_since_is_left_out(mailed: Cast, box: FakeMailServer) -> None:
    urged(mailed)
    mailed.roads_head.is_active = False
    mailed.roads_head.save()
    mailed.roads_officer.appointments.all().delete()
    assert deliver_due(clock=at()).skipped == 2
    reasons = set(Delivery.objects.values_list("error", flat=True))
    assert reasons == {"The person is no longer active.", "The person can no longer see what this is about."}
    assert box.mails == []


def test_without_a_mail_server_or_an_address_the_inbox_alone_is_told(mailed: Cast, settings: Any) -> None:
    settings.EMAIL_IS_SET = False
    urged(mailed)
    assert (Notification.objects.count(), Delivery.objects.count()) == (2, 0)


# Robots and the webhook ----------------------------------------------------------------------------------------


@pytest.fixture
def by(cast: Cast, door: Gateway) -> Callable[..., Channel]:
    """A channel that leads to the recording server."""
    settle(NOW)

    def make(kind: str, **values: Any) -> Channel:
        fields = {"name": kind, "base_url": door.url, "token": "tok/en", "secret": "SECabc", "by_default": True}
        entered = {"kind": kind, "unit": None, "is_active": True, **fields, **values}
        return set_channel(channel=None, values=entered, by=cast.system_admin, at=NOW)

    return make


def mac(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


def send(cast: Cast, **fields: Any) -> Any:
    urged(cast, text="Secret holes of Mill Lane", **fields)
    only_for(cast.roads_officer)
    return deliver_due(clock=at())


def test_a_wecom_robot(cast: Cast, door: Gateway, by: Callable[..., Channel]) -> None:
    by("wecom")
    assert send(cast).sent == 1
    call = only(door.calls)
    assert (call.path, call.query) == ("/cgi-bin/webhook/send", {"key": "tok/en"})
    assert call.body["text"]["content"].startswith("Roads officer：Urged")


def test_a_dingtalk_robot_with_its_signature(cast: Cast, door: Gateway, by: Callable[..., Channel]) -> None:
    by("dingtalk")
    assert send(cast).sent == 1
    call = only(door.calls)
    stamp = call.query["timestamp"]
    assert stamp == str(round(time.time() * 1000))
    assert (call.path, call.query["access_token"]) == ("/robot/send", "tok/en")
    assert call.query["sign"] == mac("SECabc", f"{stamp}\nSECabc")
    assert call.body["msgtype"] == "text"


def test_a_feishu_robot_with_its_signature(cast: Cast, door: Gateway, by: Callable[..., Channel]) -> None:
    by("feishu")
    door.answer = {"code": 0}
    assert send(cast).sent == 1
    call = only(door.calls)
    assert call.path == "/open-apis/bot/v2/hook/tok%2Fen"
    assert call.body["sign"] == mac(f"{call.body['timestamp']}\nSECabc", "")
    assert call.body["msg_type"] == "text"


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_tells_a_chat_nothing_of_the_measure(
    cast: Cast, door: Gateway, by: Callable[..., Channel], kind: str
) -> None:
    by(kind)
    send(cast)
    words = only(door.calls).raw.decode()
    assert "Secret holes" not in words
    assert "1-1-1" not in words
    assert "/inbox/" in words


def test_a_webhook_is_signed_and_gets_it_whole(cast: Cast, door: Gateway, by: Callable[..., Channel]) -> None:
    by("webhook", base_url=f"{door.url}/hub/in?tenant=9", token="")
    assert send(cast).sent == 1
    call = only(door.calls)
    assert (call.path, call.query) == ("/hub/in", {"tenant": "9"})
    signed = call.headers["X-Rectify-Timestamp"].encode() + b"." + call.raw
    expected = hmac.new(b"SECabc", signed, hashlib.sha256).hexdigest()
    assert call.headers["X-Rectify-Signature"] == f"sha256={expected}"
    assert call.body["person"]["username"] == cast.roads_officer.username
    assert call.body["id"] == str(only(Delivery.objects.all()).key)
    assert "Secret holes of Mill Lane" in call.body["text"]


@pytest.mark.parametrize(
    ("status", "answer", "ends"),
    [
        (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "again"),
        (200, {}, "again"),
        (500, {}, "again"),
        (429, {}, "again"),
        (403, {}, "failed"),
        (302, {}, "failed"),
    ],
)
def test_what_a_gateway_refuses(
    cast: Cast, door: Gateway, by: Callable[..., Channel], status: int, answer: Any, ends: str
) -> None:
    by("wecom")
    door.status, door.answer, door.headers = status, answer, {"Location": f"{door.url}/elsewhere"}
    outcome = send(cast)
    assert getattr(outcome, ends) == 1
    assert len(door.calls) == 1, "no redirect is followed"
    assert only(Delivery.objects.all()).error


def test_only_addresses_of_the_web_can_be_entered(cast: Cast, by: Callable[..., Channel]) -> None:
    odd = ("http://a\r\nb/", "x", "https://host/a b", "https://网关.example/")
    for address in ("", "file:///etc/passwd", "gopher://a/", "http://", "https://user:pw@host/", *odd):
        with pytest.raises(RuleViolation):
            by("webhook", base_url=address)
    assert by("webhook", base_url="http://10.1.2.3:8443/hook").pk


def test_a_gateway_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSent) as refused:
        post_json("http://127.0.0.1:1/", b"{}")
    assert refused.value.is_down


def test_an_address_that_cannot_be_is_not_repeated_with_its_key() -> None:
    with pytest.raises(NotSent) as refused:
        post_json("http://127.0.0.1:1/a b?key=SECRET", b"{}")
    assert str(refused.value) == "InvalidURL"


def test_a_channel_for_one_unit_is_not_used_for_another(cast: Cast, by: Callable[..., Channel]) -> None:
    by("wecom", unit=cast.parks)
    urged(cast)
    assert not Delivery.objects.exists()
    by("dingtalk", unit=cast.organisation)
    urged(cast)
    assert set(Delivery.objects.values_list("channel__kind", flat=True)) == {"dingtalk"}


# Wishes --------------------------------------------------------------------------------------------------------


def prefer(person: User, **values: Any) -> None:
    fields = {"wanted": {}, "language": "en", "quiet_from": None, "quiet_until": None, "at": NOW, **values}
    set_preferences(person=person, **fields)


def test_what_is_overdue_cannot_be_switched_off(mailed: Cast) -> None:
    mail = Channel.objects.get(kind="mail")
    officer = mailed.roads_officer
    with pytest.raises(RuleViolation, match="“overdue” cannot be switched off"):
        prefer(officer, wanted={Topic.URGE: {mail.pk}})
    prefer(officer, wanted={Topic.OVERDUE: {mail.pk}, Topic.URGE: {mail.pk}})
    mailed.measure(deadline=TODAY + timedelta(days=3))
    remind()
    assert not Delivery.objects.filter(notification__person=officer).exists(), "due soon was switched off"
    assert Notification.objects.filter(person=officer).exists(), "the inbox has it all the same"
    mailed.measure(deadline=TODAY - timedelta(days=1))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        remind(TODAY + timedelta(days=1))
    assert only(Delivery.objects.filter(notification__person=officer)).notification.topic == Topic.OVERDUE


def test_a_choice_that_leads_nowhere_any_more_does_not_silence_what_stays(
    mailed: Cast, by: Callable[..., Channel]
) -> None:
    robot, mail = by("wecom"), Channel.objects.get(kind="mail")
    prefer(mailed.roads_officer, wanted={Topic.OVERDUE: {robot.pk}, Topic.URGE: {robot.pk}})
    Channel.objects.filter(pk=robot.pk).update(is_active=False)
    urged(mailed)
    assert only(Delivery.objects.filter(notification__person=mailed.roads_officer)).channel == mail


def test_quiet_hours_put_off_and_do_not_swallow(mailed: Cast, box: FakeMailServer) -> None:
    mail = Channel.objects.get(kind="mail")
    every = {topic: {mail.pk} for topic in Topic.values}
    clock = datetime.min.time()
    quiet = {"quiet_from": clock.replace(hour=20), "quiet_until": clock.replace(hour=9, minute=30)}
    prefer(mailed.roads_officer, wanted=every, **quiet)
    urged(mailed)  # at nine in the morning
    only_for(mailed.roads_officer)
    assert deliver_due(clock=at()).sent == 0
    assert deliver_due(clock=at(NOW + timedelta(minutes=31))).sent == 1


@pytest.mark.parametrize(("start", "end"), [("08:00", None), (None, "08:00"), ("08:00", "08:00"), ("06:00", "20:30")])
def test_quiet_hours_that_cannot_be(cast: Cast, start: str | None, end: str | None) -> None:
    def clock(text: str | None) -> Any:
        return time_of_day.fromisoformat(text) if text else None

    with pytest.raises(RuleViolation):
        prefer(cast.roads_officer, quiet_from=clock(start), quiet_until=clock(end))
    assert not Preference.objects.exists()


def test_a_message_is_in_the_language_of_its_reader(mailed: Cast, box: FakeMailServer) -> None:
    mail = Channel.objects.get(kind="mail")
    stay = {Topic.OVERDUE: {mail.pk}, Topic.URGE: {mail.pk}}
    prefer(mailed.roads_head, wanted=stay, language="zh-hans")
    urged(mailed, deadline=TODAY)
    deliver_due(clock=at())
    bodies = {to: mail.get_body(["plain"]).get_content() for to, mail in zip(box.recipients, box.mails, strict=True)}
    assert "2026年3月2日" in bodies[mailed.roads_head.email]
    assert "2026年3月2日" not in bodies[mailed.roads_officer.email]
    assert Choice.objects.filter(person=mailed.roads_head).exists()
