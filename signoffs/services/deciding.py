"""The reviewers' verbs: accept, return, decide a batch at a meeting."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import Trail, open_trail
from core.batches import BatchItemResult, BatchResult, run_item
from core.exceptions import Conflict, RuleViolation
from core.rules import is_possible
from core.transitions import transition
from issues.models import Issue
from issues.services import close_issue
from measures.models import Measure
from measures.services import sign_off_measure
from measures.services.plan import check_reason
from signoffs.models import Application, Decision
from signoffs.permissions import RULES, require_decider, require_reviewer
from signoffs.services.applying import give_back
from signoffs.services.manifests import verify_manifest
from signoffs.verbs import SignoffVerb


@dataclass(frozen=True)
class Meeting:
    """The meeting at which a decision was taken: its day and the number of its minutes."""

    meeting_on: date | None = None
    minute_number: str = ""


NO_MEETING = Meeting()


def accept_application(
    *, application: Application, step: int, by: User, at: datetime, note: str = "", meeting: Meeting = NO_MEETING
) -> Decision:
    """Accept a step; the last one signs the measure off or closes the issue.

    `step` is the one that the decider saw. Raises `Forbidden` for the applicant, for who decided an earlier step and
    for other roles; `Conflict` where another person was first, saying who; `RuleViolation` where the manifest was
    altered.
    """
    with open_trail(application.inspection.chain, at=at) as trail:
        _refresh_for_decision(application, "accept_application", step, by)
        if not verify_manifest(application):
            raise RuleViolation(_("The manifest of this application was altered. Tell the administrator."))
        decision = _decide(trail, application, by, Decision.Verdict.ACCEPTED, reason=note.strip(), meeting=meeting)
        if application.is_last_step:
            transition(application, Application.Status.ACCEPTED, steps=Application.STEPS, ended_at=trail.at)
            _carry_out(application, trail, by)
        else:
            Application.objects.filter(pk=application.pk).update(step=step + 1)
            application.step = step + 1
        trail.record(SignoffVerb.ACCEPT_APPLICATION, by=by, obj=_subject(application), **event_data(decision))
    return decision


def return_application(
    *,
    application: Application,
    step: int,
    ground: str,
    reason: str,
    by: User,
    at: datetime,
    meeting: Meeting = NO_MEETING,
) -> Decision:
    """Return an application with a ground and a written reason, both compulsory; the work goes on at once.

    Raises `Forbidden`, `Conflict` as `accept_application`, `RuleViolation` without ground or reason.
    """
    with open_trail(application.inspection.chain, at=at) as trail:
        _refresh_for_decision(application, "return_application", step, by)
        reason = check_reason(reason)
        if ground not in Decision.Ground:
            raise RuleViolation(_("Choose the ground for returning it."), field="ground")
        decision = _decide(
            trail, application, by, Decision.Verdict.RETURNED, ground=ground, reason=reason, meeting=meeting
        )
        transition(application, Application.Status.RETURNED, steps=Application.STEPS, ended_at=trail.at)
        give_back(application, at=trail.at)
        trail.record(SignoffVerb.RETURN_APPLICATION, by=by, obj=_subject(application), **event_data(decision))
    return decision


def _refresh_for_decision(application: Application, verb: str, step: int, by: User) -> None:
    """Read the application as it is and raise unless it waits at `step` for a decision of `by`."""
    application.refresh_from_db()
    require_reviewer(by, application, step)
    if not is_possible(RULES, verb, application) or application.step != step:
        raise Conflict(_who_was_first(application, step))
    require_decider(by, application)


def _who_was_first(application: Application, step: int) -> str:
    """Say who decided the step that the caller saw, or what else became of the application."""
    decisions = application.decisions.select_related("by")
    first = decisions.filter(step=step).first() or decisions.order_by("step").last()
    if application.status == Application.Status.WITHDRAWN or first is None:
        return _("This application has been withdrawn in the meantime.")
    params = {"name": first.by.name, "decision": first.get_verdict_display(), "step": first.step_name}
    return _("%(name)s was first: %(step)s, %(decision)s.") % params


def _decide(
    trail: Trail, application: Application, by: User, verdict: str, *, meeting: Meeting, reason: str, ground: str = ""
) -> Decision:
    if bool(meeting.meeting_on) != bool(meeting.minute_number):
        raise RuleViolation(
            _("Give the date of the meeting and the number of its minutes, both."), field="minute_number"
        )
    assert application.applicant_id is not None  # what a source claims has no steps to decide
    step = application.next_step
    return Decision.objects.create(
        application=application,
        step=application.step,
        step_name=step["name"],
        role=step["role"],
        verdict=verdict,
        ground=ground,
        reason=reason,
        meeting_on=meeting.meeting_on,
        minute_number=meeting.minute_number,
        applicant_id=application.applicant_id,
        by=by,
        at=trail.at,
    )


def _carry_out(application: Application, trail: Trail, by: User) -> None:
    """Do what the last decision decided."""
    if application.measure is not None:
        application.measure.refresh_from_db()
        sign_off_measure(measure=application.measure, at=trail.at)
        return
    application.issue.refresh_from_db()
    conclusion: dict[str, Any] = {"completion": application.completion, "is_sustained": application.is_sustained}
    close_issue(issue=application.issue, at=trail.at, **conclusion)
    trail.record(SignoffVerb.CLOSE_ISSUE, by=by, obj=application.issue, application=application.pk, **conclusion)


def _subject(application: Application) -> Measure | Issue:
    return application.measure or application.issue


def event_data(decision: Decision) -> dict[str, Any]:
    """Return what the event of a decision records: what the decision is verified against."""
    application = decision.application
    return {
        "application": application.pk,
        "round": application.round,
        "step": decision.step_name,
        "ground": decision.ground,
        "reason": decision.reason,
        "manifest": application.manifest_sha256,
        "meeting_on": decision.meeting_on,
        "minute_number": decision.minute_number,
    }


@dataclass(frozen=True)
class Singled:
    """An application that the meeting returns while it accepts the others."""

    ground: str
    reason: str


def decide_batch(
    *,
    applications: Iterable[tuple[Application, int]],
    singled_out: dict[int, Singled],
    left_out: Collection[int] = (),
    meeting: Meeting,
    by: User,
    at: datetime,
) -> BatchResult[Application]:
    """Decide several applications at one meeting: accept all but those singled out by their id, which are returned.

    `applications` come with the step that the decider saw. Each is its own decision, its own event and its own
    transaction, by the same verbs; what cannot be decided is skipped with the reason. Raises `RuleViolation` without a
    meeting.
    """
    if not meeting.meeting_on or not meeting.minute_number:
        raise RuleViolation(
            _("Give the date of the meeting and the number of its minutes, both."), field="minute_number"
        )

    def decide(application: Application, step: int) -> BatchItemResult[Application]:
        common: dict[str, Any] = {"application": application, "step": step, "by": by, "at": at, "meeting": meeting}
        if single := singled_out.get(application.pk):
            use = partial(return_application, ground=single.ground, reason=single.reason, **common)
            return run_item(application, "return_application", use)
        return run_item(application, "accept_application", partial(accept_application, **common))

    wanted = [(application, step) for application, step in applications if application.pk not in left_out]
    return BatchResult(tuple(decide(application, step) for application, step in wanted))
