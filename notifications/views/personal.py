"""A person's own settings: which channel for what, in which language, when not."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.breadcrumbs import breadcrumbs, crumb
from core.forms import attempt
from notifications.forms import PreferenceForm
from notifications.services import set_preferences


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and change how one is told."""
    person = cast(User, request.user)
    form = PreferenceForm(request.POST or None, person=person)

    def done(data: dict[str, Any]) -> None:
        quiet = {name: data[name] for name in ("quiet_from", "quiet_until")}
        language = data["language"]
        set_preferences(person=person, wanted=form.wanted(), language=language, at=timezone.now(), **quiet)

    if request.method == "POST" and attempt(form, done):
        messages.success(request, _("The settings were saved."))
        return redirect("preferences")
    title = _("How I am told")
    context = {"form": form, "title": title, "breadcrumbs": breadcrumbs(crumb(_("My account"), "account"), title)}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)
