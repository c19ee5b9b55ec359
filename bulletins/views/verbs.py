"""The office's verbs: change the text with a look ahead, publish, correct."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulletins.breadcrumbs import to_bulletin
from bulletins.forms import CorrectForm, PublishForm, TextForm
from bulletins.models import Bulletin
from bulletins.permissions import require
from bulletins.services import correct_bulletin, edit_bulletin, next_number, publish_bulletin
from bulletins.services.papers import sections_of
from bulletins.views.bulletin import fetch, shown, typed
from core.exceptions import Conflict
from core.forms import attempt
from issues.queries import known_names, names_in


@login_required
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the texts; where somebody else changed them meanwhile, show theirs beside what was typed."""
    found = fetch(request, pk)
    require(request.user, "edit_bulletin", found)
    form, changed = TextForm(request.POST), []

    def save(data: dict[str, Any]) -> None:
        try:
            edit_bulletin(
                bulletin=found, values=form.texts(), version=data["version"], by=request.user, at=timezone.now()
            )
        except Conflict as stale:
            changed.append(stale)
            raise

    if not attempt(form, save):
        return shown(request, found, _renewed(form, found) if changed else form, theirs=found.texts if changed else {})
    if request.POST.get("then") == "publish":
        return redirect("publish_bulletin", pk=pk)
    messages.success(request, _("The text was saved."))
    return redirect("bulletin", pk=pk)


def _renewed(form: TextForm, found: Bulletin) -> TextForm:
    """Return the form with what was typed; sent once more, it takes the place of what stands there now."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = found.version
    renewed = TextForm(data)
    renewed.full_clean()
    for error in form.non_field_errors():
        renewed.add_error(None, str(error))
    return renewed


@login_required
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the paper with what is typed; nothing is saved. With htmx only the texts come back, each for its place."""
    found = fetch(request, pk)
    require(request.user, "edit_bulletin", found)
    form = TextForm(request.POST)
    if not request.htmx:  # type: ignore[attr-defined]
        form.full_clean()
        return shown(request, found, form, is_preview=True)
    sections = sections_of(found.content, typed(form))
    texts = [text for section in sections for text in section.texts]
    return render(request, "bulletins/texts.html", {"texts": texts, "out_of_band": True})


@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what publishing does, and do it once that is confirmed."""
    found = fetch(request, pk)
    require(request.user, "publish_bulletin", found)
    form = PublishForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and attempt(form, lambda data: _publish(request, found, data)):
        messages.success(request, _("Published as number %(number)d.") % {"number": found.number})
        return redirect("bulletin", pk=pk)
    if not found.is_draft:
        return redirect("bulletin", pk=pk)
    known, now = known_names(), timezone.localtime()
    context: dict[str, Any] = {
        "inspection": found.inspection,
        "bulletin": found,
        "form": PublishForm(initial={"version": found.version}),
        "refused": form.non_field_errors() if form.is_bound else [],
        "number": next_number(found, year=now.year),
        "texts": [(form_field.label, found.texts[name]) for name, form_field in _labels()],
        "has_text": any(found.texts.values()),
        "names": [name for words in found.texts.values() for name in names_in(words, known)],
        "breadcrumbs": to_bulletin(found, _("Publish")),
    }
    return render(request, "bulletins/publish.html", context, status=422 if form.is_bound else 200)


def _labels() -> list[tuple[str, Any]]:
    return [(name, TextForm.base_fields[name]) for name in Bulletin.TEXTS]


def _publish(request: HttpRequest, found: Bulletin, data: dict[str, Any]) -> None:
    publish_bulletin(bulletin=found, version=data["version"], by=request.user, at=timezone.now())


@login_required
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then make the draft of the next edition."""
    found = fetch(request, pk)
    require(request.user, "correct_bulletin", found)
    form, made = CorrectForm(request.POST or None), list[Bulletin]()

    def begin(data: dict[str, Any]) -> None:
        made.append(correct_bulletin(bulletin=found, by=request.user, at=timezone.now(), **data))

    if request.method == "POST" and attempt(form, begin):
        messages.success(request, _("The draft of the correction was made."))
        return redirect("bulletin", pk=made[0].pk)
    later = getattr(found, "corrected_by", None)
    context = {"inspection": found.inspection, "bulletin": found, "form": form, "later": later}
    context["breadcrumbs"] = to_bulletin(found, _("Correct"))
    return render(request, "bulletins/correct.html", context, status=422 if form.is_bound else 200)
