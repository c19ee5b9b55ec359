"""The applicants' verbs: apply for sign-off, apply for closure, withdraw."""

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.services import Trail, open_trail
from core.exceptions import Conflict, Forbidden, RuleViolation
from core.rules import is_possible
from core.transitions import transition
from issues.models import Issue
from issues.services import await_closure, resume_rectification
from measures.models import Measure
from measures.services import resume_measure, submit_measure
from measures.services.locking import refresh_for_update
from measures.services.plan import check_reason
from signoffs.models import Application
from signoffs.permissions import RULES, may_apply_for_closure
from signoffs.services.manifests import hash_of, manifest_of_issue, manifest_of_measure
from signoffs.services.review_steps import review_steps_for_application
from signoffs.verbs import SignoffVerb

STATEMENT_AT_LEAST = 10
CONCLUSIONS = (Issue.Completion.DONE, Issue.Completion.BASICALLY_DONE)


def _clean_statement(statement: str) -> str:
    statement = statement.strip()
    if len(statement) < STATEMENT_AT_LEAST:
        raise RuleViolation(_("Say in at least ten characters what was done and with what effect."), field="statement")
    return statement


def apply_for_sign_off(*, measure: Measure, statement: str, by: User, at: datetime) -> Application:
    """Apply for the sign-off of a measure (销号申请): its evidence is frozen in a manifest, the review begins.

    Raises `Forbidden` unless `by` works in the lead unit, `RuleViolation` without evidence or a statement, with a
    locked file, an extension pending or a milestone that is not reached, or where the measure is not under way;
    `Conflict`.
    """
    with open_trail(measure.inspection.chain, at=at) as trail:
        refresh_for_update(measure, "apply_for_sign_off", by=by)
        statement = _clean_statement(statement)
        if measure.extensions.pending().exists():
            raise RuleViolation(_("An extension of this measure waits for a decision; apply once it is decided."))
        _check_milestones(measure)
        submit_measure(measure=measure, at=trail.at)
        manifest = manifest_of_measure(measure, statement=statement)
        application = _create(trail, measure.issue, measure, manifest, by, statement=statement)
        about = {**_reference(application), "manifest": application.manifest_sha256}
        trail.record(SignoffVerb.APPLY_FOR_SIGN_OFF, by=by, obj=measure, text=statement, **about)
    return application


def _reference(application: Application) -> dict[str, Any]:
    """Return by what an event names an application: it is an event of the measure or the issue."""
    return {"application": application.pk, "round": application.round}


def _check_milestones(measure: Measure) -> None:
    """Raise `RuleViolation` while a milestone is open: who applies says that all is done, and the paper would not."""
    titles = measure.milestones.filter(reached_on=None).values_list("title", flat=True)
    if titles:
        params = {"titles": _("; ").join(titles)}
        raise RuleViolation(
            _("Not reached yet: %(titles)s. Report these milestones first, or have the plan changed.") % params
        )


def apply_for_closure(
    *,
    issue: Issue,
    statement: str,
    completion: str,
    is_sustained: bool,
    by: User,
    at: datetime,
    kept_up: str = "",
) -> Application:
    """Apply for closing an issue with its conclusion. All its measures are signed off or cancelled, one signed off.

    What is not done is not closed. Raises `Forbidden`, `RuleViolation`, `Conflict`.
    """
    with open_trail(issue.inspection.chain, at=at) as trail:
        _check_closable(issue, by)
        statement, kept_up = _clean_statement(statement), kept_up.strip()
        if completion not in CONCLUSIONS:
            raise RuleViolation(_("Choose the conclusion: done, or basically done."), field="completion")
        if is_sustained and not kept_up:
            raise RuleViolation(_("Say how it is kept up."), field="kept_up")
        await_closure(issue=issue, at=trail.at)
        conclusion: dict[str, Any] = {"completion": completion, "is_sustained": is_sustained, "kept_up": kept_up}
        manifest = manifest_of_issue(issue, statement=statement, **conclusion)
        application = _create(trail, issue, None, manifest, by, statement=statement, **conclusion)
        about = {**_reference(application), "manifest": application.manifest_sha256, "completion": str(completion)}
        trail.record(SignoffVerb.APPLY_FOR_CLOSURE, by=by, obj=issue, text=statement, **about)
    return application


