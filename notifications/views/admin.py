"""The system administrator's pages: deliveries, channels, and what cannot be reached (the office sees its part)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import is_system_admin
from core.breadcrumbs import Crumb, breadcrumbs, crumb
from core.exceptions import RuleViolation
from core.forms import attempt
from notifications.filters import DeliveryFilter
from notifications.forms import ChannelForm, DeliveryFilterForm
from notifications.models import Channel, Delivery
from notifications.permissions import require_keeper, require_system_admin
from notifications.queries import gaps_of_the_plan, gaps_of_the_system
from notifications.services import send_again, set_channel

PER_PAGE = 50


def _to_deliveries(*more: str) -> list[Crumb]:
    return breadcrumbs(crumb(_("Sending of messages"), "deliveries"), *more)


@login_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """List what was sent, waits or failed: to whom, through what, why not; not what it says."""
    require_system_admin(request.user)
    form = DeliveryFilterForm(request.GET)
    rows = DeliveryFilter(request.GET, queryset=Delivery.objects.all()).qs
    rows = rows.select_related("notice__person", "channel").order_by("-pk")
    failed = Delivery.objects.filter(status=Delivery.Status.FAILED).count()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "failed": failed,
        "is_filtered": form.is_valid() and any(form.cleaned_data.values()),
    }
    context |= {"gaps": gaps_of_the_system(timezone.localdate()).count, "breadcrumbs": _to_deliveries()}
    return render(request, "notifications/deliveries.html", context)


@login_required
@require_POST
def send_failed_again(request: HttpRequest) -> HttpResponse:
    """Put one failed delivery back, or all of them where none is named."""
    require_system_admin(request.user)
    failed = Delivery.objects.filter(status=Delivery.Status.FAILED)
    if asked := request.POST.get("delivery", ""):
        failed = failed.filter(pk=int(asked)) if asked.isdecimal() else failed.none()
    try:
        count = send_again(deliveries=failed, at=timezone.now())
        words = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        messages.success(request, words % {"count": count})
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("deliveries")


@login_required
def gaps(request: HttpRequest) -> HttpResponse:
    """Show what cannot be reached: accounts and set-up to the administrator, measures to the office that keeps them."""
    require_keeper(request.user)
    context: dict[str, Any] = {"plan": gaps_of_the_plan(request.user), "today": timezone.localdate()}
    if is_system_admin(request.user):
        context["system"] = gaps_of_the_system(timezone.localdate())
    title = _("What cannot be reached")
    crumbs = _to_deliveries(title) if "system" in context else breadcrumbs(title)
    return render(request, "notifications/gaps.html", {**context, "title": title, "breadcrumbs": crumbs})


@login_required
def channels(request: HttpRequest) -> HttpResponse:
    """List the ways out."""
    require_system_admin(request.user)
    context = {"channels": Channel.objects.select_related("unit"), "breadcrumbs": _to_deliveries(_("Channels"))}
    return render(request, "notifications/channels.html", context)


@login_required
def edit_channel(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Enter a channel or change one."""
    require_system_admin(request.user)
    channel = get_object_or_404(Channel, pk=pk) if pk else None
    form = ChannelForm(request.POST or None, instance=channel)

    def done(data: dict[str, Any]) -> None:
        set_channel(channel=channel, values=data, by=request.user, at=timezone.now())

    if request.method == "POST" and attempt(form, done):
        messages.success(request, _("The channel was saved."))
        return redirect("channels")
    title = channel.name if channel else _("New channel")
    context = {"form": form, "title": title, "breadcrumbs": _to_deliveries(_("Channels"), title)}
    return render(request, "notifications/channel.html", context, status=422 if form.errors else 200)
