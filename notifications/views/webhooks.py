"""The system administrator's pages of webhooks: to which programs events are posted, and how far."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import Crumb, breadcrumbs, crumb
from core.forms import attempt
from notifications import services
from notifications.forms import WebhookForm
from notifications.models import Subscription, Webhook
from notifications.permissions import require_system_admin
from notifications.queries import with_progress

SECRET = "new_webhook"  # noqa: S105 - the place in the session, not a secret


def _to_webhooks(*more: str) -> list[Crumb]:
    return breadcrumbs(crumb(_("Webhooks"), "webhooks"), *more)


@login_required
@never_cache
def webhooks(request: AuthenticatedRequest) -> HttpResponse:
    """List the addresses with how far each is; the secret of a new one is displayed, once."""
    require_system_admin(request.user)
    rows = with_progress(Webhook.objects.select_related("organisation"))
    context = {"webhooks": rows, "secret": request.session.pop(SECRET, ""), "breadcrumbs": _to_webhooks()}
    return render(request, "notifications/webhooks.html", context)


@login_required
def add_webhook(request: AuthenticatedRequest) -> HttpResponse:
    """Add an address."""
    require_system_admin(request.user)
    return _set_webhook(request, None)


@login_required
def edit_webhook(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change an address."""
    require_system_admin(request.user)
    return _set_webhook(request, get_object_or_404(Webhook, pk=pk))


def _set_webhook(request: AuthenticatedRequest, webhook: Webhook | None) -> HttpResponse:
    form = WebhookForm(request.POST or None, instance=webhook)

    def save(data: dict[str, Any]) -> None:
        _webhook, secret = services.set_webhook(webhook=webhook, values=data, by=request.user, at=timezone.now())
        if secret:
            request.session[SECRET] = secret

    if request.method == "POST" and attempt(form, save):
        messages.success(request, _("The webhook was saved."))
        return redirect("webhooks")
    title = webhook.name if webhook else _("New webhook")
    context = {"form": form, "title": title, "webhook": webhook, "breadcrumbs": _to_webhooks(title)}
    if webhook is not None:
        context["subscriptions"] = Subscription.objects.filter(webhook=webhook).select_related("chain")
    return render(request, "notifications/webhook.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def retry_webhook(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Let what failed be tried at once."""
    require_system_admin(request.user)
    services.retry_webhook(webhook=get_object_or_404(Webhook, pk=pk), by=request.user)
    messages.success(request, _("It will be tried within a minute."))
    return redirect("webhooks")
