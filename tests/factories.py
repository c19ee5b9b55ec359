"""Plain functions that make what a test needs, through the services wherever there is one."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Appointment, Role, Unit, User
from accounts.services import create_unit
from files.models import StoredFile
from files.services import store_upload
from issues.models import Area, Category, Inspection, Issue, Problem, code_of, sort_key_of
from issues.services import create_inspection, open_issue_spans
from measures.models import Evidence, EvidenceVersion, Measure, Milestone
from measures.services.history import open_spans
from signoffs.models import Application, Decision
from signoffs.services import Claimed, ClaimSource, keep_claims, review_steps_of
from signoffs.services.manifests import hash_of, manifest_of_measure

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Shanghai
TODAY = date(2026, 3, 2)
_numbers = count(1)


def unit(name: str = "", *, parent: Unit | None = None) -> Unit:
    return create_unit(name=name or f"Unit {next(_numbers)}", parent=parent, by=None, at=NOW)


def user(name: str = "", *, role: str = "", over: Unit | None = None, **extra: Any) -> User:
    """A person, with one role over one unit where both are given; the password is always `secret`."""
    number = next(_numbers)
    made = User(username=f"user{number}", name=name or f"User {number}", unit=over, **extra)
    made.password = _hashed_secret()
    made.save()
    if role and over:
        Appointment.objects.create(user=made, role=role, unit=over)
    return made


@cache
def _hashed_secret() -> str:
    """One hash for all: hashing a password for each test person would cost more than the tests."""
    return make_password("secret")


def inspection(organisation: Unit | None = None, **settings: Any) -> Inspection:
    settings = {
        "concentrated_from": TODAY - timedelta(days=14),
        "concentrated_until": TODAY + timedelta(days=76),
        **settings,
    }
    number = next(_numbers)
    return create_inspection(
        code=settings.pop("code", f"round-{number}"),
        title=settings.pop("title", f"Inspection {number}"),
        organisation=organisation or unit(),
        by=None,
        at=NOW - timedelta(days=30),
        **settings,
    )


def problem(inspection: Inspection, *, area: int = 1, category: int = 1, position: int = 1) -> Problem:
    """The problem heading at this place; what stands above it is made where it is missing."""
    a, _made = Area.objects.get_or_create(
        inspection=inspection, position=area, defaults={"number": f"({area})", "title": f"Area {area}"}
    )
    c, _made = Category.objects.get_or_create(
        inspection=inspection, area=a, position=category, defaults={"number": "1.", "title": f"Category {category}"}
    )
    p, _made = Problem.objects.get_or_create(
        inspection=inspection, category=c, position=position, defaults={"title": f"Problem {position}"}
    )
    return p


def issue(inspection: Inspection, *, under: Problem | None = None, **fields: Any) -> Issue:
    above = under or problem(inspection)
    position = above.issues.count() + 1
    places = (above.category.area.position, above.category.position, above.position, position)
    at = fields.pop("at", NOW - timedelta(days=20))
    made = Issue.objects.create(
        inspection=inspection,
        problem=above,
        position=position,
        code=code_of(*places),
        sort_key=sort_key_of(*places),
        **{"text": f"Issue text {next(_numbers)}", **fields},
    )
    open_issue_spans([made], at=at)
    return made


def measure(issue: Issue, **fields: Any) -> Measure:
    """A complete planned measure (or in any state by `status=`) with its first span."""
    position = issue.measures.count() + 1
    stages = fields.pop("stages", [])
    supporting = fields.pop("supporting_units", [])
    at = fields.pop("at", NOW - timedelta(days=20))
    values = {"text": f"Measure text {next(_numbers)}", "deadline": TODAY + timedelta(days=30), **fields}
    if "leader" not in values:
        values["leader"] = user("Leader", over=issue.inspection.organisation)
    if "lead_unit" not in values:
        values["lead_unit"] = issue.inspection.organisation
    signed_off = values.get("status") == Measure.Status.SIGNED_OFF
    if signed_off:
        values["status"] = Measure.Status.SUBMITTED  # the database takes no other way to the end
    made = Measure.objects.create(
        inspection=issue.inspection,
        issue=issue,
        position=position,
        code=f"{issue.code}-{position:02}",
        sort_key=issue.sort_key + sort_key_of(position),
        **values,
    )
    made.supporting_units.set(supporting)
    if signed_off:
        sign_off(made, at=at)
    Milestone.objects.bulk_create(
        Milestone(measure=made, position=n, title=title, due_on=due_on) for n, (title, due_on) in enumerate(stages, 1)
    )
    open_spans([made], at=at)
    return made


def stored(content: bytes = b"Facts and figures", *, name: str = "report.txt", by: Any = None) -> StoredFile:
    """A file that came through the gate; its bytes lie in the storage."""
    return store_upload(stream=BytesIO(content), name=name, by=by, at=NOW)


def evidence(measure: Measure, *, by: User, at: datetime = NOW, name: str = "report.txt") -> Evidence:
    """One piece of evidence with its first version, without an event: for what the trail is not looked at."""
    under = measure.issue
    position = under.evidence.count() + 1
    made = Evidence.objects.create(inspection=under.inspection, issue=under, measure=measure, position=position)
    file = stored(f"Evidence {made.pk}".encode(), name=name, by=by)
    EvidenceVersion.objects.create(evidence=made, number=1, file=file, by=by, unit=by.unit, at=at)
    return made


def sign_off(measure: Measure, *, at: datetime = NOW) -> Application:
    """Bring a submitted measure to its end with every row that the guards ask for; the trail stays as it was."""
    applicant = user("Applicant", over=measure.lead_unit)
    evidence(measure, by=applicant, at=at)
    manifest, chain = manifest_of_measure(measure, statement="All of it was done."), review_steps_of(measure.inspection)
    application = Application.objects.create(
        inspection=measure.inspection,
        issue=measure.issue,
        measure=measure,
        review_steps=chain,
        review_step_count=len(chain),
        statement="All of it was done.",
        manifest=manifest,
        manifest_sha256=hash_of(manifest),
        applicant=applicant,
        unit=applicant.unit,
        applied_at=at,
    )
    for number, step in enumerate(chain, 1):
        Application.objects.filter(pk=application.pk, status="pending").update(step=number)
        decided = {"step": number, "step_name": step["name"], "role": step["role"], "verdict": "accepted", "at": at}
        Decision.objects.create(application=application, applicant=applicant, by=user(step["name"]), **decided)
    Application.objects.filter(pk=application.pk).update(status=Application.Status.ACCEPTED, ended_at=at)
    Measure.objects.filter(pk=measure.pk).update(status=Measure.Status.SIGNED_OFF)
    measure.refresh_from_db(fields=["status"])
    application.refresh_from_db()
    return application


def claim(issue: Issue, *, title: str = "Notice", **said: Any) -> Application:
    """What a source says of an issue."""
    values = {"words": "Put right", "line": 7, "completion": "done", **said}
    source = ClaimSource(title=title, sha256="0" * 64)
    (made,) = keep_claims(claims=[Claimed(issue=issue, **values)], source=source, at=NOW)
    return made


class Cast:
    """An organisation with two units that must not see each other, and one person in each role."""

    def __init__(self) -> None:
        self.organisation = unit("Bureau")
        self.roads = unit("Roads", parent=self.organisation)
        self.parks = unit("Parks", parent=self.organisation)
        self.inspection = inspection(self.organisation)
        self.office = user("Office", role=Role.OFFICE, over=self.organisation)
        self.group = user("Group", role=Role.GROUP, over=self.organisation)
        self.leader = user("Leader", role=Role.LEADER, over=self.organisation)
        self.inspector = user("Inspector", role=Role.INSPECTOR, over=self.organisation)
        self.roads_officer = user("Roads officer", role=Role.OFFICER, over=self.roads)
        self.roads_head = user("Roads head", role=Role.UNIT_HEAD, over=self.roads)
        self.parks_officer = user("Parks officer", role=Role.OFFICER, over=self.parks)
        self.auditor = user("Auditor", role=Role.AUDITOR, over=self.organisation)
        self.system_admin = user("Admin", role=Role.SYSTEM_ADMIN, over=self.organisation, is_staff=True)
        self.superuser = user("Superuser", is_staff=True, is_superuser=True)
        self.stranger = user("Stranger", role=Role.OFFICE, over=unit("Another bureau"))

    def issue(self, **fields: Any) -> Issue:
        return issue(self.inspection, **fields)

    def measure(self, **fields: Any) -> Measure:
        """A measure led by the roads unit unless told otherwise."""
        under = fields.pop("issue", None) or self.issue()
        return measure(under, **{"lead_unit": self.roads, "leader": self.leader, **fields})
