"""The trail over the API, for auditors: its chains, their verification and that of a document, the events."""

from typing import Any

import django_filters
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Chain, Event
from core.api import EmptySerializer, ReadOnlyViewSet, StrictSerializer, get_action, post_action
from core.filters import LARGEST, KeyFilter
from jobs.api import JobSerializer, accepted
from signoffs.services.audit import (
    ChainState,
    ask_for_verification,
    chains_of,
    require_auditor,
    states_of,
    verify_document,
)


class AuditorViewSet(ReadOnlyViewSet):
    """What auditors alone read."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_auditor(request.user)


class EventFilter(django_filters.FilterSet):
    chain = django_filters.CharFilter(field_name="chain__key")
    verb = django_filters.CharFilter(field_name="verb")
    kind = django_filters.CharFilter(field_name="kind")
    object = KeyFilter(field_name="object_id")
    after_seq = KeyFilter(field_name="seq", lookup_expr="gt")


class EventSerializer(serializers.ModelSerializer):
    """`text` is the canonical text that was hashed with `previous_hash`."""

    chain = serializers.CharField(source="chain.key")

    class Meta:
        model = Event
        fields = ["id", "chain", "seq", "at", "actor_id", "actor_label", "verb", "kind", "object_id"]
        fields += ["text", "previous_hash", "hash"]


class EventViewSet(AuditorViewSet):
    """The trail, for auditors: events of the chains that they may verify, in their order."""

    queryset = Event.objects.select_related("chain").order_by("chain", "seq")
    serializer_class = EventSerializer
    filterset_class = EventFilter

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.filter(chain__key__in=chains_of(self.request.user))


class AuditChainSerializer(serializers.ModelSerializer):
    """A chain with its head and its last verification; `state` is the result in one word."""

    name = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    verified_at = serializers.SerializerMethodField()
    verified_by = serializers.SerializerMethodField()
    faults = serializers.SerializerMethodField()

    class Meta:
        model = Chain
        fields = ["id", "key", "name", "head_seq", "head_hash", "state", "verified_at", "verified_by", "faults"]

    def _state(self, chain: Chain) -> ChainState:
        state: ChainState = self.context["view"].state_by_chain[chain.pk]
        return state

    def get_name(self, chain: Chain) -> str:
        return str(self._state(chain).name)

    @extend_schema_field({"type": "string", "enum": ["unverified", "whole", "broken"]})
    def get_state(self, chain: Chain) -> str:
        return self._state(chain).state

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_verified_at(self, chain: Chain) -> Any:
        return self._state(chain).verified_at

    def get_verified_by(self, chain: Chain) -> str:
        return self._state(chain).verified_by

    def get_faults(self, chain: Chain) -> int | None:
        """How many faults the last verification lists; null before the first one."""
        faults: int | None = self._state(chain).result.get("faults")
        return faults


class VerifyDocumentSerializer(StrictSerializer):
    """A number and a hash, or its first eight characters at least, as they are printed on a document."""

    chain = serializers.CharField(max_length=80)
    seq = serializers.IntegerField(min_value=1, max_value=LARGEST)
    hash = serializers.RegexField("^[0-9a-fA-F]{8,64}$")


class DocumentVerificationSerializer(serializers.Serializer):
    """`is_same` says that the hash of the document is that of the event; `event` is null where there is none so far."""

    seq = serializers.IntegerField()
    is_same = serializers.BooleanField()
    event = EventSerializer(allow_null=True)


class AuditChainViewSet(AuditorViewSet):
    """The chains that an auditor may verify."""

    queryset = Chain.objects.order_by("id")
    serializer_class = AuditChainSerializer
    filterset_fields = ["key"]

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.filter(key__in=chains_of(self.request.user))

    @cached_property
    def state_by_chain(self) -> dict[int, ChainState]:
        """What each chain's last verification says, by the id of its row; one query for a whole page."""
        return {state.chain.pk: state for state in states_of(self.request.user)}

    @get_action("verify-document", DocumentVerificationSerializer, VerifyDocumentSerializer, detail=False)
    def verify_document(self, request: Request) -> Response:
        """Compare what a printed document says with the chain."""
        return Response(
            DocumentVerificationSerializer(
                verify_document(by=request.user, **self.validated_query(VerifyDocumentSerializer))
            ).data
        )

    @post_action("verify", EmptySerializer, {202: JobSerializer}, detail=False)
    def verify(self, request: Request) -> Response:
        """Ask for the walk through all of one's chains; the list has the result once the job is done."""
        self.validated(EmptySerializer)
        return accepted(ask_for_verification(**self.actor_and_time()))
