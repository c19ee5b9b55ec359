"""Filters of a ledger under a name, one's own: saved, listed, forgotten."""

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Nothing, Rows, Typed, verb
from ledger.forms.filters import SaveFilterForm
from ledger.models import SavedFilter
from ledger.services.saved_filters import delete_saved_filter, save_filter


class SavedFilterSerializer(serializers.ModelSerializer):
    """`query` is what stands behind the question mark of the ledger's page."""

    inspection = serializers.CharField(source="inspection.code")

    class Meta:
        model = SavedFilter
        fields = ["id", "inspection", "name", "query", "at"]


class FilterSaved(Typed):
    """`query` is kept as far as it is filters of the ledger, their order and folding, as on the page."""

    name = serializers.CharField(max_length=30)
    query = serializers.CharField(max_length=SavedFilter.LONGEST)

    def validate_query(self, query: str) -> str:
        form = SaveFilterForm({"name": "-", "query": query}, today=timezone.localdate())
        kept: str = form.cleaned_data["query"] if form.is_valid() else ""
        if not kept:
            raise serializers.ValidationError(_("There is no filter of the ledger in it."))
        return kept


class SavedFilterFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code")


class SavedFilterRows(Rows):
    """One's own saved filters, of ledgers that one still sees, by name."""

    queryset = SavedFilter.objects.select_related("inspection").order_by("name", "id")
    serializer_class = SavedFilterSerializer
    filterset_class = SavedFilterFilter

    @verb("forget", Nothing, {204: None})
    def forget(self, request: Request, pk: str) -> Response:
        saved = self.get_object()
        self.typed(Nothing)
        delete_saved_filter(saved=saved, by=request.user)
        return Response(status=204)


class SavesFilters:
    """Beside the rows of inspections: the filters of its ledger under a name."""

    @verb("save-filter", FilterSaved, {201: SavedFilterSerializer})
    def save_filter(self: Any, request: Request, code: str) -> Response:
        """Save filters for oneself; under a name that is there already they take the place of the old ones."""
        inspection = self.get_object()
        made = save_filter(inspection=inspection, **self.typed(FilterSaved), **self.now())
        return Response(SavedFilterSerializer(made).data, status=201)
