"""Filters of a ledger under a name, one's own: saved, listed, deleted."""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ReadOnlyViewSet, StrictSerializer, crud_method
from issues.models import Inspection
from ledger.forms.filters import SaveFilterForm
from ledger.models import SavedFilter
from ledger.services.saved_filters import delete_saved_filter, save_filter


class SavedFilterSerializer(serializers.ModelSerializer):
    """`query` is what follows the question mark of the ledger's page."""

    inspection = serializers.CharField(source="inspection.code")

    class Meta:
        model = SavedFilter
        fields = ["id", "inspection", "name", "query", "at"]


class SaveFilterSerializer(StrictSerializer):
    """`inspection` is a code; of `query` the ledger's filters, their order and folding are saved, as on the page."""

    inspection = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=30)
    query = serializers.CharField(max_length=SavedFilter.LONGEST)

    def validate_query(self, query: str) -> str:
        form = SaveFilterForm({"name": "-", "query": query}, today=timezone.localdate())
        filters: str = form.cleaned_data["query"] if form.is_valid() else ""
        if not filters:
            raise serializers.ValidationError(_("It contains no filter of the ledger."))
        return filters


class SavedFilterFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code")


class SavedFilterViewSet(ReadOnlyViewSet):
    """One's own saved filters, of ledgers that one still sees, by name."""

    queryset = SavedFilter.objects.select_related("inspection").order_by("name", "id")
    serializer_class = SavedFilterSerializer
    filterset_class = SavedFilterFilter

    @crud_method(SaveFilterSerializer, {201: SavedFilterSerializer}, service="save_filter")
    def create(self, request: Request) -> Response:
        """Save filters for oneself; under a name that is there already they take the place of the old ones."""
        inspection = self.parent(Inspection.objects.visible_to(request.user), "inspection", "code")
        values = {**self.validated(SaveFilterSerializer), "inspection": inspection}
        return self.response_for(save_filter(**values, **self.actor_and_time()), status=201)

    @crud_method(responses={204: None}, service="delete_saved_filter")
    def destroy(self, request: Request, pk: str) -> Response:
        delete_saved_filter(saved=self.get_object(), by=request.user)
        return Response(status=204)
