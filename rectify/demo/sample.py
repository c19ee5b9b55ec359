"""Loading the sample inspection (organisation, plan, history), all of it or nothing, and nothing where it is there."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import CHAIN
from audit.services import open_trail
from core.exceptions import RuleViolation
from imports.services import apply_import
from issues.models import Inspection
from issues.queries import working_calendar
from issues.services import create_inspection, create_task_force
from rectify.demo.history import VERBS, read_history
from rectify.demo.organisation import SampleStaff, make_organisation, read_organisation
from rectify.demo.plan import read_plan
from rectify.demo.replay import OFFICE_HOURS, Replay
from rectify.demo.weeks import Weeks
from signoffs.services import set_review_steps

CODE = "demo"
TITLE = "青沅市水务局党组巡察整改（示例）"
INSPECTED_BY = "青沅市委第三巡察组"
WEEKS_GONE = 9  # the sample is in the tenth week of the concentrated period
PERIOD = 90  # days after the first
STEPS = (("整改办审核", Role.OFFICE), ("党组审定", Role.GROUP))
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read off a screen
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """The sample inspection; `is_new` says whether it was loaded now or was there already."""

    inspection: Inspection
    is_new: bool
    verbs: int = 0  # how many verbs of its history were replayed


def first_monday(as_of: date) -> date:
    """Return D+0, the Monday on which the concentrated period starts, for a sample that is looked at on `as_of`."""
    return as_of - timedelta(days=as_of.weekday(), weeks=WEEKS_GONE)


def load_sample(*, as_of: date) -> Sample:
    """Load the sample as it is on the morning of `as_of`; where it is loaded already, change nothing.

    Raises `RuleViolation` for a day that is still to come, and where a name of the sample is taken.
    """
    if as_of > timezone.localdate():
        raise RuleViolation(_("The sample cannot be set in the future: %(day)s has not come yet.") % {"day": as_of})
    with open_trail(CHAIN, at=timezone.now()) as trail:  # locked first: of two loaders at once the second waits here
        known = Inspection.objects.filter(code=CODE).first()
        if known is not None:
            return Sample(inspection=known, is_new=False)
        password = "".join(secrets.choice(LETTERS) for _each in range(12))
        staff = make_organisation(read_organisation(_text("organisation.txt")), password=password, at=trail.at)
        start = first_monday(as_of)
        inspection = _open_inspection(staff, start)
        _import_plan(staff, inspection, start)
        verbs = _replay(staff, inspection, start, until=as_of - timedelta(days=1))
        _write_logins(staff, password)
    return Sample(inspection=inspection, is_new=True, verbs=verbs)


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=OFFICE_HOURS)


def _open_inspection(staff: SampleStaff, start: date) -> Inspection:
    """Open it on the day after the feedback, with its task forces a week later."""
    feedback_on = start - timedelta(days=20)
    inspection = create_inspection(
        code=CODE,
        title=TITLE,
        organisation=staff.organisation,
        by=None,
        at=_moment(feedback_on + timedelta(days=1), 10),
        inspected_by=INSPECTED_BY,
        feedback_on=feedback_on,
        kicked_off_on=start,
        plan_due=start - timedelta(days=3),
        concentrated_from=start,
        concentrated_until=start + timedelta(days=PERIOD),
    )
    for force in staff.text.forces:
        create_task_force(
            inspection=inspection,
            name=force.name,
            head=staff.people[force.head],
            members=[staff.people[name] for name in force.members],
            by=None,
            at=_moment(feedback_on + timedelta(days=8), 10),
        )
    at = _moment(feedback_on + timedelta(days=8), 11)
    set_review_steps(inspection=inspection, steps=STEPS, by=staff.holder(Role.OFFICE), at=at)
    return inspection


def _import_plan(staff: SampleStaff, inspection: Inspection, start: date) -> None:
    """Import the plan on the day before it is due. Raises `ValueError` where the text names others than the staff."""
    reading = read_plan(_text("plan.txt"), start=start)
    at = _moment(start - timedelta(days=4), 15)
    mapping = {
        "units": {name: unit.pk for name, unit in staff.units.items()},
        "leaders": {name: person.pk for name, person in staff.people.items()},
    }
    outcome = apply_import(reading, code=CODE, mapping=mapping, by=None, at=at)
    if not outcome["applied"]:
        raise ValueError(f"the sample plan does not fit: {outcome['missing']} {outcome['errors']}")


def _replay(staff: SampleStaff, inspection: Inspection, start: date, *, until: date) -> int:
    """Replay the history up to yesterday: nothing of it may lie ahead of the clock, whatever the hour is now."""
    weeks = Weeks.of(inspection, staff.holder(Role.OFFICE), start=start, until=until)
    replay = Replay(
        inspection=inspection,
        start=start,
        office=staff.holder(Role.OFFICE),
        group=staff.holder(Role.GROUP),
        officers=staff.officers(),
        units=staff.units,
        people=staff.people,
        calendar=working_calendar(),
        verbs=VERBS,
        close_weeks=weeks.close_before,
    )
    try:
        return replay.run(read_history(_text("history.txt")), until=until)
    except BaseException:
        for path in replay.stored:  # the rows go with the transaction, the bytes do not by themselves
            default_storage.delete(path)
        raise


def _write_logins(staff: SampleStaff, password: str) -> None:
    """Keep the log-ins for the launcher, readable by the owner alone, before the transaction ends."""
    logins = [
        {
            "username": line.username,
            "password": password,
            "role": f"{' / '.join(str(role.label) for role in line.roles)} · {line.name}",
        }
        for line in staff.text.people
        if line.logs_in
    ]
    path = settings.DATA_DIR / "sample-logins.json"
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(logins, file, ensure_ascii=False, indent=1)
    draft.replace(path)
