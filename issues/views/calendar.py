"""The calendar of working days: public holidays and make-up days, year by year."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs
from core.forms import attempt
from issues import services
from issues.forms.settings import CalendarDayForm
from issues.models import CalendarDay
from issues.permissions import require_calendar
from issues.queries import calendar_years


@login_required
def calendar(request: AuthenticatedRequest) -> HttpResponse:
    """Show the table and enter a day; a year without any entry is said, not guessed."""
    require_calendar(request.user)
    form = CalendarDayForm(request.POST or None)

    def submit(data: dict[str, Any]) -> None:
        services.set_calendar_day(**data, by=request.user, at=timezone.now())

    if request.method == "POST" and attempt(form, submit):
        messages.success(request, _("The day was entered."))
        return redirect("calendar")
    years, this_year = calendar_years(), timezone.localdate().year
    context = {
        "form": form,
        "days": CalendarDay.objects.order_by("-day"),
        "years": years,
        "missing_years": [year for year in (this_year, this_year + 1) if year not in years],
        "breadcrumbs": breadcrumbs(_("Calendar of working days")),
    }
    return render(request, "issues/calendar.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def clear_calendar_day(request: AuthenticatedRequest, day: str) -> HttpResponse:
    """Take one day out of the table."""
    try:
        parsed = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    services.clear_calendar_day(day=parsed, by=request.user, at=timezone.now())
    messages.success(request, _("The day is an ordinary day again."))
    return redirect("calendar")
