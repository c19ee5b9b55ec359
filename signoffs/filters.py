"""The filters of applications: the same for the page and the API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import KeyFilter
from signoffs.models import Application, Decision
from signoffs.queries import KINDS


class ApplicationFilter(django_filters.FilterSet):
    """Expects applications that went through `visible_to`; what is unknown or unseen gives an empty list."""

    q = django_filters.CharFilter(method="with_text", label=_("Text or code"))
    status = django_filters.ChoiceFilter(choices=Application.Status.choices, label=_("State"))
    kind = django_filters.ChoiceFilter(choices=KINDS, method="of_kind", label=_("Applied for"))
    unit = KeyFilter(field_name="unit", label=_("Unit"))
    measure = KeyFilter(field_name="measure", label=_("Measure"))
    issue = KeyFilter(field_name="issue", label=_("Issue"))
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    step = KeyFilter(field_name="step", label=_("Step"))
    ground = django_filters.ChoiceFilter(choices=Decision.Ground.choices, method="returned_for", label=_("Ground"))

    class Meta:
        model = Application
        fields: list[str] = []

    def with_text(self, rows: QuerySet[Application], _name: str, words: str) -> QuerySet[Application]:
        """Keep those in whose measure or issue every word occurs, or whose code begins so."""
        for word in words.split():
            in_text = Q(measure__text__icontains=word) | Q(issue__text__icontains=word)
            rows = rows.filter(in_text | Q(measure__code__startswith=word) | Q(issue__code__startswith=word))
        return rows

    def of_kind(self, rows: QuerySet[Application], _name: str, kind: str) -> QuerySet[Application]:
        return rows.filter(measure__isnull=kind == "closure")

    def returned_for(self, rows: QuerySet[Application], _name: str, ground: str) -> Any:
        return rows.filter(pk__in=Decision.objects.filter(ground=ground).values("application"))
