"""A person's own settings: which channel for what, in which language, when not."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs, crumb
from core.forms import attempt
from notifications import services
from notifications.forms import PreferenceForm


@login_required
def preferences(request: AuthenticatedRequest) -> HttpResponse:
    """Show and change how one is notified."""
    person = request.user
    form = PreferenceForm(request.POST or None, person=person)

    def save(data: dict[str, Any]) -> None:
        values = {name: data[name] for name in ("language", "quiet_from", "quiet_until")}
        services.set_preferences(person=person, wanted=form.wanted(), at=timezone.now(), **values)

    if request.method == "POST" and attempt(form, save):
        messages.success(request, _("The settings were saved."))
        return redirect("preferences")
    title = _("Notification settings")
    context = {"form": form, "title": title, "breadcrumbs": breadcrumbs(crumb(_("My account"), "account"), title)}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)
