"""Units and people of one's own organisations, by name; who one is oneself, and the tokens that act for one."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, Appointment, Unit, User
from accounts.permissions import is_auditor, is_system_admin, visible_units, visible_users
from accounts.services import revoke_token
from core.api import Name, Nothing, Rows, Single, verb


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


class AppointmentSerializer(serializers.ModelSerializer):
    unit = Name()

    class Meta:
        model = Appointment
        fields = ["role", "unit", "since", "until"]


class AccountSerializer(serializers.ModelSerializer):
    """The person that the request acts for, with the roles of today."""

    unit = Name(allow_null=True)
    roles = serializers.SerializerMethodField()
    is_system_admin = serializers.SerializerMethodField()
    is_auditor = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "name", "email", "unit", "roles", "is_system_admin", "is_auditor"]

    @extend_schema_field(AppointmentSerializer(many=True))
    def get_roles(self, user: User) -> Any:
        held = Appointment.objects.in_force(timezone.localdate()).filter(user=user).select_related("unit")
        return AppointmentSerializer(held.order_by("id"), many=True).data

    def get_is_system_admin(self, user: User) -> bool:
        return is_system_admin(user)

    def get_is_auditor(self, user: User) -> bool:
        return is_auditor(user)


class AccountRows(Single):
    """Who one is. The password is changed on the page alone: a stolen token must not lock its owner out."""

    serializer_class = AccountSerializer

    @extend_schema(responses=AccountSerializer)
    def list(self, request: Request) -> Response:
        self.asked(Nothing)
        return Response(self.get_serializer(request.user).data)


class TokenSerializer(serializers.ModelSerializer):
    """`shown` is the beginning, to tell it by; the rest is kept nowhere."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scope", "shown", "state", "created_at", "expires_at", "last_used_at", "revoked_at"]

    @extend_schema_field({"type": "string", "enum": ["in_force", "expired", "revoked"]})
    def get_state(self, token: ApiToken) -> str:
        return token.state(timezone.now())


class TokenRows(Rows):
    """One's own tokens, the latest first.

    None is made here: a token that made others would outlive its own end, and whoever had got hold of it could not be
    shut out by revoking it.
    """

    queryset = ApiToken.objects.order_by("-created_at", "-id")
    serializer_class = TokenSerializer
    filterset_fields = ["scope"]

    @verb("revoke", Nothing)
    def revoke(self, request: Request, pk: str) -> Response:
        token = self.get_object()
        self.typed(Nothing)
        revoke_token(token=token, **self.now())
        return self.shown(token)
