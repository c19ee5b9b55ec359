"""The units' verbs: start a measure, report progress."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from audit.services import open_trail
from core.exceptions import Conflict, RuleViolation
from core.transitions import transition
from issues.services import begin_rectification
from measures.models import Measure, Milestone, ProgressReport
from measures.services.history import record_span
from measures.services.locking import refresh_but_status, refresh_for_update
from measures.verbs import MeasureVerb


def start_measure(*, measure: Measure, by: Actor, at: datetime) -> None:
    """Take a planned measure up; its issue is then in rectification.

    Raises `Forbidden`, `RuleViolation` where leader, lead unit or deadline are missing, `Conflict`.
    """
    with open_trail(measure.inspection.chain, at=at) as trail:
        refresh_for_update(measure, "start_measure", by=by)
        if not measure.is_complete:
            raise RuleViolation(_("Fill in leader, lead unit and deadline first; the measure is incomplete."))
        transition(measure, Measure.Status.IN_PROGRESS, steps=Measure.STEPS)
        record_span(measure, at=trail.at)
        trail.record(MeasureVerb.START_MEASURE, by=by, obj=measure)
        begin_rectification(issue=measure.issue, at=trail.at)


def report_progress(
    *, measure: Measure, text: str, by: User, at: datetime, reached: Sequence[Milestone] = ()
) -> ProgressReport:
    """Report what was done; `reached` are milestones of the measure that this report says are reached.

    Raises `Forbidden`, `RuleViolation` where the measure is not under way or a milestone is not its own, `Conflict`
    where a milestone is no longer in the plan.
    """
    text = text.strip()
    with open_trail(measure.inspection.chain, at=at) as trail:
        refresh_for_update(measure, "report_progress", by=by)
        if not text:
            raise RuleViolation(_("Write what was done."), field="text")
        report = ProgressReport.objects.create(measure=measure, text=text, by=by, unit=by.unit, at=trail.at)
        titles = _mark_reached(measure, reached, on=timezone.localdate(trail.at))
        trail.record(MeasureVerb.REPORT_PROGRESS, by=by, obj=measure, report=report.pk, text=text, reached=titles)
    return report


def _mark_reached(measure: Measure, reached: Sequence[Milestone], *, on: date) -> list[str]:
    """Date the milestones and return the titles of those that were not reached before."""
    if any(milestone.measure_id != measure.pk for milestone in reached):
        raise RuleViolation(_("This milestone belongs to another measure."), field="reached")
    named = measure.milestones.filter(pk__in=[milestone.pk for milestone in reached])
    if len(named) != len(set(reached)):
        raise Conflict(
            _("The milestones have changed in the meantime. Reload the page and check again."), field="reached"
        )
    open_ones = named.filter(reached_on=None)
    titles = list(open_ones.values_list("title", flat=True))
    open_ones.update(reached_on=on)
    return titles


def submit_measure(*, measure: Measure, at: datetime) -> None:
    """Move a measure under review; called by an application within its trail. Raises `Conflict`."""
    _move(measure, Measure.Status.SUBMITTED, at)


def resume_measure(*, measure: Measure, at: datetime) -> None:
    """Move a measure back under way; called where its application was returned or withdrawn. Raises `Conflict`."""
    _move(measure, Measure.Status.IN_PROGRESS, at)


def sign_off_measure(*, measure: Measure, at: datetime) -> None:
    """Sign a measure off; called by the last decision on its application, which a guard asks for. Raises `Conflict`."""
    _move(measure, Measure.Status.SIGNED_OFF, at)


def _move(measure: Measure, status: str, at: datetime) -> None:
    refresh_but_status(measure)
    transition(measure, status, steps=Measure.STEPS)
    record_span(measure, at=at)
