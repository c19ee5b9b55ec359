"""The person's own pages: name and roles, the password, tokens for programs."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms import TokenForm
from accounts.models import ApiToken, Appointment, User
from accounts.services import make_token, note_password_change, revoke_token
from core.breadcrumbs import breadcrumbs, crumb
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
    context = {"form": form, "appointments": held, "breadcrumbs": breadcrumbs(_("My account"))}
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


SECRET = "made_token"  # noqa: S105 - the place in the session, not a secret


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List the person's tokens; make one. Its secret is shown on the page that follows, once."""
    user = cast(User, request.user)
    form = TokenForm(request.POST or None)

    def make(data: dict[str, Any]) -> None:
        _token, request.session[SECRET] = make_token(**data, by=user, at=timezone.now())

    if request.method == "POST" and attempt(form, make):
        return redirect("tokens")
    now = timezone.now()
    context = {
        "form": form,
        "tokens": [(token, token.state(now)) for token in ApiToken.objects.visible_to(user)],
        "secret": request.session.pop(SECRET, ""),
        "breadcrumbs": breadcrumbs(crumb(_("My account"), "account"), _("Tokens for programs")),
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's own tokens."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    revoke_token(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("The token “%(name)s” was revoked.") % {"name": token.name})
    return redirect("tokens")
