"""The page of one bulletin: the paper as it will print, and on a draft the texts of the office in their places."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bulletins.forms import TextForm
from bulletins.models import Bulletin
from bulletins.permissions import abilities, reads_drafts
from bulletins.queries import history_of_bulletin
from bulletins.services.exports import papers_of
from bulletins.services.papers import head_of, sections_of
from bulletins.services.redaction import public_sections
from jobs.queries import waiting_reason

KINDS = (("docx", "Word"), ("pdf", "PDF"), ("xlsx", "Excel"))


def fetch(request: HttpRequest, pk: int) -> Bulletin:
    """Return the bulletin if the person may read it."""
    related = ("inspection__organisation", "organisation", "corrects", "corrected_by", "published_by")
    return get_object_or_404(Bulletin.objects.visible_to(request.user).select_related(*related), pk=pk)


@login_required
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, fetch(request, pk))


def shown(request: HttpRequest, found: Bulletin, form: TextForm | None = None, **more: Any) -> HttpResponse:
    """Show the paper; `form` is what somebody typed and could not save."""
    able = abilities(request.user, found)
    may_edit = "edit_bulletin" in able
    is_reader = reads_drafts(request.user, found)
    as_public = is_reader and request.GET.get("as") == "public"
    if may_edit and not as_public and form is None:
        form = TextForm(initial={"version": found.version, **found.texts})
    texts = typed(form) if form is not None and form.is_bound else found.texts
    context: dict[str, Any] = {
        "inspection": found.inspection,
        "bulletin": found,
        "head": head_of(found),
        "sections": public_sections(found) if as_public else sections_of(found.content, texts),
        "as_public": as_public,
        "form": form,
        "able": able,
        "later": getattr(found, "corrected_by", None),
        "kinds": KINDS,
        "papers": [(job, waiting_reason(job, now=timezone.now())) for job in papers_of(found, by=request.user)],
        "reads_drafts": is_reader,
        "history": history_of_bulletin(found) if is_reader else [],
        "breadcrumbs": crumbs(found),
        **more,
    }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "bulletins/bulletin.html", context, status=422 if is_wrong else 200)


def typed(form: TextForm) -> dict[str, str]:
    """What stands in the fields, right or wrong."""
    return {name: str(form[name].value() or "") for name in Bulletin.TEXTS}


def crumbs(found: Bulletin, *more: str) -> list[dict[str, str]]:
    page = {"label": found.title, "url": reverse("bulletin", args=[found.pk]) if more else ""}
    first = {"label": _("Rectification bulletins"), "url": reverse("bulletins")}
    return [first, page, *({"label": words, "url": ""} for words in more)]
