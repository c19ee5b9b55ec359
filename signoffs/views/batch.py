"""Deciding several applications at one meeting: choose, enter, look at what will happen, confirm, read the result."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.batches import BatchResult
from core.exceptions import RuleViolation
from signoffs import services
from signoffs.breadcrumbs import to_queue
from signoffs.forms import LEAVE, RETURN, BatchRowFormSet, MeetingForm
from signoffs.models import Application
from signoffs.queries import with_subject
from signoffs.services.deciding import Meeting, Singled
from signoffs.services.queues import queue_of

AT_MOST = 100
SESSION_KEY = "decided_batch"
Rows = list[tuple[Any, Application]]


@login_required
def decide_batch(request: AuthenticatedRequest) -> HttpResponse:
    """Enter what the meeting decided on the chosen applications; the step before the last shows it once more."""
    if request.method != "POST":
        return _choose(request)
    meeting, formset = MeetingForm(request.POST), BatchRowFormSet(request.POST, prefix="rows")
    rows = _rows(request, formset)
    if not (meeting.is_valid() and formset.is_valid() and rows):
        return _page(request, meeting, formset, rows, status=422)
    if "confirm" not in request.POST:
        return _page(request, meeting, formset, rows, is_last_look="change" not in request.POST)
    try:
        outcome = _carry_out(request, meeting, rows)
    except RuleViolation as refusal:
        meeting.add_error(None, str(refusal.message))
        return _page(request, meeting, formset, rows, status=422)
    request.session[SESSION_KEY] = _summary(outcome, meeting)
    return redirect("batch_done")


def _choose(request: AuthenticatedRequest) -> HttpResponse:
    """Take what was ticked in the queue; what waits no longer, or never did for this person, is left out and said."""
    keys = {int(key) for key in request.GET.getlist("application") if key.isdigit()}
    applications = list(with_subject(queue_of(request.user).filter(pk__in=keys))[:AT_MOST])
    initial = [{"application": each.pk, "step": each.step, "verdict": "accept"} for each in applications]
    formset = BatchRowFormSet(initial=initial, prefix="rows")
    rows = list(zip(formset.forms, applications, strict=True))
    return _page(request, MeetingForm(), formset, rows, left_out=len(keys) - len(applications))


def _rows(request: AuthenticatedRequest, formset: Any) -> Rows:
    """Join the rows that were sent with the applications that the person sees; others are as if they were not there."""
    keys = {form: form["application"].value() for form in formset.forms}
    known = [int(key) for key in keys.values() if str(key).isdigit()]
    visible = with_subject(Application.objects.visible_to(request.user).filter(pk__in=known)).in_bulk()
    return [(form, visible[int(key)]) for form, key in keys.items() if str(key).isdigit() and int(key) in visible]


def _page(
    request: AuthenticatedRequest, meeting: Any, formset: Any, rows: Rows, *, status: int = 200, **more: Any
) -> HttpResponse:
    title = _("Decide at a meeting")
    context = {"meeting": meeting, "formset": formset, "rows": rows, "title": title, **more}
    context["breadcrumbs"] = to_queue(title)
    return render(request, "signoffs/batch.html", context, status=status)


def _carry_out(request: AuthenticatedRequest, meeting: Any, rows: Rows) -> BatchResult[Application]:
    decided = [(form.cleaned_data, application) for form, application in rows]
    return services.decide_batch(
        applications=[(application, data["step"]) for data, application in decided],
        singled_out={
            application.pk: Singled(data["ground"], data["reason"])
            for data, application in decided
            if data["verdict"] == RETURN
        },
        left_out={application.pk for data, application in decided if data["verdict"] == LEAVE},
        meeting=Meeting(meeting.cleaned_data["held_on"], meeting.cleaned_data["minute_number"]),
        by=request.user,
        at=timezone.now(),
    )


def _summary(outcome: BatchResult[Application], meeting: Any) -> dict[str, Any]:
    """What the page after it says; it is stored in the session, so that a reload decides nothing again."""
    return {
        "held_on": str(meeting.cleaned_data["held_on"]),
        "minute_number": meeting.cleaned_data["minute_number"],
        "accepted": [each.pk for each in outcome.done_by("accept_application")],
        "returned": [each.pk for each in outcome.done_by("return_application")],
        "skipped": [[each.pk, why] for each, why in outcome.skipped],
    }


@login_required
def batch_done(request: AuthenticatedRequest) -> HttpResponse:
    """Say what was done, what was skipped and why."""
    summary = request.session.get(SESSION_KEY)
    if summary is None:
        return redirect("signoffs")
    whys = dict(summary["skipped"])
    keys = [*summary["accepted"], *summary["returned"], *whys]
    visible = with_subject(Application.objects.visible_to(request.user).filter(pk__in=keys)).in_bulk()
    title = _("What the meeting decided")
    context = {
        "title": title,
        "summary": summary,
        "accepted": [visible[key] for key in summary["accepted"] if key in visible],
        "returned": [visible[key] for key in summary["returned"] if key in visible],
        "skipped": [(visible[key], why) for key, why in whys.items() if key in visible],
        "waiting": queue_of(request.user).count(),
        "breadcrumbs": to_queue(title),
    }
    return render(request, "signoffs/batch_done.html", context)
