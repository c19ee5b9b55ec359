"""What became of a synthetic plan: measures started and reported on, signed off week by week, returned, cancelled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.db.models import QuerySet

from accounts.models import Role, User
from audit.services import EventDraft, Trail, open_trail
from files.models import StoredFile
from files.services import store_upload
from measures.models import Evidence, EvidenceVersion, Measure, MeasureSpan, ProgressReport
from measures.verbs import MeasureVerb
from signoffs.models import Application, Decision
from signoffs.services.deciding import event_data
from signoffs.services.manifests import hash_of, written
from signoffs.verbs import SignoffVerb
from tools.synthesize.organisations import BATCH
from tools.synthesize.plan import SyntheticPlan
from tools.synthesize.words import PROGRESS, RETURNED, STATEMENT

STEPS = ({"name": "整改办审核", "role": Role.OFFICE.value}, {"name": "党组审定", "role": Role.GROUP.value})
ENDS = (("planned", 27), ("in_progress", 43), ("returned", 3), ("submitted", 5), ("signed_off", 20), ("cancelled", 2))
"""How many of a hundred measures end so."""
WEEKS = 6
"""Over how many weeks the applications are spread; the pending ones are of the last."""
START = timedelta(weeks=1)


@dataclass
class SyntheticHistory:
    """The history of one plan, written in the order in which it happened."""

    plan: SyntheticPlan
    loaded_at: datetime
    chance: Random
    ends: dict[str, list[Measure]] = field(default_factory=dict)
    spans: dict[int, list[tuple[str, datetime]]] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)  # of evidence, by issue

    def write(self) -> None:
        measures, names = self.plan.measures, [name for name, _share in ENDS]
        ended = self.chance.choices(names, [share for _name, share in ENDS], k=len(measures))
        for measure, end in zip(measures, ended, strict=True):
            self.ends.setdefault(end, []).append(measure)
            measure.status = end if end in {"planned", "cancelled"} else Measure.Status.IN_PROGRESS
            measure.cancellation_reason = "任务与其他措施重复，经研究取消。" if end == "cancelled" else ""
        Measure.objects.bulk_create(measures, batch_size=BATCH)
        self._start()
        for week in range(WEEKS):
            is_last = week == WEEKS - 1
            of_week = {end: self._share(end, week) for end in ("returned", "signed_off")}
            self._week(week, {**of_week, "submitted": self.ends.get("submitted", []) if is_last else []})
        self._keep_spans()

    def _share(self, end: str, week: int) -> list[Measure]:
        return self.ends.get(end, [])[week::WEEKS]

    def _start(self) -> None:
        """Everything begins planned; a week later it is started, or cancelled; reports follow."""
        for measure in self.plan.measures:
            self.spans[measure.pk] = [("planned", self.loaded_at)]
            if measure.status != Measure.Status.PLANNED:
                self.spans[measure.pk].append((measure.status, self.loaded_at + START))
        officers = _officers(self.plan)
        reports = [
            ProgressReport(
                measure=measure,
                text=PROGRESS[(measure.pk + n) % len(PROGRESS)],
                by=officers[measure.lead_unit_id],
                unit_id=measure.lead_unit_id,
                at=self.loaded_at + START + timedelta(days=7 * n + 1 + measure.pk % 4),
            )
            for measure in self.plan.measures
            if measure.status == Measure.Status.IN_PROGRESS
            for n in range(measure.pk % 3)
        ]
        ProgressReport.objects.bulk_create(reports, batch_size=BATCH)

    def _week(self, week: int, of_week: dict[str, list[Measure]]) -> None:
        """Apply on a Monday, return or accept on the Tuesday, decide for good on the Wednesday."""
        monday = self.loaded_at + timedelta(weeks=week + 2)
        tuesday, wednesday = monday + timedelta(days=1), monday + timedelta(days=2)
        office, group = self.plan.staff.office[0], self.plan.staff.group[0]
        with open_trail(self.plan.inspection.chain, at=monday) as trail:
            for measures in of_week.values():
                self._apply(trail, measures)
                self._note(measures, Measure.Status.SUBMITTED, monday)
        with open_trail(self.plan.inspection.chain, at=tuesday) as trail:
            back = self._decide(trail, 1, of_week["returned"], Decision.Verdict.RETURNED, office)
            back.update(status=Application.Status.RETURNED, ended_at=tuesday)
            self._note(of_week["returned"], Measure.Status.IN_PROGRESS, tuesday)
            self._decide(trail, 1, of_week["signed_off"], Decision.Verdict.ACCEPTED, office).update(step=2)
        with open_trail(self.plan.inspection.chain, at=wednesday) as trail:
            done = self._decide(trail, 2, of_week["signed_off"], Decision.Verdict.ACCEPTED, group)
            done.update(status=Application.Status.ACCEPTED, ended_at=wednesday)
            self._note(of_week["signed_off"], Measure.Status.SIGNED_OFF, wednesday)

    def _note(self, measures: list[Measure], status: str, at: datetime) -> None:
        for measure in measures:
            self.spans[measure.pk].append((status, at))
        Measure.objects.filter(pk__in=[measure.pk for measure in measures]).update(status=status)

    def _apply(self, trail: Trail, measures: list[Measure]) -> None:
        officers = _officers(self.plan)
        people = [officers[measure.lead_unit_id] for measure in measures]
        pieces = Evidence.objects.bulk_create([self._piece(measure) for measure in measures], batch_size=BATCH)
        pieces_by = zip(measures, pieces, people, strict=True)
        versions = EvidenceVersion.objects.bulk_create(
            [_version(measure, piece, by, trail.at) for measure, piece, by in pieces_by], batch_size=BATCH
        )
        applied = zip(measures, versions, strict=True)
        rows = Application.objects.bulk_create(
            [_application(measure, version, trail.at) for measure, version in applied], batch_size=BATCH
        )
        applied_rows = zip(measures, versions, rows, strict=True)
        trail.record_all(entry for row in applied_rows for entry in _entries(*row))

    def _piece(self, measure: Measure) -> Evidence:
        position = self.positions[measure.issue_id] = self.positions.get(measure.issue_id, 0) + 1
        return Evidence(inspection=measure.inspection, issue=measure.issue, measure=measure, position=position)

    def _decide(
        self, trail: Trail, step: int, measures: list[Measure], verdict: str, by: User
    ) -> QuerySet[Application]:
        by_key = {measure.pk: measure for measure in measures}
        rows = Application.objects.filter(measure__in=by_key)
        is_back = verdict == Decision.Verdict.RETURNED
        decisions: list[Any] = Decision.objects.bulk_create(
            [
                Decision(
                    application=row,
                    step=step,
                    step_name=STEPS[step - 1]["name"],
                    role=STEPS[step - 1]["role"],
                    verdict=verdict,
                    ground=Decision.Ground.UNFINISHED if is_back else "",
                    reason=RETURNED if is_back else "",
                    applicant=row.applicant,
                    by=by,
                    at=trail.at,
                )
                for row in rows.select_related("applicant").order_by("pk")
            ],
            batch_size=BATCH,
        )
        verb = SignoffVerb.RETURN_APPLICATION if is_back else SignoffVerb.ACCEPT_APPLICATION
        trail.record_all(
            EventDraft(verb, by, by_key[each.application.measure_id], event_data(each)) for each in decisions
        )
        return rows

    def _keep_spans(self) -> None:
        rows = [
            MeasureSpan(
                inspection=measure.inspection,
                measure=measure,
                issue=measure.issue,
                status=status,
                deadline=measure.deadline,
                lead_unit_id=measure.lead_unit_id,
                leader_id=measure.leader_id,
                valid_from=since,
                valid_to=until,
            )
            for measure in self.plan.measures
            for status, since, until in _with_ends(self.spans[measure.pk])
        ]
        MeasureSpan.objects.bulk_create(rows, batch_size=BATCH)


def _with_ends(spans: list[tuple[str, datetime]]) -> Iterable[tuple[str, datetime, datetime | None]]:
    ends = [*(since for _status, since in spans[1:]), None]
    return ((status, since, until) for (status, since), until in zip(spans, ends, strict=True))


def _officers(plan: SyntheticPlan) -> dict[int | None, User]:
    return {unit.pk: person for unit, person in zip(plan.staff.units, plan.staff.officers, strict=True)}


def _version(measure: Measure, piece: Evidence, by: User, at: datetime) -> EvidenceVersion:
    text = f"{measure.code} {measure.text}\n{STATEMENT}\n"
    file: StoredFile = store_upload(stream=BytesIO(text.encode()), name=f"整改情况{measure.code}.txt", by=by, at=at)
    return EvidenceVersion(evidence=piece, number=1, file=file, by=by, unit=by.unit, at=at)


def _entries(measure: Measure, version: EvidenceVersion, row: Application) -> list[EventDraft]:
    file = version.file
    added = {"evidence": version.evidence_id, "name": file.name, "size": file.size, "sha256": file.sha256}
    applied = {"application": row.pk, "round": row.round, "manifest": row.manifest_sha256, "text": row.statement}
    return [
        EventDraft(MeasureVerb.ADD_EVIDENCE, version.by, measure, {**added, "classification": "internal"}),
        EventDraft(SignoffVerb.APPLY_FOR_SIGN_OFF, version.by, measure, applied),
    ]


def _application(measure: Measure, version: EvidenceVersion, at: datetime) -> Application:
    manifest = written(measure, [version], statement=STATEMENT)
    return Application(
        inspection=measure.inspection,
        issue=measure.issue,
        measure=measure,
        review_steps=list(STEPS),
        review_step_count=len(STEPS),
        statement=STATEMENT,
        manifest=manifest,
        manifest_sha256=hash_of(manifest),
        applicant=version.by,
        unit=version.unit,
        applied_at=at,
    )
