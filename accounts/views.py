"""The person's own pages: name and roles, the password, tokens for programs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import services
from accounts.forms import TokenForm
from accounts.models import ApiToken, Appointment
from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs, crumb
from core.forms import attempt


@login_required
def account(request: AuthenticatedRequest) -> HttpResponse:
    """Show name, unit and roles; change the password."""
    user = request.user
    form = PasswordChangeForm(user, request.POST or None)

    def change(_data: dict) -> None:
        form.save()
        services.note_password_change(user=user, by=user, at=timezone.now())

    if request.method == "POST" and attempt(form, change):
        update_session_auth_hash(request, user)
        messages.success(request, _("The password was changed."))
        return redirect("account")
    appointments = Appointment.objects.in_force(timezone.localdate()).filter(user=user).select_related("unit")
    context = {"form": form, "appointments": appointments, "breadcrumbs": breadcrumbs(_("My account"))}
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


SECRET_IN_SESSION = "new_token"  # noqa: S105 - the place in the session, not a secret


@login_required
@never_cache
def tokens(request: AuthenticatedRequest) -> HttpResponse:
    """List the person's tokens; create one. Its secret is on the page that follows, once."""
    user = request.user
    form = TokenForm(request.POST or None)

    def create(data: dict[str, Any]) -> None:
        _token, request.session[SECRET_IN_SESSION] = services.make_token(**data, by=user, at=timezone.now())

    if request.method == "POST" and attempt(form, create):
        return redirect("tokens")
    now = timezone.now()
    context = {
        "form": form,
        "tokens": [(token, token.state(now)) for token in ApiToken.objects.visible_to(user)],
        "secret": request.session.pop(SECRET_IN_SESSION, ""),
        "breadcrumbs": breadcrumbs(crumb(_("My account"), "account"), _("Tokens for programs")),
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """End one of the person's own tokens."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    services.revoke_token(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("The token “%(name)s” was revoked.") % {"name": token.name})
    return redirect("tokens")
