"""The papers of an inspection, one paper as it will print, and its text for the office to edit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.queries import history_of
from core.exceptions import RuleViolation
from core.forms import attempt
from issues.models import Disclosure, Inspection
from issues.permissions import can_see_all
from issues.queries import disclosed_to
from jobs.queries import waiting_reason
from papers import services
from papers.breadcrumbs import to_paper, to_papers
from papers.forms import (
    AccountForm,
    AnswerForm,
    ApproveForm,
    CommentForm,
    IssuePaperForm,
    PaperForm,
    ReturnPaperForm,
    SelectionForm,
)
from papers.models import PaperVersion
from papers.permissions import abilities, had_a_hand_in, holds_role, may_answer, may_make_papers, require
from papers.services.content import Content, Part, content_from
from papers.services.exports import formats_of, jobs_of
from papers.services.lifecycle import is_out_of_date
from papers.services.presentation import counts_by_state, day_words, paper_rows, paragraphs_of


def inspection_of(request: HttpRequest, code: str) -> Inspection:
    """Return the inspection if the person sees it as a whole: its papers name every unit."""
    rows = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(rows, code=code)
    if not can_see_all(request.user, inspection):
        raise Http404
    return inspection


def version_of(request: HttpRequest, pk: int) -> PaperVersion:
    """Return the version if the person may read it."""
    related = ("inspection__organisation", "created_by", "edited_by", "submitted_by", "decided_by", "issued_by")
    return get_object_or_404(PaperVersion.objects.visible_to(request.user).select_related(*related), pk=pk)


@login_required
def papers(request: HttpRequest, code: str) -> HttpResponse:
    """Show which papers there are, which version counts, which one is in work."""
    inspection = inspection_of(request, code)
    versions = PaperVersion.objects.visible_to(request.user).filter(inspection=inspection)
    versions = versions.defer("content").select_related("created_by", "decided_by").order_by("kind", "-number")
    context = {
        "inspection": inspection,
        "rows": paper_rows(inspection, versions),
        "may_make": may_make_papers(request.user, inspection),
        "undecided": counts_by_state(disclosed_to(Disclosure.Audience.PUBLIC, inspection)),
        "breadcrumbs": to_papers(inspection),
    }
    return render(request, "papers/papers.html", context)


@login_required
@require_POST
def make_paper(request: HttpRequest, code: str) -> HttpResponse:
    """Draw a paper up from the ledger."""
    inspection, form = inspection_of(request, code), SelectionForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        version = services.make_paper(inspection=inspection, by=request.user, at=timezone.now(), **form.cleaned_data)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("papers", code=code)
    messages.success(request, _("The paper was created from the current ledger."))
    return redirect("paper", pk=version.pk)


@login_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    return render_paper(request, version_of(request, pk))


def render_paper(request: HttpRequest, version: PaperVersion, **forms: Any) -> HttpResponse:
    """Show the paper with what the person can do; `forms` are those that could not be carried out."""
    content, able, now = content_from(version.content), abilities(request.user, version), timezone.now()
    marks = version.audience == Disclosure.Audience.PUBLIC and version.status in PaperVersion.IN_WORK
    paragraphs = paragraphs_of(content, mark=marks)
    comments = list(version.comments.select_related("by", "answered_by"))
    for comment in comments:
        comment.version = version
    waits_for_another = version.status == PaperVersion.Status.SUBMITTED and had_a_hand_in(request.user, version)
    context: dict[str, Any] = {
        "inspection": version.inspection,
        "version": version,
        "content": content,
        "day": day_words(content),
        "paragraphs": paragraphs,
        "names": sorted({words for each in paragraphs for words, is_name in each.pieces if is_name}),
        "able": able,
        "may_make": may_make_papers(request.user, version.inspection),
        "own_hand": waits_for_another and holds_role(request.user, "approve_paper", version),
        "is_out_of_date": version.status in PaperVersion.IN_WORK and is_out_of_date(version),
        "comments": [(each, may_answer(request.user, each)) for each in comments],
        "formats": formats_of(version.kind),
        "jobs": [(job, waiting_reason(job, now=now)) for job in jobs_of(version, by=request.user)],
        "history": history_of(version),
        "breadcrumbs": to_paper(version),
        **_forms(version),
        **forms,
    }
    is_wrong = any(form.errors for form in forms.values())
    return render(request, "papers/paper.html", context, status=422 if is_wrong else 200)


def _forms(version: PaperVersion) -> dict[str, Any]:
    return {
        "approve_form": ApproveForm(initial={"sha256": version.content_sha256}, auto_id="approve_%s"),
        "return_form": ReturnPaperForm(auto_id="return_%s"),
        "issue_form": IssuePaperForm(auto_id="issue_%s"),
        "comment_form": CommentForm(auto_id="comment_%s"),
        "answer_form": AnswerForm(auto_id=False),
    }


@login_required
def edit_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what is around the issues of a draft, or with `?issue=` the account of one of them."""
    version = version_of(request, pk)
    require(request.user, "edit_paper", version)
    if not version.is_draft:
        messages.error(request, _("Only a draft can be edited. Create a new version."))
        return redirect("paper", pk=pk)
    content = content_from(version.content)
    part = _part(content, request.GET.get("issue", ""))
    data = request.POST or None
    if part is not None:
        initial = {"account": part.account, "revision": version.revision}
        form: Any = AccountForm(data, initial=initial)
    else:
        form = PaperForm.of(content, version.revision, data)

    def done(_data: dict[str, Any]) -> None:
        changes = _changes(form, part)
        revision = form.cleaned_data["revision"]
        services.edit_paper(version=version, revision=revision, by=request.user, at=timezone.now(), **changes)

    if request.method == "POST" and attempt(form, done):
        messages.success(request, _("The text was saved."))
        return redirect("paper", pk=pk)
    context = {"inspection": version.inspection, "version": version, "form": form, "part": part}
    context["breadcrumbs"] = to_paper(version, _("Edit the text"))
    return render(request, "papers/paper_edit.html", context, status=422 if form.errors else 200)


def _changes(form: Any, part: Part | None) -> dict[str, Any]:
    if part is not None:
        return {"values": {}, "accounts": {part.issue: form.cleaned_data["account"]}}
    return {"values": form.values(), "accounts": {}}


def _part(content: Content, key: str) -> Part | None:
    """Return the issue that the address names; none where it names none. Raises `Http404` for one that is not here."""
    if not key:
        return None
    match = next((part for part in content.parts() if str(part.issue) == key), None)
    if match is None:
        raise Http404
    return match
