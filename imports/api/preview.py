"""How an import is written out: what it is, how far it is, what confirming it would do to the ledger."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Name
from core.exceptions import RuleViolation
from imports.models import Import
from imports.permissions import import_abilities
from imports.services.imports import base_of, preview
from jobs.api import JobSerializer
from readers.notice.summary import summary

UNDERSTOOD = ("title", "organisation", "layout", "preamble", "closing", "tree")


class ImportSerializer(serializers.ModelSerializer):
    """`job` reads a large workbook, or writes what was confirmed; `outcome` counts what was written."""

    inspection = serializers.CharField(source="inspection.code", allow_null=True)
    organisation = Name(allow_null=True)
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    kind = serializers.CharField(source="file.kind")
    by = Name()
    job = JobSerializer(allow_null=True)
    outcome = serializers.DictField(child=serializers.IntegerField(), allow_null=True)

    class Meta:
        model = Import
        fields = ["id", "code", "inspection", "organisation", "name", "size", "sha256", "kind", "status", "by", "at"]
        fields += ["job", "outcome"]


class Preview(serializers.Serializer):
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


class OneImportSerializer(ImportSerializer):
    """One import with its preview, or with what hinders one; neither while its job is at work and when it is over."""

    preview = serializers.SerializerMethodField()
    hindered = serializers.SerializerMethodField()
    abilities = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "preview", "hindered", "abilities"]

    @extend_schema_field(Preview(allow_null=True))
    def get_preview(self, source: Import) -> dict[str, Any] | None:
        return self._looked_at(source)[0]

    def get_hindered(self, source: Import) -> str:
        return self._looked_at(source)[1]

    def get_abilities(self, source: Import) -> list[str]:
        return import_abilities(self.context["request"].user, source)

    def _looked_at(self, source: Any) -> tuple[dict[str, Any] | None, str]:
        """The preview, or why there is none; it is worked out once for each answer."""
        if not hasattr(source, "looked_at"):
            source.looked_at = _looked_at(source)
        found: tuple[dict[str, Any] | None, str] = source.looked_at
        return found


def _looked_at(source: Import) -> tuple[dict[str, Any] | None, str]:
    if source.status != Import.Status.READ or source.is_at_work:
        return None, ""
    try:
        plan = preview(source)
    except RuleViolation as refusal:
        return None, str(refusal.message)
    base_seq, is_outdated = base_of(source, plan)
    understood = summary(plan.reading, _)
    told = {name: understood[name] for name in UNDERSTOOD}
    return {"base_seq": base_seq, "is_outdated": is_outdated, **told, "outcome": plan.outcome()}, ""
