"""The style guide: every part that pages are made of."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import is_system_admin
from core.breadcrumbs import breadcrumbs
from core.exceptions import Forbidden
from issues.models import Light, default_lights
from measures.forms import ReasonForm
from measures.models import Measure


@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part that pages are made of, with one example each; for administrators."""
    if not is_system_admin(request.user):
        raise Forbidden
    today, now = timezone.localdate(), timezone.now()
    labels = dict(Measure.Status.choices)
    wrong = ReasonForm({"reason": ""})
    context = {
        "states": Measure.Status.choices,
        "lights": Light.values,
        "light_names": default_lights(),
        "parts": [("signed_off", labels["signed_off"], 96), ("submitted", labels["submitted"], 20)]
        + [("in_progress", labels["in_progress"], 82), ("overdue", _("overdue"), 12)]
        + [("planned", labels["planned"], 30), ("cancelled", labels["cancelled"], 2)],
        "line": [
            {"label": labels["planned"], "state": "reached", "when": now - timedelta(days=40), "who": ""},
            {"label": labels["in_progress"], "state": "current", "when": now - timedelta(days=12), "who": ""},
            {"label": labels["submitted"], "state": "", "when": None, "who": ""},
        ],
        "days": [today - timedelta(days=3), today, today + timedelta(days=5), None],
        "page": Paginator(range(500), 25).get_page(4),
        "form": ReasonForm(),
        "wrong": wrong,
        "breadcrumbs": breadcrumbs(_("Style guide")),
    }
    return render(request, "rectify/styleguide.html", context)
