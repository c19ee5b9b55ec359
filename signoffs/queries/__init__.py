"""Reads of sign-off: what a person decided, the rounds of a measure or an issue, what changed between two rounds."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Role, User
from issues.models import Issue
from measures.models import Measure
from signoffs.models import Application, Decision

LATELY = 50
KINDS = [("measure", _lazy("sign-off of a measure")), ("closure", _lazy("closure of an issue"))]
"""What is applied for, as filters name it."""


def with_subject(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Load what a line of a list shows and what `may_decide` asks for."""
    about = ("inspection__organisation", "issue__lead_unit", "issue__task_force", "issue__leader", "applicant", "unit")
    of_measure = ("measure__lead_unit", "measure__leader")
    return applications.select_related(*about, *of_measure).prefetch_related("decisions__by")


def decided_lately_by(user: User) -> list[Decision]:
    """Return the latest decisions of the user, the newest first; those on what is out of sight by now are left out."""
    visible = Application.objects.visible_to(user).values("pk")
    decisions = Decision.objects.filter(by=user, application__in=visible).order_by("-at", "-pk")
    about = ("application__issue", "application__measure", "application__unit")
    return list(decisions.select_related(*about)[:LATELY])


@dataclass(frozen=True)
class FileLine:
    """A file as the manifest names it. `change` is what became of it since the round before: added, replaced."""

    evidence: int
    file: int
    number: int
    version: int
    name: str
    size: int
    sha256: str
    about_on: str
    classification: str
    change: str = ""


@dataclass(frozen=True)
class Round:
    """An application with its files, its decisions and what the manifest had that the round before had not."""

    application: Application
    files: list[FileLine]
    gone: list[FileLine] = field(default_factory=list)

    @property
    def decisions(self) -> list[Decision]:
        return list(self.application.decisions.all())

    @property
    def return_decision(self) -> Decision | None:
        """The decision that returned it, if one did."""
        return next((each for each in self.decisions if each.is_return), None)


def content_of(application: Application) -> dict[str, Any]:
    """Return what the manifest says; an imported claim has none that is read here."""
    try:
        content = json.loads(application.manifest)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def round_of(application: Application, before: Application | None = None) -> Round:
    """Return the application with its files; compared with those of the round before where there is one."""
    earlier = {line["id"]: line for line in content_of(before).get("evidence", [])} if before else None
    lines = content_of(application).get("evidence", [])
    now = {line["id"] for line in lines}
    gone = [_file(line, "") for key, line in (earlier or {}).items() if key not in now]
    return Round(application, [_file(line, _change(line, earlier)) for line in lines], gone)


def _file(line: dict[str, Any], change: str) -> FileLine:
    return FileLine(
        evidence=line["id"],
        file=line["file"],
        number=line["number"],
        version=line["version"],
        name=line["name"],
        size=line["size"],
        sha256=line["sha256"],
        about_on=line["about_on"] or "",
        classification=line["classification"],
        change=change,
    )


def _change(line: dict[str, Any], earlier: dict[int, Any] | None) -> str:
    if earlier is None:
        return ""
    if line["id"] not in earlier:
        return "added"
    return "replaced" if line["sha256"] != earlier[line["id"]]["sha256"] else ""


def rounds_of(applications: Iterable[Application]) -> list[Round]:
    """Return the rounds of one measure, or of one issue's closing, the newest first, each against the one before."""
    ordered = sorted(applications, key=lambda each: each.round)
    befores: list[Application | None] = [None, *ordered]
    return [round_of(each, before) for each, before in zip(ordered, befores, strict=False)][::-1]


def applications_of(*, measure: Measure | None = None, issue: Issue | None = None) -> QuerySet[Application]:
    """Return the applications of a measure, or those for closing an issue; with who filed and who decided them."""
    rows = Application.objects.filter(measure=measure) if measure else Application.objects.filter(issue=issue)
    mine = rows if measure else rows.filter(measure=None)
    return mine.select_related("applicant", "unit", "inspection").prefetch_related("decisions__by")


def line_of_steps(application: Application) -> list[dict[str, Any]]:
    """Return the review steps as a line: who decided each and when, and which one it waits at."""
    decided = {decision.step: decision for decision in application.decisions.all()}
    applied = {"label": _("Applied"), "state": "reached", "when": application.applied_at}
    line = [{**applied, "who": application.applicant or ""}]
    waits = application.step if application.status == Application.Status.PENDING else 0
    for number, step in enumerate(application.review_steps, 1):
        decision = decided.get(number)
        state = "reached" if decision else "current" if number == waits else ""
        when, who = (decision.at, decision.by) if decision else (None, Role(step["role"]).label)
        label = f"{step['name']} · {decision.get_verdict_display()}" if decision else step["name"]
        line.append({"label": label, "state": state, "when": when, "who": who})
    return line


def last_rounds(measures: Iterable[Measure]) -> dict[int, Application]:
    """Return the latest application of each measure that has one; two queries whatever their number."""
    keys = [measure.pk for measure in measures]
    rows = Application.objects.filter(measure__in=keys).order_by("round").prefetch_related("decisions__by")
    return {row.measure_id: row for row in rows if row.measure_id is not None}
