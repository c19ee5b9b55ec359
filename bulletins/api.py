"""Bulletins with their verbs: the figures as data, the same as on the papers."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bulletins.filters import BulletinFilter
from bulletins.models import LONGEST_TEXT, Bulletin
from bulletins.permissions import abilities
from bulletins.services import correct_bulletin, edit_bulletin, publish_bulletin
from core.api import Name, Rows, Typed, verb


class BulletinSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    organisation = Name()
    week_label = serializers.CharField()
    published_by = Name(allow_null=True)

    class Meta:
        model = Bulletin
        fields = [
            "id",
            "inspection",
            "organisation",
            "year",
            "week",
            "week_label",
            "edition",
            "corrects",
            "correction_reason",
            "title",
            "status",
            "number",
            "number_year",
            "drafted_at",
            "published_at",
            "published_by",
            "chain_seq",
            "chain_hash",
        ]


class OneBulletinSerializer(BulletinSerializer):
    """One bulletin with its figures and lists, its text, and the verbs that the person can use on it now."""

    content = serializers.JSONField()
    abilities = serializers.SerializerMethodField()

    class Meta(BulletinSerializer.Meta):
        fields = [*BulletinSerializer.Meta.fields, *Bulletin.TEXTS, "version", "content", "abilities"]

    def get_abilities(self, bulletin: Bulletin) -> list[str]:
        return sorted(abilities(self.context["request"].user, bulletin))


class Seen(Typed):
    """`version` is that of the text that the caller saw."""

    version = serializers.IntegerField(min_value=1)


class Texts(Seen):
    opening = serializers.CharField(allow_blank=True, required=False, max_length=LONGEST_TEXT)
    asked = serializers.CharField(allow_blank=True, required=False, max_length=LONGEST_TEXT)
    outlook = serializers.CharField(allow_blank=True, required=False, max_length=LONGEST_TEXT)


class Correction(Typed):
    reason = serializers.CharField()


class BulletinRows(Rows):
    """Bulletins, the latest week first; who is not of the office sees the published ones."""

    queryset = Bulletin.objects.select_related("inspection", "organisation", "published_by")
    serializer_class = BulletinSerializer
    filterset_class = BulletinFilter

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("-year", "-week", "-edition", "-id")
        return rows.defer("content") if self.action == "list" else rows.select_related("corrected_by")

    def get_serializer_class(self) -> Any:
        return BulletinSerializer if self.action == "list" else OneBulletinSerializer

    @verb("edit", Texts)
    def edit(self, request: Request, pk: str) -> Response:
        bulletin, sent = self.get_object(), self.typed(Texts)
        edit_bulletin(bulletin=bulletin, version=sent.pop("version"), values=sent, **self.now())
        return self.shown(bulletin)

    @verb("publish", Seen)
    def publish(self, request: Request, pk: str) -> Response:
        bulletin = self.get_object()
        publish_bulletin(bulletin=bulletin, **self.now(), **self.typed(Seen))
        return self.shown(bulletin)

    @verb("correct", Correction)
    def correct(self, request: Request, pk: str) -> Response:
        """Answers with the draft of the next edition."""
        made = correct_bulletin(bulletin=self.get_object(), **self.now(), **self.typed(Correction))
        return self.shown(made)
