"""The page of one bulletin: the paper as it will print, and on a draft the texts of the office in their places."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.requests import AuthenticatedRequest
from bulletins.breadcrumbs import to_bulletin
from bulletins.forms import TextForm
from bulletins.models import Bulletin
from bulletins.permissions import abilities, reads_drafts
from bulletins.queries import history_of_bulletin
from bulletins.services.exports import papers_of
from bulletins.services.papers import head_of, sections_of
from bulletins.services.redaction import public_sections
from jobs.queries import waiting_reason

KINDS = (("docx", "Word"), ("pdf", "PDF"), ("xlsx", "Excel"))


def get_bulletin_or_404(request: AuthenticatedRequest, pk: int) -> Bulletin:
    """Return the bulletin if the person may read it."""
    related = ("inspection__organisation", "organisation", "corrects", "corrected_by", "published_by")
    return get_object_or_404(Bulletin.objects.visible_to(request.user).select_related(*related), pk=pk)


@login_required
def bulletin(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return render_bulletin(request, get_bulletin_or_404(request, pk))


def render_bulletin(
    request: AuthenticatedRequest, bulletin: Bulletin, form: TextForm | None = None, **more: Any
) -> HttpResponse:
    """Render the paper; `form` is what the person typed and could not save."""
    able = abilities(request.user, bulletin)
    is_reader = reads_drafts(request.user, bulletin)
    as_public = is_reader and request.GET.get("as") == "public"
    if "edit_bulletin" in able and not as_public and form is None:
        form = TextForm(initial={"version": bulletin.version, **bulletin.texts})
    texts = typed_texts(form) if form is not None and form.is_bound else bulletin.texts
    context: dict[str, Any] = {
        "inspection": bulletin.inspection,
        "bulletin": bulletin,
        "head": head_of(bulletin),
        "sections": public_sections(bulletin) if as_public else sections_of(bulletin.content, texts),
        "as_public": as_public,
        "form": form,
        "able": able,
        "later": getattr(bulletin, "corrected_by", None),
        "kinds": KINDS,
        "papers": [(job, waiting_reason(job, now=timezone.now())) for job in papers_of(bulletin, by=request.user)],
        "reads_drafts": is_reader,
        "history": history_of_bulletin(bulletin) if is_reader else [],
        "breadcrumbs": to_bulletin(bulletin),
        **more,
    }
    is_invalid = form is not None and bool(form.errors)
    return render(request, "bulletins/bulletin.html", context, status=422 if is_invalid else 200)


def typed_texts(form: TextForm) -> dict[str, str]:
    """Return what is typed in the fields, right or wrong."""
    return {name: str(form[name].value() or "") for name in Bulletin.TEXTS}
