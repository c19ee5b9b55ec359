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
from core.api import EmptySerializer, ReadOnlyViewSet, ReferenceSerializer, SingletonViewSet, post_action


class UnitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Unit
        fields = ["id", "name", "short_name", "parent", "is_active"]


class UnitViewSet(ReadOnlyViewSet):
    """Units of the organisations that the person belongs to."""

    queryset = Unit.objects.order_by("path")
    serializer_class = UnitSerializer
    filterset_fields = ["is_active"]

    def get_queryset(self) -> Any:
        return visible_units(self.request.user).order_by("path")


class UserSerializer(serializers.ModelSerializer):
    unit = ReferenceSerializer(allow_null=True)

    class Meta:
        model = User
        fields = ["id", "name", "unit", "is_active"]


class UserViewSet(ReadOnlyViewSet):
    """People and posts of the organisations that the person belongs to: names, no log-ins and no roles."""

    queryset = User.objects.order_by("name", "id")
    serializer_class = UserSerializer
    filterset_fields = ["is_active"]

    def get_queryset(self) -> Any:
        return visible_users(self.request.user).select_related("unit").order_by("name", "id")


class AppointmentSerializer(serializers.ModelSerializer):
    unit = ReferenceSerializer()

    class Meta:
        model = Appointment
        fields = ["role", "unit", "since", "until"]


class AccountSerializer(serializers.ModelSerializer):
    """The person that the request acts for, with the roles of today."""

    unit = ReferenceSerializer(allow_null=True)
    roles = serializers.SerializerMethodField()
    is_system_admin = serializers.SerializerMethodField()
    is_auditor = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "name", "email", "unit", "roles", "is_system_admin", "is_auditor"]

    @extend_schema_field(AppointmentSerializer(many=True))
    def get_roles(self, user: User) -> Any:
        appointments = Appointment.objects.in_force(timezone.localdate()).filter(user=user).select_related("unit")
        return AppointmentSerializer(appointments.order_by("id"), many=True).data

    def get_is_system_admin(self, user: User) -> bool:
        return is_system_admin(user)

    def get_is_auditor(self, user: User) -> bool:
        return is_auditor(user)


class AccountViewSet(SingletonViewSet):
    """Who one is. The password is changed on the page alone: a stolen token must not lock its owner out."""

    serializer_class = AccountSerializer

    @extend_schema(responses=AccountSerializer)
    def retrieve(self, request: Request) -> Response:
        self.validated_query(EmptySerializer)
        return Response(self.get_serializer(request.user).data)


class TokenSerializer(serializers.ModelSerializer):
    """`prefix` is the beginning, to know it by; the rest is stored nowhere."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scope", "prefix", "state", "created_at", "expires_at", "last_used_at", "revoked_at"]

    @extend_schema_field({"type": "string", "enum": ["in_force", "expired", "revoked"]})
    def get_state(self, token: ApiToken) -> str:
        return token.state(timezone.now())


class TokenViewSet(ReadOnlyViewSet):
    """One's own tokens, the latest first.

    None is created here: a token that created others would outlive its own end, and a thief of it could not be shut
    out by revoking it.
    """

    queryset = ApiToken.objects.order_by("-created_at", "-id")
    serializer_class = TokenSerializer
    filterset_fields = ["scope"]

    @post_action("revoke", EmptySerializer, service="revoke_token")
    def revoke(self, request: Request, pk: str) -> Response:
        token = self.get_object()
        self.validated(EmptySerializer)
        revoke_token(token=token, **self.actor_and_time())
        return self.response_for(token)
