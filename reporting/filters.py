"""The filters of weekly snapshots."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reporting.models import Snapshot, SnapshotQuerySet, Week


class SnapshotFilter(django_filters.FilterSet):
    """`inspection` is a code, `week` a label such as `2026-W47`; what is neither gives an empty list."""

    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    year = django_filters.NumberFilter(field_name="year", label=_("Year"))
    week = django_filters.CharFilter(method="of_week", label=_("Week"))

    class Meta:
        model = Snapshot
        fields: list[str] = []

    def of_week(self, snapshots: SnapshotQuerySet, _name: str, label: str) -> QuerySet[Snapshot]:
        try:
            week = Week.read(label)
        except ValueError:
            return snapshots.none()
        return snapshots.of_week(week)
