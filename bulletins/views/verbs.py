"""The office's verbs: change the text with a preview, publish, correct."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from bulletins import services
from bulletins.breadcrumbs import to_bulletin
from bulletins.forms import CorrectForm, PublishForm, TextForm
from bulletins.models import Bulletin
from bulletins.permissions import require
from bulletins.services.papers import sections_of
from bulletins.views.bulletin import get_bulletin_or_404, render_bulletin, typed_texts
from core.exceptions import Conflict
from core.forms import attempt
from issues.queries import known_names, names_in


@login_required
@require_POST
def edit_bulletin(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Save the texts; where someone else changed them meanwhile, render theirs beside what was typed."""
    bulletin = get_bulletin_or_404(request, pk)
    require(request.user, "edit_bulletin", bulletin)
    form, conflicts = TextForm(request.POST), list[Conflict]()

    def save(data: dict[str, Any]) -> None:
        texts, at = form.texts(), timezone.now()
        try:
            services.edit_bulletin(bulletin=bulletin, values=texts, version=data["version"], by=request.user, at=at)
        except Conflict as conflict:
            conflicts.append(conflict)
            raise

    if not attempt(form, save):
        if conflicts:
            return render_bulletin(request, bulletin, _with_version(form, bulletin), theirs=bulletin.texts)
        return render_bulletin(request, bulletin, form, theirs={})
    if request.POST.get("then") == "publish":
        return redirect("publish_bulletin", pk=pk)
    messages.success(request, _("The text was saved."))
    return redirect("bulletin", pk=pk)


def _with_version(form: TextForm, bulletin: Bulletin) -> TextForm:
    """Return the form with what was typed and the present version; sent once more, it replaces the present text."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = bulletin.version
    updated = TextForm(data)
    updated.full_clean()
    for error in form.non_field_errors():
        updated.add_error(None, str(error))
    return updated


@login_required
@require_POST
def preview_bulletin(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Render the paper with what is typed; nothing is saved. With htmx only the texts come back, each for its place."""
    bulletin = get_bulletin_or_404(request, pk)
    require(request.user, "edit_bulletin", bulletin)
    form = TextForm(request.POST)
    if not request.htmx:  # type: ignore[attr-defined]
        form.full_clean()
        return render_bulletin(request, bulletin, form, is_preview=True)
    sections = sections_of(bulletin.content, typed_texts(form))
    texts = [text for section in sections for text in section.texts]
    return render(request, "bulletins/_texts.html", {"texts": texts, "out_of_band": True})


@login_required
def publish_bulletin(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Say what publishing does, and do it once that is confirmed."""
    bulletin = get_bulletin_or_404(request, pk)
    require(request.user, "publish_bulletin", bulletin)
    form = PublishForm(request.POST or None, initial={"version": bulletin.version})

    def publish(data: dict[str, Any]) -> None:
        services.publish_bulletin(bulletin=bulletin, version=data["version"], by=request.user, at=timezone.now())

    if request.method == "POST" and attempt(form, publish):
        messages.success(request, _("Published as number %(number)d.") % {"number": bulletin.number})
        return redirect("bulletin", pk=pk)
    if not bulletin.is_draft:
        return redirect("bulletin", pk=pk)
    context = _publishing_context(bulletin, form)
    return render(request, "bulletins/publish.html", context, status=422 if form.is_bound else 200)


def _publishing_context(bulletin: Bulletin, form: PublishForm) -> dict[str, Any]:
    known, labels = known_names(), {name: field.label for name, field in TextForm.base_fields.items()}
    return {
        "inspection": bulletin.inspection,
        "bulletin": bulletin,
        "form": PublishForm(initial={"version": bulletin.version}),
        "refused": form.non_field_errors() if form.is_bound else [],
        "number": services.next_number(bulletin, year=timezone.localtime().year),
        "texts": [(labels[name], text) for name, text in bulletin.texts.items()],
        "has_text": any(bulletin.texts.values()),
        "names": [name for text in bulletin.texts.values() for name in names_in(text, known)],
        "breadcrumbs": to_bulletin(bulletin, _("Publish")),
    }


@login_required
def correct_bulletin(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask why, then make the draft of the next edition."""
    bulletin = get_bulletin_or_404(request, pk)
    require(request.user, "correct_bulletin", bulletin)
    form, corrections = CorrectForm(request.POST or None), list[Bulletin]()

    def correct(data: dict[str, Any]) -> None:
        correction = services.correct_bulletin(bulletin=bulletin, by=request.user, at=timezone.now(), **data)
        corrections.append(correction)

    if request.method == "POST" and attempt(form, correct):
        messages.success(request, _("The draft of the correction was created."))
        return redirect("bulletin", pk=corrections[0].pk)
    later = getattr(bulletin, "corrected_by", None)
    context = {"inspection": bulletin.inspection, "bulletin": bulletin, "form": form, "later": later}
    context["breadcrumbs"] = to_bulletin(bulletin, _("Correct"))
    return render(request, "bulletins/correct.html", context, status=422 if form.is_bound else 200)
