"""Programs are told what happens: in order, signed, until it is taken, and never where nothing may be sent."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from audit.models import Chain, Event
from core.exceptions import Forbidden, RuleViolation
from measures.services import start_measure
from notifications import tasks
from notifications.channels import ssrf_safe_http
from notifications.channels.ssrf_safe_http import NotAllowed, NotSent, is_allowed, resolve, safe_post
from notifications.models import Subscription, Webhook
from notifications.services import retry_webhook, send_webhooks, set_webhook
from notifications.services.webhooks import claim
from tests.factories import NOW, Cast, inspection, issue, measure
from tests.html_pages import Page
from tests.notifications.webhook_server import WebhookServer, listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(settings: Any) -> Iterator[WebhookServer]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with listening() as found:
        yield found


def named(cast: Cast, hub: WebhookServer, **values: Any) -> tuple[Webhook, str]:
    fields = {"name": "Screen", "url": hub.address(), "organisation": None, "is_active": True, **values}
    return set_webhook(webhook=None, values=fields, by=cast.system_admin, at=NOW)


def clock(minutes: float = 1) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(minutes=minutes)


def begin(cast: Cast, count: int = 1) -> list[int]:
    """Start measures; return the sequence numbers of the events."""
    for _number in range(count):
        start_measure(measure=cast.measure(), by=cast.roads_officer, at=NOW)
    return list(Event.objects.filter(verb="start_measure").order_by("seq").values_list("seq", flat=True))


def told(hub: WebhookServer) -> list[int]:
    return [event["seq"] for _path, _headers, body in hub.posts for event in json.loads(body)["events"]]


def test_a_program_is_told_what_happened_to_which_row_and_no_text(cast: Cast, hub: WebhookServer) -> None:
    _webhook, secret = named(cast, hub)
    begin(cast)
    assert send_webhooks(clock=clock()).events == 1
    ((path, headers, body),) = hub.posts
    event = Event.objects.get(verb="start_measure")
    row = {"seq": event.seq, "at": NOW.isoformat(), "verb": "start_measure", "kind": "measure"}
    content = {"chain": cast.inspection.chain, "inspection": cast.inspection.code}
    assert json.loads(body) == {**content, "events": [{**row, "object_id": event.object_id}]}
    assert path == "/told"
    signed = hmac.new(secret.encode(), f"{headers['X-Rectify-Timestamp']}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Rectify-Signature"] == f"sha256={signed}"
    assert abs(int(headers["X-Rectify-Timestamp"]) - NOW.timestamp()) <= 60


def test_what_was_before_is_not_told_and_nothing_twice(cast: Cast, hub: WebhookServer) -> None:
    begin(cast)
    named(cast, hub)
    assert send_webhooks(clock=clock()).events == 0
    later = begin(cast, 2)[1:]
    for _twice in range(2):
        send_webhooks(clock=clock())
    assert told(hub) == later


def test_the_task_run_twice_tells_once(cast: Cast, hub: WebhookServer) -> None:
    named(cast, hub)
    sent = begin(cast)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        tasks.send_webhooks()
        tasks.send_webhooks()
    assert told(hub) == sent


def test_many_events_come_in_pieces_and_in_order(cast: Cast, hub: WebhookServer, monkeypatch: Any) -> None:
    monkeypatch.setattr("notifications.services.webhooks.EVENTS_AT_ONCE", 3)
    named(cast, hub)
    sent = begin(cast, 7)
    assert send_webhooks(clock=clock()).events == 7
    assert told(hub) == sent
    assert len(hub.posts) == 3
    assert len({headers["X-Rectify-Id"] for _path, headers, _body in hub.posts}) == 3


def test_what_is_not_taken_is_told_again_after_growing_pauses_and_nothing_is_lost(
    cast: Cast, hub: WebhookServer
) -> None:
    named(cast, hub)
    sent = begin(cast)
    hub.answers = [500, 503, 429]
    pauses, at = [], 1.0
    for _try in range(3):
        assert send_webhooks(clock=clock(at)).failed == 1
        assert send_webhooks(clock=clock(at)).failed == 0, "not before the pause is over"
        found = Subscription.objects.get()
        assert found.next_attempt_at is not None
        pauses.append((found.next_attempt_at - clock(at)()).total_seconds() / 60)
        at += pauses[-1]
    assert pauses == [1, 5, 15]
    assert (found.failures, found.error) == (3, "HTTP 429 Too Many Requests")
    sent = begin(cast)
    assert send_webhooks(clock=clock(at)).events == 2
    found.refresh_from_db()
    assert (found.failures, found.error, found.next_attempt_at) == (0, "", None)
    assert told(hub)[-2:] == sent


def test_one_that_fails_does_not_hold_up_the_others(cast: Cast, hub: WebhookServer) -> None:
    with listening() as other:
        named(cast, hub)
        named(cast, other, name="Other")
        sent = begin(cast)
        hub.answers = [500]
        outcome = send_webhooks(clock=clock())
    assert (outcome.events, outcome.failed, told(other)) == (1, 1, sent)


def test_a_worker_that_died_is_followed_by_another(cast: Cast, hub: WebhookServer) -> None:
    named(cast, hub)
    sent = begin(cast)
    send_webhooks(clock=clock(-60))
    hub.posts.clear()
    sent = begin(cast)[-1:]
    pk = Subscription.objects.get().pk
    held = claim(subscription_id=pk, at=clock()())
    assert held is not None
    assert claim(subscription_id=pk, at=clock()()) is None
    assert send_webhooks(clock=clock()).events == 0, "somebody holds it"
    assert send_webhooks(clock=clock(10)).events == 1
    assert told(hub) == sent


def test_an_organisation_hears_of_its_own_inspections_alone(cast: Cast, hub: WebhookServer) -> None:
    named(cast, hub, organisation=cast.stranger.unit)
    begin(cast)
    assert send_webhooks(clock=clock()).events == 0
    theirs = measure(issue(inspection(cast.stranger.unit))).inspection
    send_webhooks(clock=clock())
    assert {json.loads(body)["chain"] for _path, _headers, body in hub.posts} == {theirs.chain}
    assert set(Chain.objects.filter(key__startswith="inspection:")) > {sub.chain for sub in Subscription.objects.all()}


def test_what_is_added_to_one_begins_when_it_is_added(cast: Cast, hub: WebhookServer) -> None:
    """One that was for one organisation and is for all from now on is not told the past of the others."""
    webhook, _secret = named(cast, hub, organisation=cast.stranger.unit)
    begin(cast)
    set_webhook(webhook=webhook, values={"organisation": None}, by=cast.system_admin, at=NOW)
    assert send_webhooks(clock=clock()).events == 0
    new = begin(cast)[-1]
    send_webhooks(clock=clock())
    assert told(hub)[-1] == new
    assert len(set(told(hub))) <= 2, "the second measure and its start"


def test_one_that_is_switched_off_hears_nothing_until_it_is_on_again(cast: Cast, hub: WebhookServer) -> None:
    webhook, _secret = named(cast, hub)
    change: dict[str, Any] = {"webhook": webhook, "by": cast.system_admin, "at": NOW}
    set_webhook(values={"is_active": False}, **change)
    sent = begin(cast)
    assert send_webhooks(clock=clock()).events == 0
    _same, secret = set_webhook(values={"is_active": True}, **change)
    assert secret == "", "an old secret is not shown again"
    send_webhooks(clock=clock())
    assert told(hub) == sent


FORBIDDEN = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "2002:7f00:1::", "2002:7f00:1::808:808", "2002:a00:1::1", "::127.0.0.1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_inside_a_network_is_not_allowed(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "114.114.114.114", "2400:3200::1", "::ffff:1.1.1.1", "2002:808:808::7f00:1"]
)
def test_an_address_of_the_world_outside_is_allowed(address: str) -> None:
    assert is_allowed(address)


def test_a_network_that_the_settings_release_is_allowed_and_no_other(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["10.20.0.0/16", "192.168.1.5", "fd00::/8"]
    for address in ("10.20.3.4", "192.168.1.5", "fd00::7", "::ffff:10.20.3.4"):
        assert is_allowed(address), address
    for address in ("10.21.0.1", "192.168.1.6", "127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"):
        assert not is_allowed(address), address


LITERAL = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "https://localhost:8443/x",
]  # fmt: skip
NO_ADDRESS = [
    "", "ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://", "http://user:pw@example.org/",
    "http://@example.org/", "http://example.org/#x", "http://exa mple.org/", "http://example.org\\@127.0.0.1/",
    "http://example.org/\r\nX: y", "http://1.1.1.1:99999/", "http://例子.中国/", "//example.org/",
]  # fmt: skip


@pytest.mark.parametrize("url", LITERAL + NO_ADDRESS)
def test_an_address_that_may_not_be_is_refused_when_it_is_named(cast: Cast, url: str) -> None:
    values = {"name": "Screen", "url": url, "organisation": None, "is_active": True}
    with pytest.raises(RuleViolation) as refusal:
        set_webhook(webhook=None, values=values, by=cast.system_admin, at=NOW)
    assert refusal.value.field == "url"
    assert not Webhook.objects.exists()


def resolving(monkeypatch: Any, *answers: str) -> list[str]:
    """Let every name stand for these addresses, one answer after the other; return who asked."""
    asked: list[str] = []
    known = socket.getaddrinfo

    def answer(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if not str(host).endswith(".example"):
            return known(host, port, *rest, **more)
        address = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return known(address, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_name_that_leads_inside_is_refused(cast: Cast, monkeypatch: Any) -> None:
    resolving(monkeypatch, "10.0.0.5")
    with pytest.raises(NotAllowed):
        resolve("http://hub.example/")
    with pytest.raises(RuleViolation):
        set_webhook(webhook=None, values={"name": "S", "url": "http://hub.example/"}, by=cast.system_admin, at=NOW)


def test_a_name_that_leads_inside_later_is_refused_at_the_sending(
    cast: Cast, hub: WebhookServer, monkeypatch: Any
) -> None:
    """It stood for an address outside when it was named; nothing arrives, and the page says why."""
    resolving(monkeypatch, "1.1.1.1", "127.0.0.1")
    monkeypatch.setattr(ssrf_safe_http, "allowed_networks", list)
    webhook, _secret = named(cast, hub, url=hub.address("hub.example"))
    begin(cast)
    assert send_webhooks(clock=clock()).failed == 1
    assert hub.posts == []
    assert "127.0.0.1" in webhook.subscriptions.get().error


def test_a_name_is_asked_for_once_and_the_connection_goes_to_what_was_checked(
    hub: WebhookServer, monkeypatch: Any
) -> None:
    """A name server that answers with another address the second time is never asked a second time."""
    asked = resolving(monkeypatch, "127.0.0.1", "10.255.255.1")
    safe_post(hub.address("hub.example"), b"{}", {})
    assert asked == ["hub.example"]
    assert hub.posts[0][1]["Host"] == f"hub.example:{hub.port}"


def test_one_forbidden_address_among_several_is_enough(monkeypatch: Any) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(NotAllowed):
        resolve("http://hub.example/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(cast: Cast, hub: WebhookServer, status: int) -> None:
    with listening() as inside:
        hub.location, hub.answers = inside.address(), [status]
        with pytest.raises(NotSent, match=f"HTTP {status}"):
            safe_post(hub.address(), b"{}", {})
        assert (len(hub.posts), inside.posts) == (1, [])


def test_no_proxy_of_the_machine_is_asked(hub: WebhookServer, monkeypatch: Any) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    safe_post(hub.address(), b"{}", {})
    assert len(hub.posts) == 1


def test_who_answers_letter_by_letter_is_not_waited_for(settings: Any, monkeypatch: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.1"]
    monkeypatch.setattr(ssrf_safe_http, "AT_MOST", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _who = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _time in range(100):
                if over.wait(0.1):
                    return
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        with pytest.raises(NotSent):
            safe_post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {})
    finally:
        over.set()
        listener.close()
        thread.join()


def test_nobody_but_the_system_administrator_names_addresses(cast: Cast, hub: WebhookServer, page_of: Any) -> None:
    webhook, _secret = named(cast, hub)
    pages = ["/messages/webhooks/", "/messages/webhooks/new/", f"/messages/webhooks/{webhook.pk}/"]
    for person in (cast.office, cast.group, cast.auditor, cast.roads_officer):
        with pytest.raises(Forbidden):
            set_webhook(webhook=webhook, values={"url": hub.address(path="/x")}, by=person, at=NOW)
        with pytest.raises(Forbidden):
            retry_webhook(webhook=webhook, by=person)
        assert {page_of(person).get(page).status_code for page in pages} == {403}
        assert page_of(person).post(f"{pages[2]}retry/").status_code == 403
    for person in (cast.system_admin, cast.superuser):
        assert {page_of(person).get(page).status_code for page in pages} == {200}
    assert Webhook.objects.get().url == hub.address()


def test_the_pages_name_an_address_show_its_secret_once_and_say_how_far_it_was_told(
    cast: Cast, hub: WebhookServer, page_of: Any
) -> None:
    client = page_of(cast.system_admin)
    wrong = client.post("/messages/webhooks/new/", {"name": "Screen", "url": "http://10.0.0.1/", "is_active": "on"})
    assert (wrong.status_code, set(Page(wrong).errors())) == (422, {"url"})
    sent = {"name": "Screen", "url": hub.address(), "is_active": "on"}
    assert client.post("/messages/webhooks/new/", sent).status_code == 302
    secret = Page(client.get("/messages/webhooks/")).one("//input[@id='secret']/@value")
    assert secret == Webhook.objects.get().secret
    assert secret not in client.get("/messages/webhooks/").content.decode()
    assert secret not in client.get(f"/messages/webhooks/{Webhook.objects.get().pk}/").content.decode()
    begin(cast)
    hub.answers = [500]
    send_webhooks(clock=clock())
    ((*_name, state, _told, behind, _button),) = Page(client.get("/messages/webhooks/")).table("Name")
    assert "HTTP 500" in state
    assert behind == "1"
    pk = Webhook.objects.get().pk
    assert client.post(f"/messages/webhooks/{pk}/retry/").status_code == 302
    assert send_webhooks(clock=clock()).events == 1
    again = client.post("/messages/webhooks/new/", sent)
    assert set(Page(again).errors()) == {"name"}


def test_naming_leaves_an_event_without_the_secret(cast: Cast, hub: WebhookServer) -> None:
    _webhook, secret = named(cast, hub)
    event = Event.objects.get(verb="set_webhook")
    assert (event.chain.key, event.actor_id) == ("settings", cast.system_admin.pk)
    assert secret not in event.text
