"""What is done with a paper: submit, approve, return, issue, discard, revise, comment, take along."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.exceptions import RuleViolation
from core.forms import attempt
from jobs.models import Job
from jobs.tasks import run_job
from papers import services
from papers.forms import AnswerForm, ApproveForm, CommentForm, IssuePaperForm, ReturnPaperForm
from papers.models import PaperComment, PaperVersion
from papers.permissions import require
from papers.views.papers import render_paper, version_of


@login_required
@require_POST
def submit_paper(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The paper is waiting for the approval of the leading group.")
    return _simply(request, version_of(request, pk), services.submit_paper, done)


@login_required
@require_POST
def discard_paper(request: HttpRequest, pk: int) -> HttpResponse:
    return _simply(request, version_of(request, pk), services.discard_paper, _("This version was discarded."))


def _simply(request: HttpRequest, version: PaperVersion, service: Callable[..., Any], done: str) -> HttpResponse:
    """Take a step that asks for no words; a refusal is shown above the page."""
    try:
        service(version=version, by=request.user, at=timezone.now())
        messages.success(request, done)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("paper", pk=version.pk)


@login_required
@require_POST
def revise_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version with the text of this one."""
    version = version_of(request, pk)
    try:
        following = services.revise_paper(version=version, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("paper", pk=pk)
    messages.success(request, _("The next version begins with the text of this one."))
    return redirect("paper", pk=following.pk)


@login_required
@require_POST
def approve_paper(request: HttpRequest, pk: int) -> HttpResponse:
    form = ApproveForm(request.POST, auto_id="approve_%s")
    return _with(request, pk, "approve_paper", services.approve_paper, form, _("The paper was approved."))


@login_required
@require_POST
def return_paper(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReturnPaperForm(request.POST, auto_id="return_%s")
    return _with(request, pk, "return_paper", services.return_paper, form, _("The paper was returned."))


@login_required
@require_POST
def issue_paper(request: HttpRequest, pk: int) -> HttpResponse:
    form = IssuePaperForm(request.POST, auto_id="issue_%s")
    return _with(request, pk, "issue_paper", services.issue_paper, form, _("The paper was issued."))


@login_required
@require_POST
def comment_on_paper(request: HttpRequest, pk: int) -> HttpResponse:
    form = CommentForm(request.POST, auto_id="comment_%s")
    return _with(request, pk, "comment_on_paper", services.comment_on_paper, form, _("The comment was saved."))


def _with(request: HttpRequest, pk: int, verb: str, service: Callable[..., Any], form: Any, done: str) -> HttpResponse:
    """Take a step with the words that it asks for; a form that is not right yet is shown on the page again."""
    version = version_of(request, pk)
    require(request.user, verb, version)
    if attempt(form, lambda data: service(version=version, by=request.user, at=timezone.now(), **data)):
        messages.success(request, done)
        return redirect("paper", pk=pk)
    return render_paper(request, version_of(request, pk), **{f"{verb.partition('_')[0]}_form": form})


@login_required
@require_POST
def answer_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a comment was worked in."""
    rows = PaperComment.objects.filter(version__in=PaperVersion.objects.visible_to(request.user))
    row = get_object_or_404(rows.select_related("version__inspection__organisation"), pk=pk)
    require(request.user, "answer_comment", row.version)
    form = AnswerForm(request.POST)
    if attempt(form, lambda data: services.answer_comment(comment=row, by=request.user, at=timezone.now(), **data)):
        messages.success(request, _("The answer was saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("paper", pk=row.version_id)


@login_required
@require_POST
def export_paper(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Ask for a file of the version; its progress, and in the end the file, stand on its page."""
    version = version_of(request, pk)
    try:
        job = services.request_paper(version=version, ending=ending, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("paper", pk=pk)
    if job.status == Job.Status.QUEUED:
        run_job.delay_on_commit(job.pk)
    return redirect("paper", pk=pk)
