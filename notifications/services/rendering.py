"""The text of notifications, made when they are displayed, in the reader's language, from what was frozen.

What the reader may no longer see is not repeated: the notification then says that it is about something of the past.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Viewer
from issues.models import Inspection, Issue
from measures.models import Measure
from notifications.models import Notification, Reminder
from notifications.services.outbox import MODELS_WITH_VISIBILITY
from signoffs.models import Application, Decision
from supervision.models import Urge

MOST_LINES = 50
"""Most items that a message lists; its page lists them all."""


@dataclass(frozen=True)
class ReminderLine:
    """One item of a digest: how late it is, what it is, where it is."""

    label: str
    text: str
    path: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class RenderedNotification:
    """A notification in words: title, what it is about, facts, items, and the page that it leads to.

    `brief` says that there is something, and of what sort, but not what: for a chat that others read.
    """

    title: str
    brief: str
    path: str
    subject: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[ReminderLine] = field(default_factory=list)
    more: int = 0


def _date(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


def _digest_title(data: dict[str, Any]) -> str:
    counts = {"overdue": data["overdue"], "due": data["due"]}
    if counts["overdue"] and counts["due"]:
        return _("Today's reminders: %(overdue)d overdue, %(due)d due soon") % counts
    if counts["overdue"]:
        return _("Today's reminders: %(overdue)d overdue") % counts
    return _("Today's reminders: %(due)d due soon") % counts


def _handed_over_title(data: dict[str, Any]) -> str:
    count = data["count"]
    title = ngettext("A measure was handed over to you", "%(count)d measures were handed over to you", count)
    return title % {"count": count}


def _unit_urged_title(data: dict[str, Any]) -> str:
    title = ngettext(
        "Urged: %(count)d overdue measure of %(unit)s", "Urged: %(count)d overdue measures of %(unit)s", data["count"]
    )
    return title % {"count": data["count"], "unit": data["unit"]}


TITLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "digest": _digest_title,
    "application_waits": lambda data: _("A sign-off waits for you: %(step)s") % {"step": data["step"]},
    "closure_waits": lambda data: _("A closure waits for you: %(step)s") % {"step": data["step"]},
    "application_accepted": lambda data: _("A measure was signed off"),
    "application_returned": lambda data: _("An application was returned"),
    "issue_closed": lambda data: _("An issue was closed"),
    "extension_waits": lambda data: _("An extension is waiting for a decision"),
    "extension_granted": lambda data: _("The extension was granted"),
    "extension_refused": lambda data: _("The extension was refused"),
    "handed_over": _handed_over_title,
    "import_finished": lambda data: _("An import has changed the ledger"),
    "measure_urged": lambda data: _("Urged: please make progress on this measure"),
    "unit_urged": _unit_urged_title,
}


def _facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what happened as label and value, in one order for all kinds."""
    ground = dict(Decision.Ground.choices).get(data.get("ground", ""), "")
    days = f"{_date(data['old'])} → {_date(data['new'])}" if "old" in data else ""
    counts = ""
    if "created" in data:
        counts = _("%(created)d created, %(changed)d changed, %(unchanged)d unchanged") % data
    facts = [
        (_("Inspection"), data.get("inspection", "")),
        (_("By"), data.get("by", "")),
        (_("Ground"), str(ground)),
        (_("Reason"), data.get("reason", "")),
        (_("Deadline"), days or _date(data.get("deadline", ""))),
        (_("Note"), data.get("note", "")),
        (_("Measures"), counts),
    ]
    return [(label, value) for label, value in facts if value]


def page_of(notification: Notification) -> str:
    """Return the page that a notification leads to."""
    kind, pk = notification.object_kind, notification.object_id
    pages = {Measure.KIND: "measure", Issue.KIND: "issue", Application.KIND: "application"}
    if kind in pages:
        return reverse(pages[kind], args=[pk])
    if kind == Inspection.KIND:
        return reverse("home")
    if kind == Urge.KIND:
        ledger = reverse("ledger", args=[notification.data["code"]])
        return f"{ledger}?overdue=true&lead_unit={notification.data['unit_id']}&sort=deadline"
    return reverse("notification", args=[notification.pk])


def with_visibility(notifications: QuerySet[Notification], *, person: Viewer) -> QuerySet[Any]:
    """Annotate each notification with `is_visible`: whether the person may still see what it is about."""
    cases = [
        When(object_kind=kind, then=Exists(model.objects.visible_to(person).filter(pk=OuterRef("object_id"))))
        for kind, model in MODELS_WITH_VISIBILITY.items()
    ]
    return notifications.annotate(is_visible=Case(*cases, default=Value(True), output_field=BooleanField()))


def may_see_object(person: Viewer, notification: Notification) -> bool:
    """Return whether the person may still see what a notification is about."""
    rows = with_visibility(Notification.objects.filter(pk=notification.pk), person=person)
    return rows.filter(is_visible=True).exists()


def render_notification(notification: Notification, *, is_visible: bool = True) -> RenderedNotification:
    """Put a notification into words in the language that is active, without the items of a digest."""
    title = TITLES[notification.kind](notification.data)
    if not is_visible:
        gone = _("This was about something that you can no longer see.")
        return RenderedNotification(title=str(notification.get_topic_display()), brief="", path="", subject=gone)
    subject = " ".join(filter(None, (notification.data.get("code", ""), notification.data.get("text", ""))))
    if notification.kind in {"digest", "unit_urged"}:
        subject = ""
    facts = _facts(notification.data)
    return RenderedNotification(title=title, brief=title, path=page_of(notification), subject=subject, facts=facts)


def render_for_message(notification: Notification) -> RenderedNotification:
    """Put a notification into words as a message carries it: with the first items of a digest, late ones first."""
    rendered = render_notification(notification)
    if notification.kind != "digest":
        return rendered
    day = date.fromisoformat(notification.data["day"])
    reminders = reminders_of(notification)
    lines = [line_of(reminder, day) for reminder in reminders[: MOST_LINES + 1]]
    more = reminders.count() - MOST_LINES if len(lines) > MOST_LINES else 0
    return RenderedNotification(rendered.title, rendered.brief, rendered.path, lines=lines[:MOST_LINES], more=more)


def reminders_of(notification: Notification) -> QuerySet[Reminder]:
    """Return the items of a digest that its person may still see."""
    visible_measures = Measure.objects.visible_to(notification.person).order_by().values("pk")
    reminders = Reminder.objects.filter(digest__notification=notification, measure__in=visible_measures)
    return reminders.select_related("measure__lead_unit", "measure__inspection").order_by("deadline", "measure", "pk")


def line_of(reminder: Reminder, day: date) -> ReminderLine:
    """Put one reminder into words, as it was on the day of its digest."""
    late, measure = (day - reminder.deadline).days, reminder.measure
    if late > 0:
        label = ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
    elif late == 0:
        label = _("due today")
    else:
        label = ngettext("%(days)d day left", "%(days)d days left", -late) % {"days": -late}
    text = f"{measure.code} {measure.text}"
    if reminder.stage:
        text = _("Milestone %(title)s of %(measure)s") % {"title": reminder.stage, "measure": text}
    return ReminderLine(label, text, reverse("measure", args=[measure.pk]), is_late=late > 0)
