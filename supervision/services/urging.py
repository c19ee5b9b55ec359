"""Urging (催办): one click, at most once a day for each measure and for each unit; notifications follow the event."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from audit.services import open_trail
from core.exceptions import RuleViolation
from core.rules import require_possible
from issues.models import Inspection
from measures.models import Measure
from supervision.models import Urge
from supervision.permissions import MEASURE_RULES, require_urger
from supervision.verbs import SupervisionVerb


def urge_measure(*, measure: Measure, by: User, at: datetime) -> Urge:
    """Urge the lead unit of an unfinished measure.

    Raises `Forbidden`, and `RuleViolation` where no one could move (finished, under review, no lead unit) or where
    it was urged today already.
    """
    require_urger(by, measure.inspection)
    with open_trail(measure.inspection.chain, at=at) as trail:
        measure.refresh_from_db()
        require_possible(MEASURE_RULES, "urge_measure", measure)
        if measure.lead_unit is None:
            raise RuleViolation(_("This measure has no lead unit to urge."))
        urge = _create_urge(measure.inspection, measure.lead_unit, by=by, at=trail.at, measure=measure)
        trail.record(SupervisionVerb.URGE_MEASURE, by=by, obj=measure, urge=urge.pk, unit=measure.lead_unit_id)
    return urge


def urge_unit(*, inspection: Inspection, unit: Unit, by: User, at: datetime) -> Urge:
    """Urge a unit for all that it leads and has overdue in this inspection.

    Raises `Forbidden`, and `RuleViolation` where nothing of it is overdue or where it was urged as a whole today
    already.
    """
    require_urger(by, inspection)
    with open_trail(inspection.chain, at=at) as trail:
        overdue = inspection.measures.overdue(timezone.localdate(trail.at)).filter(lead_unit=unit)
        count = overdue.count()
        if not count:
            raise RuleViolation(_("Nothing of this unit is overdue."))
        urge = _create_urge(inspection, unit, by=by, at=trail.at, measures=count)
        trail.record(SupervisionVerb.URGE_UNIT, by=by, obj=urge, unit=unit.pk, measures=count)
    return urge


def _create_urge(inspection: Inspection, unit: Unit, *, by: User, at: datetime, **about: Any) -> Urge:
    """Write the row; the database says whether it is the first of the day."""
    day = timezone.localdate(at)
    try:
        with transaction.atomic():
            return Urge.objects.create(inspection=inspection, unit=unit, on=day, by=by, at=at, **about)
    except IntegrityError as error:
        whole = {"inspection": inspection, "unit": unit, "measure": None}
        first = Urge.objects.filter(**({"measure": about["measure"]} if "measure" in about else whole), on=day).first()
        if first is None:
            raise
        params = {"name": first.by.name}
        raise RuleViolation(_("%(name)s has already urged this today; once a day is enough.") % params) from error
