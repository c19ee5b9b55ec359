"""How an import is written out: what it is, how far it is, what confirming it would do to the ledger."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import AbilitiesField, ReferenceSerializer
from core.exceptions import RuleViolation
from imports.models import Import
from imports.services.imports import base_of, preview
from jobs.api import JobSerializer
from readers.notice.summary import summary

UNDERSTOOD = ("title", "organisation", "layout", "preamble", "closing", "tree")


class ImportSerializer(serializers.ModelSerializer):
    """`job` reads a large workbook, or writes what was confirmed; `outcome` counts what was written."""

    inspection = serializers.CharField(source="inspection.code", allow_null=True)
    organisation = ReferenceSerializer(allow_null=True)
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    kind = serializers.CharField(source="file.kind")
    by = ReferenceSerializer()
    job = JobSerializer(allow_null=True)
    outcome = serializers.DictField(child=serializers.IntegerField(), allow_null=True)

    class Meta:
        model = Import
        fields = ["id", "code", "inspection", "organisation", "name", "size", "sha256", "kind", "status", "by", "at"]
        fields += ["job", "outcome"]


class ImportPreviewSerializer(serializers.Serializer):
    """What confirming would do. `outcome` holds the counts, what is `missing`, the `errors` (by `line`, of workbooks
    by `cell` too), what was `unread`, and `absent`: in the ledger and not in the file.

    Of a notice `tree` holds all that was understood; of a workbook `outcome.rows` the first rows that are new or
    changed.
    """

    base_seq = serializers.IntegerField()
    is_outdated = serializers.BooleanField()
    title = serializers.CharField()
    organisation = serializers.CharField()
    layout = serializers.CharField()
    preamble = serializers.CharField()
    closing = serializers.CharField()
    tree = serializers.JSONField()
    outcome = serializers.JSONField()


class ImportDetailSerializer(ImportSerializer):
    """One import with its preview, or with why there is none; neither while its job is at work and when it is over."""

    preview = serializers.SerializerMethodField()
    blocked = serializers.SerializerMethodField()
    abilities = AbilitiesField()

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "preview", "blocked", "abilities"]

    @extend_schema_field(ImportPreviewSerializer(allow_null=True))
    def get_preview(self, source: Import) -> dict[str, Any] | None:
        return self._preview(source)[0]

    def get_blocked(self, source: Import) -> str:
        return self._preview(source)[1]

    def _preview(self, source: Any) -> tuple[dict[str, Any] | None, str]:
        """The preview, or why there is none; it is worked out once for each answer."""
        if not hasattr(source, "api_preview"):
            source.api_preview = _preview(source)
        result: tuple[dict[str, Any] | None, str] = source.api_preview
        return result


def _preview(source: Import) -> tuple[dict[str, Any] | None, str]:
    if source.status != Import.Status.READ or source.is_at_work:
        return None, ""
    try:
        plan = preview(source)
    except RuleViolation as refusal:
        return None, str(refusal.message)
    base_seq, is_outdated = base_of(source, plan)
    whole = summary(plan.reading, _)
    understood = {name: whole[name] for name in UNDERSTOOD}
    return {"base_seq": base_seq, "is_outdated": is_outdated, **understood, "outcome": plan.outcome()}, ""
