"""The person's own page."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Appointment, User
from accounts.services import note_password_change
from core.forms import attempt


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show name, unit and roles; change the password."""
    user = cast(User, request.user)
    form = PasswordChangeForm(user, request.POST or None)

    def change(_data: dict) -> None:
        form.save()
        note_password_change(user=user, by=user, at=timezone.now())

    if request.method == "POST" and attempt(form, change):
        update_session_auth_hash(request, user)
        messages.success(request, _("The password was changed."))
        return redirect("account")
    held = Appointment.objects.in_force(timezone.localdate()).filter(user=user).select_related("unit")
    context = {"form": form, "appointments": held, "breadcrumbs": [{"label": _("My account"), "url": ""}]}
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)
