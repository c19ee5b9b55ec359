"""What the page of a measure shows beside its row: the line of its states, its history in words."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Viewer
from audit.models import Event
from audit.queries import HistoryEntry, history_of
from files.services import KINDS
from issues.models import Issue
from measures.models import Evidence, Measure, Milestone, ProgressReport
from measures.verbs import MeasureVerb

MOVES = {
    MeasureVerb.PLAN_MEASURE: Measure.Status.PLANNED,
    MeasureVerb.START_MEASURE: Measure.Status.IN_PROGRESS,
    MeasureVerb.CANCEL_MEASURE: Measure.Status.CANCELLED,
    "apply_for_sign_off": Measure.Status.SUBMITTED,
    "withdraw_application": Measure.Status.IN_PROGRESS,
    "return_application": Measure.Status.IN_PROGRESS,
    # Each step is accepted; the state is entered by the last one, and appears only once the measure has it.
    "accept_application": Measure.Status.SIGNED_OFF,
}
"""Verb → the state that a measure enters by it."""
Bar = list[tuple[str, str, int]]
"""The parts of a segmented bar: state, word, count."""
LINE = (Measure.Status.PLANNED, Measure.Status.IN_PROGRESS, Measure.Status.SUBMITTED, Measure.Status.SIGNED_OFF)


def history(measure: Measure) -> list[HistoryEntry]:
    """Return who changed what when, the newest first; one that an import brought has no event of its own."""
    entries = history_of(measure, words={"kinds": dict(Measure.Kind.choices)})
    first = measure.spans.order_by("valid_from").first()
    if first and not any(entry.verb == MeasureVerb.PLAN_MEASURE for entry in entries):
        entries.append(HistoryEntry(first.valid_from, "", "import_notice", str(_("came into the ledger by an import"))))
    return entries


def line_of_states(measure: Measure) -> list[dict[str, Any]]:
    """Return the states as a line of steps: when and by whom each was last entered, and which is present."""
    entered: dict[str, Any] = {}
    previous = ""
    about = Event.objects.about(measure).filter(verb__in=MOVES).order_by("seq")
    who = {MOVES[verb]: label for verb, label in about.values_list("verb", "actor_label")}
    for span in measure.spans.order_by("valid_from"):
        if span.status != previous:
            entered[span.status] = span.valid_from
        previous = span.status
    line = [*LINE] if measure.status != Measure.Status.CANCELLED else [LINE[0], Measure.Status.CANCELLED]
    current = line.index(Measure.Status(measure.status))
    return [
        {
            "label": status.label,
            "state": "reached" if place < current else "current" if place == current else "",
            "when": entered.get(status) if place <= current else None,
            "who": who.get(status, "") if place <= current else "",
        }
        for place, status in enumerate(line)
    ]


def parts_of(measures: Iterable[Measure], today: date) -> Bar:
    """Count measures by state for a segmented bar; what is overdue is a part of its own."""
    return bar_of(Counter(measure.part(today) for measure in measures))


def bar_of(counts: Mapping[str, int]) -> Bar:
    """Return the parts of a segmented bar in their order, each with its word and its count; none that is empty."""
    return [(str(part), str(Measure.part_word(part)), counts[part]) for part in Measure.PARTS if counts.get(part)]


def history_of_issue(issue: Issue) -> list[HistoryEntry]:
    """Return what happened to an issue itself, the newest first."""
    return history_of(issue)


def with_work_done(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    """Annotate each measure with what `next_step` takes: whether it has reports, evidence, open milestones."""
    reports = ProgressReport.objects.filter(measure=OuterRef("pk"))
    evidence = Evidence.objects.in_force().filter(measure=OuterRef("pk"))
    stages = Milestone.objects.filter(measure=OuterRef("pk"), reached_on=None)
    return measures.annotate(has_report=Exists(reports), has_evidence=Exists(evidence), has_open_stages=Exists(stages))


def next_step(able: Collection[str], *, has_report: bool, has_evidence: bool, has_open_stages: bool) -> str:
    """Return the verb that comes next of those that the person can use: start, report, upload, apply; or nothing.

    As long as a milestone is not reached, the next step is to report it: nothing is applied for before.
    """
    if "start_measure" in able:
        return "start_measure"
    if "report_progress" in able and not has_report and not has_evidence:
        return "report_progress"
    if "add_evidence" in able and not has_evidence:
        return "add_evidence"
    last = ("report_progress",) if has_open_stages else ("apply_for_sign_off", "report_progress")
    return next((verb for verb in last if verb in able), "")


def evidence_of(user: Viewer, *, measure: Measure | None = None, issue: Issue | None = None) -> list[dict[str, Any]]:
    """Return the evidence that the user sees of a measure, or of an issue as a whole; what was withdrawn comes last."""
    evidence = Evidence.objects.visible_to(user).filter(measure=measure)
    if measure is None:
        evidence = evidence.filter(issue=issue)
    pieces = (
        evidence.select_related("withdrawn_by")
        .prefetch_related("versions__file__scan", "versions__by", "versions__unit")
        .order_by(F("withdrawn_at").asc(nulls_first=True), "position")
    )
    return [
        {"piece": piece, "latest": latest, "kind": KINDS.get(latest.file.kind, ""), "lock": latest.file.lock}
        for piece in pieces
        for latest in [piece.latest]
    ]
