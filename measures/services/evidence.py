"""Evidence of measures and issues: add, add a version, withdraw."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import Trail, open_trail
from core.exceptions import Forbidden, RuleViolation
from core.rules import require_possible
from files.models import StoredFile
from files.services import HARMLESS, Readable, receiving
from issues.models import Issue
from issues.permissions import RULES as ISSUE_RULES
from measures.models import Evidence, EvidenceVersion, Measure
from measures.permissions import holds_evidence_role
from measures.services.locking import refresh_for_update
from measures.services.plan import check_reason
from measures.verbs import MeasureVerb


def add_evidence(
    *,
    file: StoredFile,
    by: User,
    at: datetime,
    measure: Measure | None = None,
    issue: Issue | None = None,
    about_on: date | None = None,
    classification: str = Evidence.Classification.INTERNAL,
) -> Evidence:
    """Attach a stored file to a measure that is under way, or to an issue; return the evidence.

    Raises `Forbidden`, `RuleViolation` where the measure is not under way, the issue is closed, or the date is to come.
    """
    owning_issue = measure.issue if measure is not None else issue
    assert owning_issue is not None
    with open_trail(owning_issue.inspection.chain, at=at) as trail:
        _require_possible(measure, owning_issue, by)
        _check_date(about_on, trail.at)
        position = (owning_issue.evidence.aggregate(last=Max("position"))["last"] or 0) + 1
        evidence = Evidence.objects.create(
            inspection_id=owning_issue.inspection_id,
            issue=owning_issue,
            measure=measure,
            position=position,
            about_on=about_on,
            classification=classification,
        )
        _create_version(trail, evidence, file, number=1, by=by)
        trail.record(
            MeasureVerb.ADD_EVIDENCE,
            by=by,
            obj=measure or owning_issue,
            classification=str(classification),
            evidence=evidence.pk,
            name=file.name,
            size=file.size,
            sha256=file.sha256,
        )
    return evidence


def add_version(*, evidence: Evidence, file: StoredFile, by: User, at: datetime) -> EvidenceVersion:
    """Put a new file in the place of the last one, which stays. Raises `Forbidden`, `RuleViolation` if withdrawn."""
    with open_trail(evidence.issue.inspection.chain, at=at) as trail:
        _require_possible(evidence.measure, evidence.issue, by)
        _check_in_force(evidence)
        number = (evidence.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = _create_version(trail, evidence, file, number=number, by=by)
        trail.record(
            MeasureVerb.ADD_VERSION,
            by=by,
            obj=evidence.measure or evidence.issue,
            evidence=evidence.pk,
            version=number,
            name=file.name,
            sha256=file.sha256,
        )
    return version


def _create_version(trail: Trail, evidence: Evidence, file: StoredFile, *, number: int, by: User) -> EvidenceVersion:
    return EvidenceVersion.objects.create(evidence=evidence, number=number, file=file, by=by, unit=by.unit, at=trail.at)


def withdraw_evidence(*, evidence: Evidence, reason: str, by: User, at: datetime) -> None:
    """Mark a mistaken upload as withdrawn; it stays, marked as such. Raises `Forbidden`, `RuleViolation`."""
    reason = check_reason(reason)
    with open_trail(evidence.issue.inspection.chain, at=at) as trail:
        _require_possible(evidence.measure, evidence.issue, by)
        values = {"withdrawn_at": trail.at, "withdrawn_by": by, "withdrawal_reason": reason}
        if not Evidence.objects.in_force().filter(pk=evidence.pk).update(**values):
            raise RuleViolation(_("This evidence has already been withdrawn."))
        evidence.refresh_from_db()
        trail.record(
            MeasureVerb.WITHDRAW_EVIDENCE,
            by=by,
            obj=evidence.measure or evidence.issue,
            evidence=evidence.pk,
            name=evidence.latest.file.name,
            reason=reason,
        )


def upload_evidence(
    *,
    stream: Readable,
    name: str,
    by: User,
    at: datetime,
    measure: Measure | None = None,
    issue: Issue | None = None,
    about_on: date | None = None,
    classification: str = Evidence.Classification.INTERNAL,
) -> Evidence:
    """Store a file and attach it to a measure or an issue; where either is refused, nothing of it stays.

    Roles and state are checked before the bytes are stored. Raises as `add_evidence`, and `RuleViolation` (field
    `file`) as `files.services.receiving` does.
    """
    owning_issue = measure.issue if measure is not None else issue
    assert owning_issue is not None
    _require_possible(measure, owning_issue, by)
    _check_date(about_on, at)
    with receiving(stream=stream, name=name, by=by, at=at, **_upload_limits()) as file:
        return add_evidence(
            file=file, by=by, at=at, measure=measure, issue=issue, about_on=about_on, classification=classification
        )


def upload_version(*, evidence: Evidence, stream: Readable, name: str, by: User, at: datetime) -> EvidenceVersion:
    """Take a file in as the next version, as `upload_evidence`. Raises as `add_version` and `receiving` do."""
    _require_possible(evidence.measure, evidence.issue, by)
    _check_in_force(evidence)
    with receiving(stream=stream, name=name, by=by, at=at, **_upload_limits()) as file:
        return add_version(evidence=evidence, file=file, by=by, at=at)


def accepted_kinds() -> tuple[str, ...]:
    """Return the kinds of files that evidence may be: the setting can only take from what is harmless."""
    return tuple(kind for kind in HARMLESS if not settings.EVIDENCE_KINDS or kind in settings.EVIDENCE_KINDS)


def _upload_limits() -> dict[str, Any]:
    return {"kinds": accepted_kinds(), "limit": settings.EVIDENCE_LIMIT}


def _check_date(about_on: date | None, at: datetime) -> None:
    if about_on and about_on > timezone.localdate(at):
        raise RuleViolation(_("The date of the evidence cannot be in the future."), field="about_on")


def _check_in_force(evidence: Evidence) -> None:
    evidence.refresh_from_db(fields=["withdrawn_at"])
    if evidence.withdrawn_at:
        raise RuleViolation(_("This evidence was withdrawn; add a new one."))


def _require_possible(measure: Measure | None, issue: Issue, by: User) -> None:
    """Raise `Forbidden` unless `by` works on it, `RuleViolation` unless it is under way."""
    if measure is not None:
        refresh_for_update(measure, "add_evidence", by=by)
        return
    if not holds_evidence_role(by, measure=None, issue=issue):
        raise Forbidden(_("Your role does not allow this."))
    issue.refresh_from_db(fields=["status"])
    require_possible(ISSUE_RULES, "add_evidence", issue)
