"""Units and people of one's own organisations, by name: what rows of other models mention."""

from typing import Any

from rest_framework import serializers

from accounts.models import Unit, User
from accounts.permissions import visible_units, visible_users
from core.api import Name, Rows


class UnitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Unit
        fields = ["id", "name", "short_name", "parent", "is_active"]


class UnitRows(Rows):
    """Units of the organisations that the person belongs to."""

    queryset = Unit.objects.order_by("path")
    serializer_class = UnitSerializer
    filterset_fields = ["is_active"]

    def get_queryset(self) -> Any:
        return visible_units(self.request.user).order_by("path")


class UserSerializer(serializers.ModelSerializer):
    unit = Name(allow_null=True)

    class Meta:
        model = User
        fields = ["id", "name", "unit", "is_active"]


class UserRows(Rows):
    """People and posts of the organisations that the person belongs to: names, no log-ins and no roles."""

    queryset = User.objects.order_by("name", "id")
    serializer_class = UserSerializer
    filterset_fields = ["is_active"]

    def get_queryset(self) -> Any:
        return visible_users(self.request.user).select_related("unit").order_by("name", "id")
