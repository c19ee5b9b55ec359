"""The filters of weekly snapshots."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reporting.models import Snapshot, Week


class SnapshotFilter(django_filters.FilterSet):
    """`inspection` is a code, `week` a label such as `2026-W47`; what is neither gives an empty list."""

    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    year = django_filters.NumberFilter(field_name="year", label=_("Year"))
    week = django_filters.CharFilter(method="of_week", label=_("Week"))

    class Meta:
        model = Snapshot
        fields: list[str] = []

    def of_week(self, snapshots: Any, _name: str, label: str) -> QuerySet[Snapshot]:
        try:
            found: QuerySet[Snapshot] = snapshots.of_week(Week.read(label))
        except ValueError:
            return snapshots.none()
        return found
