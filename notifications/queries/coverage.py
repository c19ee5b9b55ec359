"""Configuration gaps: units, people and measures that no reminder reaches, and what is not set up."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from accounts.models import Appointment, Role, Unit, User, Viewer
from accounts.permissions import grants_of
from issues.models import Inspection
from issues.queries import working_calendar
from measures.models import Measure
from notifications.models import Channel, Delivery

WARN_OF_NEXT_YEAR = timedelta(days=45)
"""How long before its first day a year must be in the calendar; its rest days are announced in November."""
MOST_PEOPLE = 200


def unknown_years(today: date) -> list[int]:
    """Return the years in reach whose rest days are not entered yet; in them only weekends are free."""
    calendar = working_calendar()
    return sorted({day.year for day in (today, today + WARN_OF_NEXT_YEAR) if not calendar.knows(day)})


@dataclass
class CoverageGaps:
    """What the system administrator can mend: set-up, units, people."""

    years: list[int] = field(default_factory=list)
    has_mail: bool = True
    failed: int = 0
    units: list[Unit] = field(default_factory=list)
    inactive: list[User] = field(default_factory=list)
    unread: list[User] = field(default_factory=list)
    without_address: list[User] = field(default_factory=list)

    @property
    def count(self) -> int:
        lists: tuple[list[Any], ...] = (self.years, self.units, self.inactive, self.unread, self.without_address)
        return sum(len(each) for each in lists) + (not self.has_mail) + bool(self.failed)


def coverage_of_system(today: date) -> CoverageGaps:
    """Return what prevents reminders from arriving, as far as accounts and settings go; no measure is named."""
    mail = Channel.objects.active().filter(kind=Channel.Kind.MAIL).exists() and settings.EMAIL_IS_SET
    reached = _in_charge(today).filter(is_active=True)
    posts = Q(password__startswith="!", last_login=None)  # noqa: S106 - marks an account that cannot log in
    return CoverageGaps(
        years=unknown_years(today),
        has_mail=mail,
        failed=Delivery.objects.filter(status=Delivery.Status.FAILED).count(),
        units=_without_officer(today),
        inactive=list(_in_charge(today).filter(is_active=False)[:MOST_PEOPLE]),
        unread=list(reached.filter(posts, email="")[:MOST_PEOPLE]),
        without_address=list(reached.filter(~posts, email="")[:MOST_PEOPLE]) if mail else [],
    )


def _open_measures() -> QuerySet[Measure]:
    return Measure.objects.unfinished().order_by()


def _in_charge(today: date) -> QuerySet[User]:
    """Return who would be reminded of something unfinished: responsible leaders, and holders of a reminded role."""
    roles = (Role.OFFICER, Role.UNIT_HEAD, Role.OFFICE, Role.GROUP)
    in_role = Appointment.objects.in_force(today).filter(role__in=roles).values("user")
    leading = Q(pk__in=_open_measures().exclude(leader=None).values("leader"))
    return User.objects.filter(leading | Q(pk__in=in_role)).select_related("unit").order_by("name", "pk")


def _without_officer(today: date) -> list[Unit]:
    """Return the units that lead something unfinished and have no active officer of their own or above."""
    officers = Appointment.objects.in_force(today).filter(role=Role.OFFICER, user__is_active=True)
    officer_paths = {str(path) for path in officers.values_list("unit__path", flat=True)}
    leading = Unit.objects.filter(pk__in=_open_measures().exclude(lead_unit=None).values("lead_unit"))
    return [
        unit for unit in leading.order_by("path") if not any(str(unit.path).startswith(path) for path in officer_paths)
    ]


@dataclass(frozen=True)
class PlanGaps:
    """How many unfinished measures of an inspection no one can be reminded of, by what they lack."""

    inspection: Inspection
    no_deadline: int
    no_unit: int
    no_leader: int
    left: int


def coverage_of_plans(user: Viewer) -> list[PlanGaps]:
    """Return the inspections of the user's office whose plan has such measures; one query and one for the rows."""
    own = Inspection.objects.filter(grants_of(user).within("organisation__path", [Role.OFFICE]))
    no_deadline = Q(deadline=None) & ~Q(mode=Measure.Mode.LONG_TERM)
    left = Q(leader__is_active=False)
    counted = (
        _open_measures()
        .filter(inspection__in=own)
        .filter(no_deadline | Q(lead_unit=None) | Q(leader=None) | left)
        .values("inspection")
        .annotate(
            no_deadline=Count("pk", filter=no_deadline),
            no_unit=Count("pk", filter=Q(lead_unit=None)),
            no_leader=Count("pk", filter=Q(leader=None)),
            left=Count("pk", filter=left),
        )
        .order_by("inspection")
    )
    rows = list(counted)
    inspections = Inspection.objects.in_bulk([row["inspection"] for row in rows])
    return [
        PlanGaps(inspections[row["inspection"]], row["no_deadline"], row["no_unit"], row["no_leader"], row["left"])
        for row in rows
    ]
