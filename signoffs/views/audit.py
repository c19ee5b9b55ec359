"""The auditor's page: the state of the chains, and a paper compared with one of them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs
from jobs.tasks import run_job
from signoffs.forms import VerifyDocumentForm
from signoffs.services.audit import ask_for_verification, chains_of, require_auditor, states_of, verify_document


@login_required
def audit(request: AuthenticatedRequest) -> HttpResponse:
    """Show each chain with its head and what the last verification found; compare what a paper says."""
    require_auditor(request.user)
    is_sent = bool({"chain", "seq", "hash"} & set(request.GET))
    chains = list(chains_of(request.user).items())
    form = VerifyDocumentForm(request.GET if is_sent else None, chains=chains)
    context: dict[str, Any] = {"states": states_of(request.user), "form": form}
    if is_sent and form.is_valid():
        context["comparison"] = verify_document(by=request.user, **form.cleaned_data)
    context["breadcrumbs"] = breadcrumbs(_("Audit trail"))
    return render(request, "signoffs/audit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def verify_audit(request: AuthenticatedRequest) -> HttpResponse:
    """Ask for the walk through all chains; its page shows how far it is."""
    job = ask_for_verification(by=request.user, at=timezone.now())
    run_job.delay_on_commit(job.pk)
    return redirect("job", pk=job.pk)
