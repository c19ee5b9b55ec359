"""Making synthetic inspections, one transaction for each; refused where anything is there already."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit
from audit.services import open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from issues.services import create_inspection
from tools.synthesize.history import SyntheticHistory
from tools.synthesize.organisations import SyntheticStaff, make_organisations
from tools.synthesize.plan import make_plan
from tools.synthesize.verbs import SynthesizeVerb

WEEKS_GONE = 9
PERIOD = 90  # days after the first


@dataclass(frozen=True)
class Synthesized:
    """How much was created."""

    inspections: int
    measures: int


def _ignore(_done: int) -> None:
    """For callers that need no progress."""


def synthesize(
    *, measures: int, inspections: int, password: str, today: date, on_progress: Callable[[int], None] = _ignore
) -> Synthesized:
    """Make so many measures, spread evenly over so many inspections with the codes `mass-1` and on.

    The same numbers on the same day give the same data. `on_progress` is called with how many inspections are done.
    Raises `RuleViolation` unless the database is empty: who works in it could never remove the synthetic organisations.
    """
    if Inspection.objects.exists() or Unit.objects.exists():
        raise RuleViolation(_("This database holds units or inspections; synthetic data is made in an empty one."))
    codes = [f"mass-{number}" for number in range(1, inspections + 1)]
    with transaction.atomic():
        organisations = make_organisations(codes, password=password, at=timezone.now())
    for number, (code, staff) in enumerate(zip(codes, organisations, strict=True)):
        count = measures // inspections + (number < measures % inspections)
        with transaction.atomic():
            _inspection(code, staff, count, today)
        on_progress(number + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Synthesized(inspections, measures)


def _inspection(code: str, staff: SyntheticStaff, count: int, today: date) -> None:
    start = today - timedelta(days=today.weekday(), weeks=WEEKS_GONE)
    loaded_at = datetime.combine(start, time(9), tzinfo=timezone.get_default_timezone())
    chance = Random(code)
    inspection = create_inspection(
        code=code,
        title=f"{staff.organisation.name}党组巡察整改（合成数据）",
        organisation=staff.organisation,
        by=None,
        at=loaded_at,
        concentrated_from=start,
        concentrated_until=start + timedelta(days=PERIOD),
    )
    plan = make_plan(staff, inspection, count=count, start=start, at=loaded_at, chance=chance)
    with open_trail(inspection.chain, at=loaded_at) as trail:
        trail.record(SynthesizeVerb.SYNTHESIZE, by=None, obj=inspection, measures=count)
    SyntheticHistory(plan, loaded_at, chance).write()