def _check_closable(issue: Issue, by: User) -> None:
    """Read the issue again, all but the state, as `refresh_for_update` does for a measure, and check that it can close.

    The state stays what the caller saw, so that a change in between is a `Conflict` and not overwritten.
    """
    status = issue.status
    issue.refresh_from_db()
    issue.status = status
    if not may_apply_for_closure(by, issue):
        raise Forbidden(_("The lead unit of the issue applies for its closure."))
    states = set(issue.measures.values_list("status", flat=True))
    if Measure.Status.SIGNED_OFF not in states or states - {Measure.Status.SIGNED_OFF, Measure.Status.CANCELLED}:
        raise RuleViolation(_("All measures must be signed off or cancelled first, at least one of them signed off."))


def _create(trail: Trail, issue: Issue, measure: Measure | None, manifest: str, by: User, **fields: Any) -> Application:
    # The rounds of a measure go on where it has been moved under another issue in between.
    rounds = Application.objects.filter(measure=measure) if measure else issue.applications.filter(measure=None)
    earlier = rounds.aggregate(last=Max("round"))["last"] or 0
    steps = review_steps_for_application(issue.inspection)
    _check_reviewers({step["role"] for step in steps}, issue, measure)
    return Application.objects.create(
        inspection_id=issue.inspection_id,
        issue=issue,
        measure=measure,
        round=earlier + 1,
        review_steps=steps,
        review_step_count=len(steps),
        manifest=manifest,
        manifest_sha256=hash_of(manifest),
        applicant=by,
        unit=by.unit,
        applied_at=trail.at,
        **fields,
    )


def _check_reviewers(roles: set[str], issue: Issue, measure: Measure | None) -> None:
    """Raise `RuleViolation` where a step would wait for ever because no one is named who could decide it."""
    subject: Measure | Issue = measure or issue
    if Role.TASK_FORCE in roles and issue.task_force_id is None:
        raise RuleViolation(_("A task force reviews this, and the issue has none. Ask the office to assign one."))
    if Role.LEADER in roles and subject.leader_id is None:
        raise RuleViolation(_("The responsible leader reviews this, and none is named. Ask the office to name one."))
    if Role.UNIT_HEAD in roles and subject.lead_unit_id is None:
        raise RuleViolation(_("The head of the lead unit reviews this, and none is named. Ask the office to name one."))


def withdraw_application(*, application: Application, reason: str, by: User, at: datetime) -> None:
    """Take an application back while it is under review.

    Raises `Forbidden` unless `by` applied, `RuleViolation`, `Conflict`.
    """
    with open_trail(application.inspection.chain, at=at) as trail:
        application.refresh_from_db(fields=["status", "step"])
        if application.applicant_id != by.pk:
            raise Forbidden(_("Only who applied can withdraw the application."))
        if not is_possible(RULES, "withdraw_application", application):
            raise Conflict(str(RULES["withdraw_application"].refusal))
        reason = check_reason(reason)
        also: dict[str, Any] = {"ended_at": trail.at, "withdrawal_reason": reason}
        transition(application, Application.Status.WITHDRAWN, steps=Application.STEPS, **also)
        give_back(application, at=trail.at)
        subject = application.measure or application.issue
        trail.record(SignoffVerb.WITHDRAW_APPLICATION, by=by, obj=subject, reason=reason, **_reference(application))


def give_back(application: Application, *, at: datetime) -> None:
    """Put the measure or the issue back to work, for an application that was withdrawn or returned."""
    if application.measure is not None:
        application.measure.refresh_from_db()
        resume_measure(measure=application.measure, at=at)
    else:
        application.issue.refresh_from_db()
        resume_rectification(issue=application.issue, at=at)
