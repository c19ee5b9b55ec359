"""Bulletins with their actions: the figures as data, the same as on the papers, and the papers themselves."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bulletins.filters import BulletinFilter
from bulletins.models import LONGEST_TEXT, Bulletin
from bulletins.permissions import abilities, holds_role, require, require_draft_reader
from bulletins.queries import history_of_bulletin
from bulletins.services import correct_bulletin, edit_bulletin, next_number, publish_bulletin
from bulletins.services.exports import FORMATS, request_bulletin_paper
from bulletins.services.papers import sections_of
from bulletins.services.papers.sections import Grid, Section
from bulletins.services.redaction import public_sections
from core.api import (
    AbilitiesField,
    HistoryEntrySerializer,
    ReadOnlyViewSet,
    ReferenceSerializer,
    StrictSerializer,
    crud_method,
    get_action,
    post_action,
)
from issues.queries import known_names, names_in
from jobs.api import JobSerializer, accepted


class BulletinSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    organisation = ReferenceSerializer()
    week_label = serializers.CharField()
    published_by = ReferenceSerializer(allow_null=True)

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


class BulletinDetailSerializer(BulletinSerializer):
    """One bulletin with its figures and lists, its text, and what the person can do with it now."""

    content = serializers.JSONField()
    abilities = AbilitiesField()

    class Meta(BulletinSerializer.Meta):
        fields = [*BulletinSerializer.Meta.fields, *Bulletin.TEXTS, "version", "content", "abilities"]


class BulletinVersionSerializer(StrictSerializer):
    """`version` is that of the text that the caller saw."""

    version = serializers.IntegerField(min_value=1)


class PreviewBulletinSerializer(StrictSerializer):
    """Texts to look at; what is left out is as it is saved."""

    opening = serializers.CharField(allow_blank=True, required=False, max_length=LONGEST_TEXT)
    requirements = serializers.CharField(allow_blank=True, required=False, max_length=LONGEST_TEXT)
    outlook = serializers.CharField(allow_blank=True, required=False, max_length=LONGEST_TEXT)


class EditBulletinSerializer(BulletinVersionSerializer, PreviewBulletinSerializer):
    """What is left out stays as it is."""


class GridSerializer(serializers.Serializer):
    """A table; `missing` takes its place where it has no rows."""

    key = serializers.CharField()
    caption = serializers.CharField()
    columns = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()
    missing = serializers.CharField()
    note = serializers.CharField()

    def get_columns(self, grid: Grid) -> list[str]:
        return [column.name for column in grid.columns]

    def get_rows(self, grid: Grid) -> list[list[str]]:
        return [[str(cell) for cell in row] for row in grid.rows]


class SectionSerializer(serializers.Serializer):
    """One part of the paper: heading, paragraphs, tables, then the texts of the office by their fields."""

    key = serializers.CharField()
    heading = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())
    grids = GridSerializer(many=True)
    texts = serializers.SerializerMethodField()
    missing = serializers.CharField()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_texts(self, section: Section) -> dict[str, str]:
        return dict(section.texts)


class BulletinPreviewSerializer(serializers.Serializer):
    """The paper with these texts, the number that it would get if published now, and the people that they name."""

    number = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField())
    sections = SectionSerializer(many=True)


class BulletinFormatSerializer(StrictSerializer):
    format = serializers.ChoiceField(choices=FORMATS)


class CorrectBulletinSerializer(StrictSerializer):
    reason = serializers.CharField()


class BulletinViewSet(ReadOnlyViewSet):
    """Bulletins, the latest week first; who is not of the office sees the published ones."""

    queryset = Bulletin.objects.select_related("inspection", "organisation", "published_by")
    serializer_class = BulletinSerializer
    filterset_class = BulletinFilter

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("-year", "-week", "-edition", "-id")
        return rows.defer("content") if self.action == "list" else rows.select_related("corrected_by")

    def get_serializer_class(self) -> Any:
        return BulletinSerializer if self.action == "list" else BulletinDetailSerializer

    def services_for(self, row: Bulletin) -> set[str]:
        user = self.request.user
        may_preview = holds_role(user, "edit_bulletin", row)
        # Each bulletin that one sees is given out as a file, too.
        return {"request_bulletin_paper", *abilities(user, row), *(["preview_bulletin"] if may_preview else [])}

    @crud_method(EditBulletinSerializer, service="edit_bulletin")
    def partial_update(self, request: Request, pk: str) -> Response:
        bulletin, values = self.get_object(), self.validated(EditBulletinSerializer)
        edit_bulletin(bulletin=bulletin, version=values.pop("version"), values=values, **self.actor_and_time())
        return self.response_for(bulletin)

    @post_action("preview", PreviewBulletinSerializer, BulletinPreviewSerializer, service="preview_bulletin")
    def preview(self, request: Request, pk: str) -> Response:
        """What the paper would be with these texts. Nothing is saved."""
        bulletin = self.get_object()
        require(request.user, "edit_bulletin", bulletin)
        texts = {**bulletin.texts, **self.validated(PreviewBulletinSerializer)}
        known, year = known_names(), timezone.localtime().year
        preview = {
            "number": bulletin.number or next_number(bulletin, year=year),
            "names": list(dict.fromkeys(name for words in texts.values() for name in names_in(words, known))),
            "sections": sections_of(bulletin.content, texts),
        }
        return Response(BulletinPreviewSerializer(preview).data)

    @get_action("public-preview", SectionSerializer(many=True))
    def public_preview(self, request: Request, pk: str) -> Response:
        """The paper as the public reads it, as things are decided now; for those who read drafts."""
        bulletin = self.get_object()
        require_draft_reader(request.user, bulletin)
        return Response(SectionSerializer(public_sections(bulletin), many=True).data)

    @get_action("history", HistoryEntrySerializer(many=True))
    def history(self, request: Request, pk: str) -> Response:
        """What happened to the bulletin, the latest first; for those who read drafts."""
        bulletin = self.get_object()
        require_draft_reader(request.user, bulletin)
        return Response(HistoryEntrySerializer(history_of_bulletin(bulletin), many=True).data)

    @post_action("export", BulletinFormatSerializer, {202: JobSerializer}, service="request_bulletin_paper")
    def export(self, request: Request, pk: str) -> Response:
        """Request the bulletin as a file: the answer is the job, its result the file."""
        bulletin, kind = self.get_object(), self.validated(BulletinFormatSerializer)["format"]
        return accepted(request_bulletin_paper(bulletin=bulletin, kind=kind, **self.actor_and_time()))

    @post_action("publish", BulletinVersionSerializer, service="publish_bulletin")
    def publish(self, request: Request, pk: str) -> Response:
        bulletin = self.get_object()
        publish_bulletin(bulletin=bulletin, **self.actor_and_time(), **self.validated(BulletinVersionSerializer))
        return self.response_for(bulletin)

    @post_action("correct", CorrectBulletinSerializer, service="correct_bulletin")
    def correct(self, request: Request, pk: str) -> Response:
        """Answers with the draft of the next edition."""
        values = self.validated(CorrectBulletinSerializer)
        return self.response_for(correct_bulletin(bulletin=self.get_object(), **values, **self.actor_and_time()))
