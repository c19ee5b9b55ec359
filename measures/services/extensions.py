"""Extensions of a deadline: requested with a reason, decided by somebody else; the old deadline stays on record."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import Trail, open_trail
from core.exceptions import Conflict, Forbidden, RuleViolation
from core.rules import allowed_states
from core.transitions import transition
from measures.models import Extension, Measure
from measures.permissions import RULES, may_decide
from measures.services.history import record_span
from measures.services.locking import refresh_for_update
from measures.services.plan import check_reason
from measures.verbs import MeasureVerb


def request_extension(*, measure: Measure, new_deadline: date, reason: str, by: User, at: datetime) -> Extension:
    """Ask for a later deadline.

    Raises `Forbidden`, `RuleViolation` (not later, no deadline, one is pending already).
    """
    with open_trail(measure.inspection.chain, at=at) as trail:
        refresh_for_update(measure, "request_extension", by=by)
        reason = check_reason(reason)
        if measure.deadline is None:
            raise RuleViolation(str(RULES["request_extension"].refusal))
        if new_deadline <= measure.deadline:
            raise RuleViolation(_("The new deadline must be later than the current one."), field="new_deadline")
        extension = _create_extension(measure, new_deadline, reason, by, trail)
        trail.record(
            MeasureVerb.REQUEST_EXTENSION,
            by=by,
            obj=measure,
            extension=extension.pk,
            changes={"deadline": [measure.deadline, new_deadline]},
            reason=reason,
        )
    return extension


def _create_extension(measure: Measure, new_deadline: date, reason: str, by: User, trail: Trail) -> Extension:
    assert measure.deadline is not None
    try:
        with transaction.atomic():
            return Extension.objects.create(
                measure=measure,
                old_deadline=measure.deadline,
                new_deadline=new_deadline,
                reason=reason,
                requested_by=by,
                requested_at=trail.at,
            )
    except IntegrityError as error:
        raise RuleViolation(_("An extension of this measure is already waiting for a decision.")) from error


def grant_extension(*, extension: Extension, by: User, at: datetime, note: str = "") -> None:
    """Grant an extension: the measure gets the new deadline. Raises `Forbidden`, `RuleViolation`, `Conflict`."""
    measure = extension.measure
    with open_trail(measure.inspection.chain, at=at) as trail:
        _decide_extension(extension, Extension.Status.GRANTED, by=by, note=note, trail=trail)
        states = allowed_states(RULES, "grant_extension")
        unchanged = Measure.objects.filter(pk=measure.pk, status__in=states, deadline=extension.old_deadline)
        if not unchanged.update(deadline=extension.new_deadline):
            raise Conflict(str(RULES["grant_extension"].refusal))
        measure.refresh_from_db()
        record_span(measure, at=trail.at)
        trail.record(
            MeasureVerb.GRANT_EXTENSION,
            by=by,
            obj=measure,
            extension=extension.pk,
            changes={"deadline": [extension.old_deadline, extension.new_deadline]},
            note=note,
        )


def refuse_extension(*, extension: Extension, by: User, at: datetime, note: str) -> None:
    """Refuse an extension with a reason; the deadline stays. Raises `Forbidden`, `RuleViolation`, `Conflict`."""
    note = check_reason(note)
    with open_trail(extension.measure.inspection.chain, at=at) as trail:
        _decide_extension(extension, Extension.Status.REFUSED, by=by, note=note, trail=trail)
        trail.record(MeasureVerb.REFUSE_EXTENSION, by=by, obj=extension.measure, extension=extension.pk, note=note)


def _decide_extension(extension: Extension, status: str, *, by: User, note: str, trail: Trail) -> None:
    if not may_decide(by, extension):
        raise Forbidden(_("You cannot decide on your own request; only the office or the leading group decides."))
    transition(extension, status, steps=Extension.STEPS, decided_by=by, decided_at=trail.at, note=note)
