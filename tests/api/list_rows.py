"""Lists that not everybody reads, and one more row in each list that does not come about by work on measures."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from accounts.services import make_token
from issues.models import CalendarDay
from issues.services import create_task_force, set_calendar_day
from ledger.services.saved_filters import save_filter
from measures.models import Measure
from notifications.models import Channel, Delivery, Digest, Notification, Reminder, Topic
from notifications.services import set_channel, set_webhook
from supervision.models import PublicFeedback, Urge
from tests.factories import NOW, TODAY
from tests.signoffs.review_setup import Review

_numbers = count(1)
READ_BY = {"events": "auditor", "audit-chains": "auditor"}
READ_BY |= dict.fromkeys(["channels", "deliveries", "webhooks"], "system_admin")
"""Who reads what; all other lists the office reads, as far as it sees them."""
SECRET = "the-secret-that-the-caller-has-made"
URL = "https://93.184.216.34/hook"


def person_for(review: Any, name: str) -> Any:
    return getattr(review, READ_BY.get(name, "office"))


def further_rows(review: Review, measure: Measure) -> dict[str, Any]:
    """Make one more row of each of these lists, all of whose fields are filled; return them by the list's name."""
    number = next(_numbers)
    force = {"inspection": review.inspection, "name": f"Force {number}", "head": review.leader}
    day = date(2027, 1, 1) + timedelta(days=number)
    written: dict[str, Any] = {"inspection": review.inspection, "sender": "0" * 64, "at": NOW}
    answered = {"status": "answered", "answer": "Thank you.", "answered_by": review.office, "answered_at": NOW}
    made = {
        "task-forces": create_task_force(members=[review.member], by=None, at=NOW, **force),
        "calendar": set_calendar_day(day=day, kind=CalendarDay.Kind.REST, name="Rest", by=review.office, at=NOW),
        "urges": Urge.objects.create(
            inspection=review.inspection,
            measure=measure,
            unit=review.roads,
            on=TODAY + timedelta(days=number),
            by=review.leader,
            at=NOW,
        ),
        "feedback": PublicFeedback.objects.create(text="The lamps are dark", contact="by phone", **written, **answered),
        **_sending(review, number),
    }
    made["notifications"] = told(review.office, measure, key=f"urged {number}")
    made["reminders"] = reminded(review.office, measure, number)
    made["deliveries"] = Delivery.objects.create(
        notification=made["notifications"],
        channel=made["channels"],
        status="failed",
        error="No",
        next_attempt_at=NOW,
        ended_at=NOW,
    )
    late: dict[str, Any] = {"inspection": review.inspection, "query": "overdue=true", "by": review.office, "at": NOW}
    made["saved-filters"] = save_filter(name=f"Late {number}", **late)
    made["tokens"], _secret = make_token(name=f"Screen {number}", scope="read", days=1, by=review.office, at=NOW)
    return made


def _sending(review: Review, number: int) -> dict[str, Any]:
    by: dict[str, Any] = {"by": review.system_admin, "at": NOW}
    hub: dict[str, Any] = {"kind": Channel.Kind.WEBHOOK, "name": f"Hub {number}", "base_url": URL, "secret": SECRET}
    hub |= {"unit": review.organisation, "token": "a-token"}
    program: dict[str, Any] = {"name": f"Program {number}", "url": URL, "organisation": review.organisation}
    webhook, _secret = set_webhook(webhook=None, values=program, secret=SECRET, **by)
    return {"channels": set_channel(channel=None, values=hub, **by), "webhooks": webhook}


def told(person: Any, measure: Measure, **fields: Any) -> Notification:
    """A notice of somebody that a measure was urged."""
    data = {"code": measure.code, "text": measure.text, "deadline": ""}
    about = {"object_kind": "measure", "object_id": measure.pk}
    words = {"kind": "measure_urged", "topic": Topic.URGE, "data": data, "at": NOW}
    made: Notification = Notification.objects.create(person=person, **{**words, **about, **fields})
    return made


def reminded(person: Any, measure: Measure, number: int) -> Reminder:
    """An item of a digest of its own day."""
    day = TODAY + timedelta(days=number)
    data = {"overdue": 1, "due": 0, "day": str(day)}
    about: dict[str, Any] = {"object_kind": "user", "object_id": person.pk, "topic": Topic.OVERDUE}
    notice = told(person, measure, key=f"digest {number}", kind="digest", data=data, **about)
    digest = Digest.objects.create(person=person, day=day, notification=notice)
    item = {"stage": "", "deadline": day - timedelta(days=1), "step": 1, "occurrence": 0, "offset": 1}
    return Reminder.objects.create(digest=digest, person=person, measure=measure, **item)
