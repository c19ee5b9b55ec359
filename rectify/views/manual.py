"""The manual of each role, opened from the menu of every page."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.permissions import grants_of, is_system_admin
from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs

FOLDER = settings.BASE_DIR / "docs" / "manual"
MANUALS = {
    "officer": gettext_lazy("Officers and heads of units"),
    "leader": gettext_lazy("Responsible leaders"),
    "office": gettext_lazy("Rectification office"),
    "group": gettext_lazy("Leading group"),
    "inspector": gettext_lazy("Inspectors"),
    "auditor": gettext_lazy("Auditors"),
    "system-admin": gettext_lazy("System administrators"),
}
"""The name of each manual's file, in the order in which the page offers them."""
OF_ROLES = {
    Role.OFFICE: "office",
    Role.GROUP: "group",
    Role.LEADER: "leader",
    Role.INSPECTOR: "inspector",
    Role.OFFICER: "officer",
    Role.UNIT_HEAD: "officer",
    Role.AUDITOR: "auditor",
}


@login_required
def manuals(request: AuthenticatedRequest) -> HttpResponse:
    """Render the manual of the person's own role."""
    return _render(request, _own_manual(request.user))


@login_required
def manual(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """Render a manual by its name. They are Chinese, as the offices' papers are."""
    if name not in MANUALS:
        raise Http404
    return _render(request, name)


def _render(request: AuthenticatedRequest, name: str) -> HttpResponse:
    context = {
        "manuals": MANUALS,
        "current": name,
        "text": (FOLDER / f"{name}.md").read_text(encoding="utf-8"),
        "breadcrumbs": breadcrumbs(_("Help")),
    }
    return render(request, "rectify/manual.html", context)


def _own_manual(user: User) -> str:
    roles = grants_of(user).roles()
    if is_system_admin(user):
        return "system-admin"
    return next((name for role, name in OF_ROLES.items() if role in roles), "officer")
