"""Person × address of what is not done to measures and applications: done, seen but forbidden, not even seen."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from audit.models import Event
from jobs.models import Job
from notifications.models import Channel, Delivery, Notification, Webhook
from notifications.services import set_webhook
from signoffs.models import Application
from signoffs.services import apply_for_sign_off
from supervision.models import PublicFeedback, Urge
from tests.api.client import ApiClient, problem_of
from tests.api.list_rows import SECRET, URL
from tests.api.test_matrix import tried
from tests.factories import NOW, evidence
from tests.signoffs.review_setup import STATEMENT
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db
PEOPLE = ["office", "group", "leader", "inspector", "roads_officer", "parks_officer", "member", "auditor"]
PEOPLE += ["system_admin", "superuser", "stranger"]
WHOLE = "office group leader inspector"
"""Who sees all of the inspection."""
PARTS = f"{WHOLE} roads_officer parks_officer member"
"""Who sees the inspection, though some of them only parts of it."""
ROADS = f"{WHOLE} roads_officer"
KEEPERS = "system_admin superuser"
READERS = f"{PARTS} auditor system_admin"
"""Who reads a published bulletin."""
OVERDUE: dict[str, Any] = {"subject": "measure", "days": 1, "roles": ["officer"]}

Cell = tuple[str, str, int]
Call = Callable[["Scene", ApiClient], Any]


class Scene(TwoUnits):
    """The place, with an application of Roads and a webhook."""

    def __init__(self) -> None:
        super().__init__()
        measure = self.measure(issue=self.issues["roads"], status="in_progress")
        evidence(measure, by=self.roads_officer)
        self.application = apply_for_sign_off(measure=measure, statement=STATEMENT, by=self.roads_officer, at=NOW)
        values = {"name": "Program", "url": URL}
        self.hook, _secret = set_webhook(webhook=None, values=values, secret=SECRET, by=self.system_admin, at=NOW)
        self.delivery = Delivery.objects.get()
        ApiClient(self.office).put("calendar/2027-01-01/", kind="rest")


TABLE: dict[str, tuple[Call, dict[int, str], int]] = {
    # What is asked for; the status for whom; and for everybody else.
    "calendar": (lambda s, c: c.get("calendar/2027-01-01/"), {200: f"office stranger {KEEPERS}"}, 403),
    "set a day": (
        lambda s, c: c.put("calendar/2027-01-02/", kind="rest"),
        {201: f"office stranger {KEEPERS}"},
        403,
    ),
    "clear a day": (lambda s, c: c.delete("calendar/2027-01-01/"), {204: f"office stranger {KEEPERS}"}, 403),
    "task force": (
        lambda s, c: c.get(f"task-forces/{s.green.pk}/"),
        {200: f"{WHOLE} parks_officer member"},
        404,
    ),
    "feedback": (lambda s, c: c.get(f"feedback/{s.feedback.pk}/"), {200: "office group"}, 404),
    "answer": (
        lambda s, c: c.post(f"feedback/{s.feedback.pk}/answer/", answer="Mended."),
        {200: "office", 403: "group"},
        404,
    ),
    "close": (lambda s, c: c.post(f"feedback/{s.feedback.pk}/close/"), {200: "office", 403: "group"}, 404),
    "late units": (
        lambda s, c: c.get(f"inspections/{s.inspection.code}/late-units/"),
        {200: "office leader", 403: "group inspector roads_officer parks_officer member"},
        404,
    ),
    "urge a unit": (
        lambda s, c: c.post(f"inspections/{s.inspection.code}/urge-unit/", unit=s.parks.pk),
        {201: "office leader", 403: "group inspector roads_officer parks_officer member"},
        404,
    ),
    "escalation": (
        lambda s, c: c.get(f"inspections/{s.inspection.code}/escalation-steps/"),
        {200: "office", 403: PARTS.removeprefix("office ")},
        404,
    ),
    "set the escalation": (
        lambda s, c: c.put(f"inspections/{s.inspection.code}/escalation-steps/", steps=[OVERDUE]),
        {200: "office", 403: PARTS.removeprefix("office ")},
        404,
    ),
    "review steps": (
        lambda s, c: c.get(f"inspections/{s.inspection.code}/review-steps/"),
        {200: "office", 403: PARTS.removeprefix("office ")},
        404,
    ),
    "history of a measure": (lambda s, c: c.get(f"measures/{s.measures['roads'].pk}/history/"), {200: ROADS}, 404),
    "history of an issue": (lambda s, c: c.get(f"issues/{s.issues['roads'].pk}/history/"), {200: ROADS}, 404),
    "form": (lambda s, c: c.get(f"applications/{s.application.pk}/form/"), {200: ROADS}, 404),
    "ask for the archive": (
        lambda s, c: c.post(f"issues/{s.issues['roads'].pk}/request-archive/"),
        {202: ROADS},
        404,
    ),
    "preview": (lambda s, c: c.get(f"evidence/{s.evidence['roads'].pk}/versions/1/preview/"), {200: ROADS}, 404),
    "make pages": (
        lambda s, c: c.post(f"evidence/{s.evidence['roads'].pk}/versions/1/make-pages/"),
        {202: ROADS},
        404,
    ),
    "notice": (lambda s, c: c.get(f"notifications/{s.notice.pk}/"), {200: "roads_officer"}, 404),
    "read": (lambda s, c: c.post(f"notifications/{s.notice.pk}/mark-read/"), {200: "roads_officer"}, 404),
    "read all": (lambda s, c: c.post("notifications/mark-all-read/"), {}, 200),
    "preferences": (lambda s, c: c.get("preferences/"), {}, 200),
    "set preferences": (lambda s, c: c.patch("preferences/", language="en"), {}, 200),
    "gaps": (lambda s, c: c.get("configuration-gaps/"), {200: f"office stranger {KEEPERS}"}, 403),
    "deliveries": (lambda s, c: c.get("deliveries/"), {200: KEEPERS}, 403),
    "send again": (lambda s, c: c.post(f"deliveries/{s.delivery.pk}/send-again/"), {200: KEEPERS}, 403),
    "send all again": (lambda s, c: c.post("deliveries/send-failed-again/"), {200: KEEPERS}, 403),
    "channels": (lambda s, c: c.get(f"channels/{s.mail.pk}/"), {200: KEEPERS}, 403),
    "add a channel": (
        lambda s, c: c.post("channels/", kind="webhook", name="Hub", base_url=URL, secret=SECRET),
        {201: KEEPERS},
        403,
    ),
    "edit a channel": (lambda s, c: c.patch(f"channels/{s.mail.pk}/", name="Post"), {200: KEEPERS}, 403),
    "webhooks": (lambda s, c: c.get(f"webhooks/{s.hook.pk}/"), {200: KEEPERS}, 403),
    "add a webhook": (lambda s, c: c.post("webhooks/", name="Hub", url=URL, secret=SECRET), {201: KEEPERS}, 403),
    "edit a webhook": (lambda s, c: c.patch(f"webhooks/{s.hook.pk}/", is_active=False), {200: KEEPERS}, 403),
    "try a webhook": (lambda s, c: c.post(f"webhooks/{s.hook.pk}/try/"), {200: KEEPERS}, 403),
    "audit-chains": (lambda s, c: c.get("audit-chains/"), {200: "auditor"}, 403),
    "hold a paper against a chain": (
        lambda s, c: c.get("audit-chains/verify-document/", chain=s.inspection.chain, seq=1, hash="0" * 8),
        {200: "auditor"},
        403,
    ),
    "verify": (lambda s, c: c.post("audit-chains/verify/"), {202: "auditor"}, 403),
    "token": (lambda s, c: c.get(f"tokens/{s.token.pk}/"), {200: "office"}, 404),
    "revoke a token": (lambda s, c: c.post(f"tokens/{s.token.pk}/revoke/"), {200: "office"}, 404),
    "account": (lambda s, c: c.get("account/"), {}, 200),
    "search": (lambda s, c: c.get("search/", q="holes"), {}, 200),
    "paper of a bulletin": (
        lambda s, c: c.post(f"bulletins/{s.bulletins['published'].pk}/export/", format="pdf"),
        {202: READERS},
        404,
    ),
    "preview of a draft": (
        lambda s, c: c.post(f"bulletins/{s.bulletins['draft'].pk}/preview/", opening="Now"),
        {200: "office", 403: "group leader"},
        404,
    ),
    "history of a bulletin": (
        lambda s, c: c.get(f"bulletins/{s.bulletins['published'].pk}/history/"),
        {200: "office group leader", 403: "inspector roads_officer parks_officer member auditor system_admin"},
        404,
    ),
    "bulletin as the public reads it": (
        lambda s, c: c.get(f"bulletins/{s.bulletins['draft'].pk}/public-preview/"),
        {200: "office group leader"},
        404,
    ),
}
MODELS = (Application, Channel, Delivery, Event, Job, Notification, PublicFeedback, Urge, Webhook)


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield Scene()


def test_who_may_do_what(scene: Scene) -> None:
    """Everything is tried as everybody; what was done is taken back before the next one tries."""
    assert scene.bulletins
    found, expected = {}, {}
    for what, (call, cells, otherwise) in TABLE.items():
        told = {who: status for status, people in cells.items() for who in people.split()}
        assert set(told) <= set(PEOPLE), what
        for who in PEOPLE:
            caller = ApiClient(getattr(scene, who))
            expected[what, who] = told.get(who, otherwise)
            found[what, who] = tried(lambda c=caller, do=call: do(scene, c))
    assert {cell: status for cell, status in found.items() if status != expected[cell]} == {}


def test_whoever_is_not_logged_in_gets_nothing(scene: Scene) -> None:
    assert scene.bulletins
    before = [model.objects.count() for model in MODELS]
    for what, (call, _cells, _otherwise) in TABLE.items():
        assert problem_of(call(scene, ApiClient(None)))["status"] == 401, what
    assert [model.objects.count() for model in MODELS] == before
