"""The words of notices, made when they are shown, in the reader's language, from what was frozen.

What the reader may no longer see is not repeated: the notice then says that it is about something of the past.
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

from audit.verbs import kind_of
from issues.models import Inspection, Issue
from measures.models import Measure
from notifications.models import Notification, Reminder
from notifications.services.outbox import MODELS_WITH_VISIBILITY
from signoffs.models import Application, Decision
from supervision.models import Urge

LINES = 50
"""Most items that a message lists; its page lists them all."""


@dataclass(frozen=True)
class Line:
    """One item of a message: what it is, how it stands, where it is."""

    label: str
    text: str
    path: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Told:
    """A notice in words: title, what it is about, facts, items, and the page that it leads to.

    `brief` says that there is something, and of what sort, but not what: for a chat that others read.
    """

    title: str
    brief: str
    path: str
    subject: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    more: int = 0


Words = Callable[[dict[str, Any]], str]


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


def _digest(data: dict[str, Any]) -> str:
    told = {"overdue": data["overdue"], "due": data["due"]}
    if told["overdue"] and told["due"]:
        return _("Today's reminders: %(overdue)d overdue, %(due)d due soon") % told
    if told["overdue"]:
        return _("Today's reminders: %(overdue)d overdue") % told
    return _("Today's reminders: %(due)d due soon") % told


def _handed_over(data: dict[str, Any]) -> str:
    count = data["count"]
    words = ngettext("A measure was handed over to you", "%(count)d measures were handed over to you", count)
    return words % {"count": count}


def _unit_urged(data: dict[str, Any]) -> str:
    words = ngettext(
        "Urged: %(count)d overdue measure of %(unit)s", "Urged: %(count)d overdue measures of %(unit)s", data["count"]
    )
    return words % {"count": data["count"], "unit": data["unit"]}


TITLES: dict[str, Words] = {
    "digest": _digest,
    "application_waits": lambda data: _("A sign-off waits for you: %(step)s") % {"step": data["step"]},
    "closure_waits": lambda data: _("A closure waits for you: %(step)s") % {"step": data["step"]},
    "application_accepted": lambda data: _("A measure was signed off"),
    "application_returned": lambda data: _("An application was returned"),
    "issue_closed": lambda data: _("An issue was closed"),
    "extension_waits": lambda data: _("A later deadline waits for a decision"),
    "extension_granted": lambda data: _("The later deadline was granted"),
    "extension_refused": lambda data: _("The later deadline was refused"),
    "handed_over": _handed_over,
    "import_finished": lambda data: _("An import has changed the ledger"),
    "measure_urged": lambda data: _("Urged: please move this measure on"),
    "unit_urged": _unit_urged,
}


def _facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what happened as label and value, in one order for all kinds."""
    ground = dict(Decision.Ground.choices).get(data.get("ground", ""), "")
    days = f"{_day(data['old'])} → {_day(data['new'])}" if "old" in data else ""
    counts = ""
    if "created" in data:
        counts = _("%(created)d created, %(changed)d changed, %(unchanged)d unchanged") % data
    told = [
        (_("Inspection"), data.get("inspection", "")),
        (_("By"), data.get("by", "")),
        (_("Ground"), str(ground)),
        (_("Reason"), data.get("reason", "")),
        (_("Deadline"), days or _day(data.get("deadline", ""))),
        (_("Note"), data.get("note", "")),
        (_("Measures"), counts),
    ]
    return [(label, value) for label, value in told if value]


def page_of(notice: Notification) -> str:
    """Return the page that a notice leads to."""
    kind, pk = notice.object_kind, notice.object_id
    if kind in {kind_of(Measure), kind_of(Issue), kind_of(Application)}:
        return reverse(kind, args=[pk])
    if kind == kind_of(Inspection):
        return reverse("home")
    if kind == kind_of(Urge):
        ledger = reverse("ledger", args=[notice.data["code"]])
        return f"{ledger}?overdue=true&lead_unit={notice.data['unit_id']}&sort=deadline"
    return reverse("notice", args=[notice.pk])


def telling(notices: QuerySet[Notification], *, person: Any) -> QuerySet[Any]:
    """Let each notice know, as `is_seen`, whether the person may still see what it is about."""
    cases = [
        When(object_kind=kind, then=Exists(model.objects.visible_to(person).filter(pk=OuterRef("object_id"))))
        for kind, model in MODELS_WITH_VISIBILITY.items()
    ]
    return notices.annotate(is_seen=Case(*cases, default=Value(True), output_field=BooleanField()))


def is_visible(notice: Notification, *, person: Any) -> bool:
    """Return whether the person may still see what a notice is about."""
    return telling(Notification.objects.filter(pk=notice.pk), person=person).filter(is_seen=True).exists()


def tell(notice: Notification, *, is_visible: bool = True) -> Told:
    """Put a notice into words in the language that is active, without the items of a digest."""
    title = TITLES[notice.kind](notice.data)
    if not is_visible:
        gone = _("This was about something that you do not see any more.")
        return Told(title=str(notice.get_topic_display()), brief="", path="", subject=gone)
    subject = " ".join(part for part in (notice.data.get("code", ""), notice.data.get("text", "")) if part)
    if notice.kind in {"digest", "unit_urged"}:
        subject = ""
    return Told(title=title, brief=title, path=page_of(notice), subject=subject, facts=_facts(notice.data))


def tell_in_full(notice: Notification) -> Told:
    """Put a notice into words as a message carries it: with the first items of a digest, late ones first."""
    told = tell(notice)
    if notice.kind != "digest":
        return told
    day = date.fromisoformat(notice.data["day"])
    reminders = reminders_of(notice)
    lines = [line_of(reminder, day) for reminder in reminders[: LINES + 1]]
    more = reminders.count() - LINES if len(lines) > LINES else 0
    return Told(told.title, told.brief, told.path, lines=lines[:LINES], more=more)


def reminders_of(notice: Notification) -> Any:
    """Return the items of a digest that its person may still see."""
    seen = Measure.objects.visible_to(notice.person).order_by().values("pk")
    mine = Reminder.objects.filter(digest__notice=notice, measure__in=seen)
    return mine.select_related("measure__lead_unit", "measure__inspection").order_by("deadline", "measure", "pk")


def line_of(reminder: Reminder, day: date) -> Line:
    """Put one reminder into words, as it stood on the day of its digest."""
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
    return Line(label, text, reverse("measure", args=[measure.pk]), is_late=late > 0)
