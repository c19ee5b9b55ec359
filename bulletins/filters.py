"""The filters of bulletins: the same for the page and the API."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulletins.models import Bulletin


class BulletinFilter(django_filters.FilterSet):
    """Expects bulletins that went through `visible_to`; what is unknown or unseen gives an empty list."""

    q = django_filters.CharFilter(method="with_words", label=_("Title or text"))
    year = django_filters.NumberFilter(method="of_year", label=_("Year"))
    status = django_filters.ChoiceFilter(choices=Bulletin.Status.choices, label=_("State"))
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))

    class Meta:
        model = Bulletin
        fields: list[str] = []

    def with_words(self, rows: QuerySet[Bulletin], _name: str, words: str) -> QuerySet[Bulletin]:
        return rows.search(words)  # type: ignore[attr-defined]

    def of_year(self, rows: QuerySet[Bulletin], _name: str, year: int) -> QuerySet[Bulletin]:
        """Keep those numbered in the year, and drafts of its weeks."""
        return rows.filter(Q(number_year=year) | Q(number_year=None, year=year))
