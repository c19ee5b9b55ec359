"""How measures and what hangs on them are written out, and what their verbs take."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.api import Name, Typed
from core.api.inputs import inputs_of
from measures.fields import FIELDS, PLAIN_FIELDS
from measures.models import Evidence, EvidenceVersion, Extension, Measure, Milestone, ProgressReport
from measures.permissions import RULES, abilities


class MeasureSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    leader = Name(allow_null=True)
    lead_unit = Name(allow_null=True)
    supporting_units = Name(many=True)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Measure.Kind.choices))
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Measure
        fields = [
            "id",
            "inspection",
            "issue",
            "code",
            *(field.name for field in FIELDS if field.in_api),
            "status",
            "is_overdue",
            "cancellation_reason",
        ]

    def get_is_overdue(self, measure: Measure) -> bool:
        return measure.is_overdue(timezone.localdate())


class OneMeasureSerializer(MeasureSerializer):
    """One measure, with the verbs that the person can use on it now."""

    abilities = serializers.SerializerMethodField()

    class Meta(MeasureSerializer.Meta):
        fields = [*MeasureSerializer.Meta.fields, "abilities"]

    def get_abilities(self, measure: Measure) -> list[str]:
        able = abilities(self.context["request"].user, measure)
        return [name for name in RULES if name in able]


class MilestoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["id", "measure", "position", "title", "due_on", "reached_on"]


class ReportSerializer(serializers.ModelSerializer):
    by = Name()
    unit = Name(allow_null=True)

    class Meta:
        model = ProgressReport
        fields = ["id", "measure", "text", "by", "unit", "at"]


class ExtensionSerializer(serializers.ModelSerializer):
    requested_by = Name()
    decided_by = Name(allow_null=True)

    class Meta:
        model = Extension
        fields = [
            "id",
            "measure",
            "old_deadline",
            "new_deadline",
            "reason",
            "status",
            "requested_by",
            "requested_at",
            "decided_by",
            "decided_at",
            "note",
        ]


class VersionSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    kind = serializers.CharField(source="file.kind")
    by = Name()
    unit = Name(allow_null=True)

    class Meta:
        model = EvidenceVersion
        fields = ["id", "number", "name", "size", "sha256", "kind", "by", "unit", "at"]


class EvidenceSerializer(serializers.ModelSerializer):
    """What is known of evidence; its files are downloaded from their page."""

    inspection = serializers.CharField(source="inspection.code")
    withdrawn_by = Name(allow_null=True)
    versions = VersionSerializer(many=True)

    class Meta:
        model = Evidence
        fields = [
            "id",
            "inspection",
            "issue",
            "measure",
            "position",
            "about_on",
            "classification",
            "withdrawn_at",
            "withdrawn_by",
            "withdrawal_reason",
            "versions",
        ]


class Report(Typed):
    text = serializers.CharField()
    reached = serializers.PrimaryKeyRelatedField(queryset=Milestone.objects.none(), many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        """Milestones are those of the measure."""
        fields = super().get_fields()
        if "measure" in self.context:
            fields["reached"].child_relation.queryset = self.context["measure"].milestones.all()
        return fields


class Reason(Typed):
    reason = serializers.CharField()


class ExtensionAsked(Typed):
    new_deadline = serializers.DateField()
    reason = serializers.CharField()


class Note(Typed):
    note = serializers.CharField(allow_blank=True, required=False, default="")


class NoteOfRefusal(Typed):
    note = serializers.CharField()


class Stage(Typed):
    title = serializers.CharField()
    due_on = serializers.DateField()


class _OfOrganisation(Typed):
    """Leaders and units are those that the organisation of the measure, or of its issue, can name."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        measure, organisation = self.context.get("measure"), self.context.get("organisation")
        if measure is not None:
            organisation = measure.inspection.organisation
        if organisation is not None:
            fields["leader"].queryset = possible_leaders(organisation)
            fields["lead_unit"].queryset = possible_units(organisation)
            if "supporting_units" in fields:
                fields["supporting_units"].child_relation.queryset = possible_units(organisation)
        return fields


class HandOver(_OfOrganisation):
    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), required=False)
    reason = serializers.CharField()


class Edit(_OfOrganisation):
    """What is left out stays as it is."""

    text = serializers.CharField(required=False)
    mode = serializers.ChoiceField(choices=Measure.Mode.choices, required=False)
    kinds = serializers.MultipleChoiceField(choices=Measure.Kind.choices, required=False)
    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), required=False)
    supporting_units = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), many=True, required=False)
    deadline = serializers.DateField(allow_null=True, required=False)
    milestones = Stage(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        """Plain fields are taken as the table has them."""
        return inputs_of(Measure, PLAIN_FIELDS) | super().get_fields()
