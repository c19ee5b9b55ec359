"""The filters of measures: the same for pages, addresses sent to a colleague, the API and exports."""

from datetime import date, datetime
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.filters import KeyFilter, MomentFilter
from core.forms import DayInput
from issues.models import Issue
from measures.models import RETURNED, Evidence, Extension, Measure, MeasureSpan, ProgressReport

LONGEST_SEARCH = 200  # characters; a pattern without end costs time and finds nothing
YES_NO = [("true", _("yes")), ("false", _("no"))]
MAY_LACK = [("lead_unit", _("lead unit")), ("leader", _("leader")), ("deadline", _("deadline"))]


def is_yes(word: str) -> bool:
    return word == "true"


class MeasureFilter(django_filters.FilterSet):
    """Expects measures that went through `visible_to` and the keyword `today`, the day of the office.

    References to other rows are plain numbers: a row that is unknown or unseen gives an empty list, and no filter
    costs a query of its own. `unit` means a unit with all below it, `lead_unit` that unit alone, as figures count.
    """

    q = django_filters.CharFilter(method="filter_text", max_length=LONGEST_SEARCH, label=_("Text or code"))
    status = django_filters.MultipleChoiceFilter(choices=Measure.Status.choices, label=_("State"))
    unit = KeyFilter(method="filter_unit", label=_("Lead unit"))
    supporting = KeyFilter(method="filter_supporting", label=_("Supporting unit"))
    lead_unit = KeyFilter(field_name="lead_unit", label=_("Lead unit"))
    leader = KeyFilter(field_name="leader", label=_("Leader"))
    area = KeyFilter(field_name="issue__problem__category__area", label=_("Area"))
    category = KeyFilter(field_name="issue__problem__category", label=_("Category"))
    issue = KeyFilter(field_name="issue", label=_("Issue"))
    issue_status = django_filters.ChoiceFilter(
        field_name="issue__status", choices=Issue.Status.choices, label=_("State of the issue")
    )
    completion = django_filters.ChoiceFilter(
        field_name="issue__completion", choices=Issue.Completion.choices, label=_("Conclusion")
    )
    claimed = django_filters.TypedChoiceFilter(
        choices=YES_NO, coerce=is_yes, method="filter_claimed", label=_("Claimed by an imported source")
    )
    task_force = KeyFilter(field_name="issue__task_force", label=_("Task force"))
    mode = django_filters.ChoiceFilter(choices=Measure.Mode.choices, label=_("Mode"))
    kind = django_filters.ChoiceFilter(choices=Measure.Kind.choices, method="filter_kind", label=_("Kind"))
    overdue = django_filters.TypedChoiceFilter(
        choices=YES_NO, coerce=is_yes, method="filter_overdue", label=_("Overdue")
    )
    due_after = django_filters.DateFilter(
        field_name="deadline", lookup_expr="gte", widget=DayInput, label=_("Due from")
    )
    due_before = django_filters.DateFilter(
        field_name="deadline", lookup_expr="lte", widget=DayInput, label=_("Due until")
    )
    incomplete = django_filters.TypedChoiceFilter(
        choices=YES_NO, coerce=is_yes, method="filter_incomplete", label=_("Incomplete")
    )

    lacking = django_filters.ChoiceFilter(choices=MAY_LACK, method="filter_lacking", label=_("Not assigned"))
    returned = django_filters.TypedChoiceFilter(
        choices=YES_NO, coerce=is_yes, method="filter_returned", label=_("Returned")
    )
    unreported_since = MomentFilter(method="filter_unreported_since", label=_("No progress reported since"))
    signed_off_until = MomentFilter(method="filter_signed_off_until", label=_("Signed off until"))

    class Meta:
        model = Measure
        fields: list[str] = []

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def filter_text(self, measures: Any, _name: str, words: str) -> QuerySet[Measure]:
        matching: QuerySet[Measure] = measures.search(words)
        return matching

    def filter_unit(self, measures: QuerySet[Measure], _name: str, unit: Any) -> QuerySet[Measure]:
        """Keep measures led by the unit or by one below it."""
        path = Subquery(Unit.objects.filter(pk=unit).values("path"))
        return measures.filter(lead_unit__in=Unit.objects.filter(path__startswith=path))

    def filter_supporting(self, measures: QuerySet[Measure], _name: str, unit: Any) -> QuerySet[Measure]:
        links = Measure.supporting_units.through.objects.filter(measure=OuterRef("pk"), unit=unit)
        return measures.filter(Exists(links))

    def filter_kind(self, measures: QuerySet[Measure], _name: str, kind: str) -> QuerySet[Measure]:
        """Kinds are a short JSON list in one column. It is searched as text, which both databases do alike."""
        return measures.alias(kinds_as_text=Cast("kinds", TextField())).filter(kinds_as_text__contains=f'"{kind}"')

    def filter_overdue(self, measures: Any, _name: str, wanted: bool) -> QuerySet[Measure]:
        overdue = Measure.objects.overdue(self.today)
        return measures.overdue(self.today) if wanted else measures.exclude(pk__in=overdue.values("pk"))

    def filter_incomplete(self, measures: Any, _name: str, wanted: bool) -> QuerySet[Measure]:
        lacking = Measure.objects.incomplete()
        return measures.incomplete() if wanted else measures.exclude(pk__in=lacking.values("pk"))

    def filter_lacking(self, measures: QuerySet[Measure], _name: str, what: str) -> QuerySet[Measure]:
        return measures.filter(**{what: None})

    def filter_returned(self, measures: Any, _name: str, wanted: bool) -> QuerySet[Measure]:
        """Keep what is under way again because its last application was returned."""
        rows: QuerySet[Measure] = measures.with_last_application()
        return rows.filter(RETURNED) if wanted else rows.exclude(RETURNED)

    def filter_claimed(self, measures: QuerySet[Measure], _name: str, wanted: bool) -> QuerySet[Measure]:
        claimed = Q(issue__in=Issue.objects.claimed().values("pk"))
        return measures.filter(claimed if wanted else ~claimed)

    def filter_unreported_since(self, measures: QuerySet[Measure], _name: str, moment: datetime) -> QuerySet[Measure]:
        """Keep what is under way and of which nothing has been reported since the moment."""
        reports = ProgressReport.objects.filter(measure=OuterRef("pk"), at__gte=moment)
        return measures.filter(~Exists(reports), status=Measure.Status.IN_PROGRESS)

    def filter_signed_off_until(self, measures: QuerySet[Measure], _name: str, moment: datetime) -> QuerySet[Measure]:
        spans = MeasureSpan.objects.as_of(moment).filter(status=Measure.Status.SIGNED_OFF)
        return measures.filter(pk__in=spans.order_by().values("measure"))


class MeasureRowsFilter(MeasureFilter):
    """The filters of measures where several inspections are listed together."""

    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))


class OfMeasureFilter(django_filters.FilterSet):
    """What hangs on measures: milestones, progress reports."""

    measure = KeyFilter(field_name="measure", label=_("Measure"))
    inspection = django_filters.CharFilter(field_name="measure__inspection__code", label=_("Inspection"))


class ExtensionFilter(OfMeasureFilter):
    status = django_filters.ChoiceFilter(choices=Extension.Status.choices, label=_("State"))


class EvidenceFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    issue = KeyFilter(field_name="issue", label=_("Issue"))
    measure = KeyFilter(field_name="measure", label=_("Measure"))
    classification = django_filters.ChoiceFilter(choices=Evidence.Classification.choices, label=_("Classification"))
    in_force = django_filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", label=_("Not withdrawn"))
