"""The system administrator's pages: deliveries, channels, and configuration gaps (the office sees its part)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import is_system_admin
from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import Crumb, breadcrumbs, crumb
from core.exceptions import RuleViolation
from core.forms import attempt
from notifications import services
from notifications.filters import DeliveryFilter
from notifications.forms import ChannelForm, DeliveryFilterForm
from notifications.models import Channel, Delivery
from notifications.permissions import require_coverage_viewer, require_system_admin
from notifications.queries import coverage_of_plans, coverage_of_system

PER_PAGE = 50


def _to_deliveries(*more: str) -> list[Crumb]:
    return breadcrumbs(crumb(_("Sending of messages"), "deliveries"), *more)


@login_required
def deliveries(request: AuthenticatedRequest) -> HttpResponse:
    """List what was sent, waits or failed: to whom, through what, why not; not what it says."""
    require_system_admin(request.user)
    form = DeliveryFilterForm(request.GET)
    rows = DeliveryFilter(request.GET, queryset=Delivery.objects.all()).qs
    rows = rows.select_related("notification__person", "channel").order_by("-pk")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "failed": Delivery.objects.filter(status=Delivery.Status.FAILED).count(),
        "is_filtered": form.is_valid() and any(form.cleaned_data.values()),
        "gaps": coverage_of_system(timezone.localdate()).count,
        "breadcrumbs": _to_deliveries(),
    }
    return render(request, "notifications/deliveries.html", context)


@login_required
@require_POST
def send_again(request: AuthenticatedRequest) -> HttpResponse:
    """Put one failed delivery back, or all of them where none is named."""
    require_system_admin(request.user)
    failed = Delivery.objects.filter(status=Delivery.Status.FAILED)
    if pk := request.POST.get("delivery", ""):
        failed = failed.filter(pk=int(pk)) if pk.isdecimal() else failed.none()
    try:
        count = services.send_again(deliveries=failed, at=timezone.now())
        message = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        messages.success(request, message % {"count": count})
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("deliveries")


@login_required
def coverage_gaps(request: AuthenticatedRequest) -> HttpResponse:
    """Show what no reminder reaches: accounts and set-up to the administrator, measures to their office."""
    require_coverage_viewer(request.user)
    context: dict[str, Any] = {"plan": coverage_of_plans(request.user), "today": timezone.localdate()}
    if is_system_admin(request.user):
        context["system"] = coverage_of_system(timezone.localdate())
    title = _("Configuration gaps")
    context["title"] = title
    context["breadcrumbs"] = _to_deliveries(title) if "system" in context else breadcrumbs(title)
    return render(request, "notifications/coverage_gaps.html", context)


@login_required
def channels(request: AuthenticatedRequest) -> HttpResponse:
    """List the ways out."""
    require_system_admin(request.user)
    context = {"channels": Channel.objects.select_related("unit"), "breadcrumbs": _to_deliveries(_("Channels"))}
    return render(request, "notifications/channels.html", context)


@login_required
def add_channel(request: AuthenticatedRequest) -> HttpResponse:
    """Add a channel."""
    require_system_admin(request.user)
    return _set_channel(request, None)


@login_required
def edit_channel(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change a channel."""
    require_system_admin(request.user)
    return _set_channel(request, get_object_or_404(Channel, pk=pk))


def _set_channel(request: AuthenticatedRequest, channel: Channel | None) -> HttpResponse:
    form = ChannelForm(request.POST or None, instance=channel)

    def save(data: dict[str, Any]) -> None:
        services.set_channel(channel=channel, values=data, by=request.user, at=timezone.now())

    if request.method == "POST" and attempt(form, save):
        messages.success(request, _("The channel was saved."))
        return redirect("channels")
    title = channel.name if channel else _("New channel")
    context = {"form": form, "title": title, "breadcrumbs": _to_deliveries(_("Channels"), title)}
    return render(request, "notifications/channel.html", context, status=422 if form.errors else 200)
