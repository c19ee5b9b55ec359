"""The rows that a person sees, and the verbs: each calls one service."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows, UserRows
from core.api import Happened, InBatches, Nothing, Rows, look, verb
from issues.api import InspectionRows, IssueRows
from measures.api import serializers as shapes
from measures.filters import ExtensionFilter, MeasureRowsFilter, OfMeasureFilter
from measures.models import Extension, Measure, Milestone, ProgressReport
from measures.permissions import require
from measures.queries import history
from measures.services import (
    cancel_measure,
    edit_measure,
    grant_extension,
    hand_over,
    refuse_extension,
    report_progress,
    request_extension,
    start_measure,
)

# Offered on pages as a choice of words, sent as true or false.
for _name in ("overdue", "incomplete", "claimed", "returned"):
    extend_schema_field(bool)(MeasureRowsFilter.base_filters[_name])


class MeasureRows(InBatches, Rows):
    """Measures, in the order of the plan."""

    queryset = Measure.objects.select_related("inspection", "leader", "lead_unit").prefetch_related("supporting_units")
    serializer_class = shapes.MeasureSerializer
    filterset_class = MeasureRowsFilter
    filters_by_day = True
    expands = {
        "inspection": InspectionRows,
        "issue": IssueRows,
        "leader": UserRows,
        "lead_unit": UnitRows,
        "supporting_units": UnitRows,
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.action == "list":
            return rows.order_by("inspection_id", "sort_key")
        return rows.select_related("inspection__organisation", "issue").prefetch_related("extensions")

    def get_serializer_class(self) -> Any:
        return shapes.MeasureSerializer if self.action == "list" else shapes.OneMeasureSerializer

    def able(self, name: str) -> Measure:
        """Return the measure once roles allow the verb: whoever may not use it learns nothing of what it takes."""
        measure: Measure = self.get_object()
        require(self.request.user, name, measure)
        return measure

    @look("history", Happened(many=True))
    def history(self, request: Request, pk: str) -> Response:
        """What happened to the measure, the latest first; two hundred entries at most."""
        return Response(Happened(history(self.get_object()), many=True).data)

    @verb("start", Nothing)
    def start(self, request: Request, pk: str) -> Response:
        measure = self.able("start_measure")
        start_measure(measure=measure, **self.now(), **self.typed(Nothing))
        return self.shown(measure)

    @verb("report-progress", shapes.Report)
    def report_progress(self, request: Request, pk: str) -> Response:
        measure = self.able("report_progress")
        report_progress(measure=measure, **self.now(), **self.typed(shapes.Report, measure=measure))
        return self.shown(measure)

    @verb("edit", shapes.Edit)
    def edit(self, request: Request, pk: str) -> Response:
        measure = self.able("edit_measure")
        data = self.typed(shapes.Edit, measure=measure)
        supporting, stages = data.pop("supporting_units", None), data.pop("milestones", None)
        edit_measure(
            measure=measure,
            values={**data, **({"kinds": list(data["kinds"])} if "kinds" in data else {})},
            supporting_units=supporting,
            stages=None if stages is None else [(stage["title"], stage["due_on"]) for stage in stages],
            **self.now(),
        )
        return self.shown(measure)

    @verb("hand-over", shapes.HandOver)
    def hand_over(self, request: Request, pk: str) -> Response:
        measure = self.able("hand_over")
        hand_over(measure=measure, **self.now(), **self.typed(shapes.HandOver, measure=measure))
        return self.shown(measure)

    @verb("cancel", shapes.Reason)
    def cancel(self, request: Request, pk: str) -> Response:
        measure = self.able("cancel_measure")
        cancel_measure(measure=measure, **self.now(), **self.typed(shapes.Reason))
        return self.shown(measure)

    @verb("request-extension", shapes.ExtensionAsked)
    def request_extension(self, request: Request, pk: str) -> Response:
        measure = self.able("request_extension")
        request_extension(measure=measure, **self.now(), **self.typed(shapes.ExtensionAsked))
        return self.shown(measure)


class _OfMeasures(Rows):
    """What hangs on measures that the person sees."""

    filterset_class: Any = OfMeasureFilter
    expands = {"measure": MeasureRows}

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.filter(measure__in=Measure.objects.visible_to(self.request.user))


class MilestoneRows(_OfMeasures):
    queryset = Milestone.objects.order_by("measure", "due_on", "position")
    serializer_class = shapes.MilestoneSerializer


class ReportRows(_OfMeasures):
    """Progress reports, the latest first."""

    queryset = ProgressReport.objects.select_related("by", "unit").order_by("-at", "-id")
    serializer_class = shapes.ReportSerializer


class ExtensionRows(InBatches, _OfMeasures):
    """Extensions: asked for at a measure, decided here."""

    queryset = Extension.objects.select_related(
        "requested_by", "decided_by", "measure__inspection__organisation", "measure__lead_unit"
    ).order_by("requested_at", "id")
    serializer_class = shapes.ExtensionSerializer
    filterset_class = ExtensionFilter

    @verb("grant", shapes.Note)
    def grant(self, request: Request, pk: str) -> Response:
        extension = self.get_object()
        grant_extension(extension=extension, **self.now(), **self.typed(shapes.Note))
        return self.shown(extension)

    @verb("refuse", shapes.NoteOfRefusal)
    def refuse(self, request: Request, pk: str) -> Response:
        extension = self.get_object()
        refuse_extension(extension=extension, **self.now(), **self.typed(shapes.NoteOfRefusal))
        return self.shown(extension)
