"""What one is told and how one wants to be told, by the API; the ways out, for who keeps the system."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import IdempotencyRecord
from audit.models import Event
from notifications.models import Channel, Choice, Delivery, Notification, Webhook
from tests.api.client import ApiClient, problem_of
from tests.api.list_rows import SECRET, URL, reminded, told
from tests.api.test_office import refused, sent
from tests.factories import NOW
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def test_a_notice_is_in_words_and_is_read_by_its_verb_alone(place: TwoUnits) -> None:
    officer, address = ApiClient(place.roads_officer), f"notifications/{place.notice.pk}/"
    row = officer.get(address).json()
    assert row["message"]["title"] == "Urged: please make progress on this measure"
    assert row["message"]["subject"].endswith(place.measures["roads"].text)
    assert (row["object_id"], row["is_visible"], row["read_at"]) == (place.measures["roads"].pk, True, None)
    assert officer.ids("notifications", unread="true") == {place.notice.pk}
    assert officer.post(f"{address}mark-read/").json()["read_at"] is not None
    first = Notification.objects.get(pk=place.notice.pk).read_at
    officer.post(f"{address}mark-read/")
    assert Notification.objects.get(pk=place.notice.pk).read_at == first
    assert officer.ids("notifications", unread="true") == set()
    assert officer.ids("notifications", unread="false", topic="urge") == {place.notice.pk}
    chinese = officer.client.get(f"/api/v1/{address}", headers={"Accept-Language": "zh-CN"}).json()
    assert "催办" in chinese["message"]["title"]


def test_what_one_does_not_see_any_more_is_not_repeated(place: TwoUnits) -> None:
    place.roads_officer.appointments.all().delete()
    answer = ApiClient(place.roads_officer).get("notifications/")
    (row,) = answer.json()["results"]
    assert (row["is_visible"], row["object_id"], row["message"]["facts"]) == (False, None, [])
    assert place.measures["roads"].text not in answer.content.decode()


def test_all_is_read_at_once_or_all_of_one_topic(place: TwoUnits) -> None:
    officer, measure = ApiClient(place.roads_officer), place.measures["roads"]
    told(place.roads_officer, measure, key="a", topic="due")
    assert officer.post("notifications/mark-all-read/", topic="due").json() == {"count": 1}
    refused(officer.post("notifications/mark-all-read/", topic="weather"), 422, "topic")
    assert officer.post("notifications/mark-all-read/").json() == {"count": 1}
    assert officer.post("notifications/mark-all-read/").json() == {"count": 0}


def test_the_items_of_a_digest_are_those_that_one_still_sees(place: TwoUnits) -> None:
    item = reminded(place.roads_officer, place.measures["roads"], 1)
    officer = ApiClient(place.roads_officer)
    (row,) = officer.rows("reminders", notification=item.digest.notification_id)
    assert (row["measure"], row["notification"]) == (place.measures["roads"].pk, item.digest.notification_id)
    assert ApiClient(place.office).rows("reminders") == [], "another's digest"
    place.roads_officer.appointments.all().delete()
    assert ApiClient(place.roads_officer).rows("reminders") == []


def test_preferences_are_set_piece_by_piece(place: TwoUnits, settings: Any) -> None:
    settings.EMAIL_IS_SET = True
    place.roads_officer.email = "roads@example.org"
    place.roads_officer.save()
    officer, mail = ApiClient(place.roads_officer), place.mail.pk
    first = officer.get("preferences/").json()
    assert [channel["id"] for channel in first["channels"]] == [mail]
    assert first["topics"]["result"] == [mail]
    told = officer.patch("preferences/", topics={"result": []}, quiet_from="22:00", quiet_until="07:00").json()
    assert (told["topics"]["result"], told["topics"]["urge"]) == ([], [mail])
    assert (told["quiet_from"], told["quiet_until"]) == ("22:00:00", "07:00:00")
    told = officer.patch("preferences/", language="en").json()
    assert (told["language"], told["quiet_from"], told["topics"]["result"]) == ("en", "22:00:00", [])
    assert officer.get("preferences/").json() == told
    refused(officer.patch("preferences/", topics={"overdue": []}), 422)
    refused(officer.patch("preferences/", topics={"weather": [mail]}), 422, "topics")
    refused(officer.patch("preferences/", topics={"due": [mail + 1]}), 422, "topics")
    refused(officer.patch("preferences/", quiet_until=None), 422, "quiet_until")
    refused(officer.patch("preferences/", language="la"), 422, "language")
    assert Choice.objects.filter(person=place.roads_officer, is_wanted=False).count() == 1


def test_a_channel_is_added_and_changed_and_its_secrets_are_never_answered(place: TwoUnits) -> None:
    admin = ApiClient(place.system_admin)
    hub = {"kind": "webhook", "name": "Hub", "base_url": URL, "token": "a-token", "unit": place.roads.pk}
    refused(admin.post("channels/", **hub), 422, "secret")
    made = [sent(admin, "k", "channels/", **hub, secret=SECRET) for _twice in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    row = made[0].json()
    assert (row["has_token"], row["has_secret"], row["unit"]["name"]) == (True, True, "Roads")
    edited = admin.patch(f"channels/{row['id']}/", secret="", is_active=False, unit=None)
    assert (edited.json()["has_secret"], edited.json()["is_active"], edited.json()["unit"]) == (True, False, None)
    refused(admin.patch(f"channels/{row['id']}/", kind="mail"), 422, "kind")
    refused(admin.post("channels/", kind="mail", name="Second mail"), 422, "name")
    refused(admin.post("channels/", **{**hub, "secret": SECRET, "base_url": "ftp://hub"}), 422, "base_url")
    assert Channel.objects.get(name="Hub").secret == SECRET
    listed = admin.get("channels/").content + edited.content + made[1].content
    assert SECRET.encode() not in listed
    assert b"a-token" not in listed
    assert not IdempotencyRecord.objects.filter(text__contains=SECRET).exists()
    assert not Event.objects.filter(text__contains=SECRET).exists()


def test_a_webhook_is_added_with_a_secret_of_the_callers_own(place: TwoUnits) -> None:
    admin = ApiClient(place.system_admin)
    hook = {"name": "Screen", "url": URL, "organisation": place.organisation.pk}
    refused(admin.post("webhooks/", **hook), 422, "secret")
    refused(admin.post("webhooks/", **hook, secret="short"), 422, "secret")
    made = sent(admin, "k", "webhooks/", **hook, secret=SECRET)
    assert made.status_code == 201
    row = made.json()
    assert (row["behind"], row["failing"], row["error"]) == (0, 0, "")
    assert [each["chain"] for each in row["subscriptions"]] == [place.inspection.chain]
    refused(admin.post("webhooks/", **hook, secret=SECRET), 422, "name")
    refused(admin.post("webhooks/", **{**hook, "name": "In", "url": "http://127.0.0.1/"}, secret=SECRET), 422, "url")
    refused(admin.patch(f"webhooks/{row['id']}/", secret=SECRET), 422, "secret")
    assert admin.patch(f"webhooks/{row['id']}/", is_active=False).json()["is_active"] is False
    hook_made = Webhook.objects.get(pk=row["id"])
    assert hook_made.secret == SECRET
    failed = {"failures": 3, "error": "500", "next_attempt_at": NOW + timedelta(days=1)}
    hook_made.subscriptions.update(seq=0, **failed)
    told = admin.get(f"webhooks/{row['id']}/").json()
    assert (told["failing"], told["error"], told["behind"] > 0) == (1, "500", True)
    assert admin.post(f"webhooks/{row['id']}/try/").json()["again_at"] is None
    answers = admin.get("webhooks/").content + made.content + json.dumps(told).encode()
    assert SECRET.encode() not in answers
    assert not IdempotencyRecord.objects.filter(text__contains=SECRET).exists()


def test_what_failed_is_sent_again_one_by_one_or_all_of_it(place: TwoUnits) -> None:
    admin, delivery = ApiClient(place.system_admin), Delivery.objects.get()
    (row,) = admin.rows("deliveries", status="failed", channel=place.mail.pk)
    assert (row["person"]["name"], row["error"]) == ("Roads officer", "550 no such user")
    assert place.measures["roads"].text not in json.dumps(row), "what it says is for its person"
    assert admin.post(f"deliveries/{delivery.pk}/send-again/").json()["status"] == "waiting"
    assert problem_of(admin.post(f"deliveries/{delivery.pk}/send-again/"))["status"] in {409, 422}
    assert admin.post("deliveries/send-failed-again/").json() == {"count": 0}
    Delivery.objects.update(status="failed", ended_at=NOW)
    assert admin.post("deliveries/send-failed-again/").json() == {"count": 1}
    assert Delivery.objects.get().status == "waiting"


def test_what_cannot_be_reached_is_told_to_each_as_far_as_they_can_mend_it(place: TwoUnits) -> None:
    plan = {"inspection": place.inspection.code, "no_deadline": 1, "no_unit": 0, "no_leader": 1, "left": 0}
    assert ApiClient(place.office).get("configuration-gaps/").json() == {"plan": [plan], "system": None}
    told = ApiClient(place.system_admin).get("configuration-gaps/").json()
    assert told["plan"] == []
    assert (told["system"]["failed"], told["system"]["has_mail"]) == (1, False)
    assert ApiClient(place.stranger).get("configuration-gaps/").json() == {"plan": [], "system": None}
    assert problem_of(ApiClient(place.office).get("configuration-gaps/", fields="plan"))["code"] == "invalid_query"
