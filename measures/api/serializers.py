"""How measures and what belongs to them are written out, and what their actions take."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.api import AbilitiesField, ReferenceSerializer, StrictSerializer
from core.api.inputs import inputs_of
from measures.fields import FIELDS, PLAIN_FIELDS
from measures.models import Evidence, EvidenceVersion, Extension, Measure, Milestone, ProgressReport


class MeasureSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    leader = ReferenceSerializer(allow_null=True)
    lead_unit = ReferenceSerializer(allow_null=True)
    supporting_units = ReferenceSerializer(many=True)
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


class MeasureDetailSerializer(MeasureSerializer):
    """One measure, with what the person can do with it now."""

    abilities = AbilitiesField()

    class Meta(MeasureSerializer.Meta):
        fields = [*MeasureSerializer.Meta.fields, "abilities"]


class MilestoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["id", "measure", "position", "title", "due_on", "reached_on"]


class ProgressReportSerializer(serializers.ModelSerializer):
    by = ReferenceSerializer()
    unit = ReferenceSerializer(allow_null=True)

    class Meta:
        model = ProgressReport
        fields = ["id", "measure", "text", "by", "unit", "at"]


class ExtensionSerializer(serializers.ModelSerializer):
    requested_by = ReferenceSerializer()
    decided_by = ReferenceSerializer(allow_null=True)

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


class EvidenceVersionSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    kind = serializers.CharField(source="file.kind")
    by = ReferenceSerializer()
    unit = ReferenceSerializer(allow_null=True)

    class Meta:
        model = EvidenceVersion
        fields = ["id", "number", "name", "size", "sha256", "kind", "by", "unit", "at"]


class EvidenceSerializer(serializers.ModelSerializer):
    """What is known of evidence; its files are downloaded by version."""

    inspection = serializers.CharField(source="inspection.code")
    withdrawn_by = ReferenceSerializer(allow_null=True)
    versions = EvidenceVersionSerializer(many=True)

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


class ReportProgressSerializer(StrictSerializer):
    text = serializers.CharField()
    reached = serializers.PrimaryKeyRelatedField(queryset=Milestone.objects.none(), many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        """Milestones are those of the measure."""
        fields = super().get_fields()
        if "measure" in self.context:
            fields["reached"].child_relation.queryset = self.context["measure"].milestones.all()
        return fields


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField()


class RequestExtensionSerializer(StrictSerializer):
    new_deadline = serializers.DateField()
    reason = serializers.CharField()


class GrantExtensionSerializer(StrictSerializer):
    note = serializers.CharField(allow_blank=True, required=False, default="")


class RefuseExtensionSerializer(StrictSerializer):
    note = serializers.CharField()


class StageSerializer(StrictSerializer):
    title = serializers.CharField()
    due_on = serializers.DateField()


class _PlanSerializer(StrictSerializer):
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


class HandOverSerializer(_PlanSerializer):
    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), required=False)
    reason = serializers.CharField()


class EditMeasureSerializer(_PlanSerializer):
    """What is left out stays as it is."""

    text = serializers.CharField(required=False)
    mode = serializers.ChoiceField(choices=Measure.Mode.choices, required=False)
    kinds = serializers.MultipleChoiceField(choices=Measure.Kind.choices, required=False)
    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), required=False)
    supporting_units = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), many=True, required=False)
    deadline = serializers.DateField(allow_null=True, required=False)
    milestones = StageSerializer(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        """Plain fields are taken as the table has them."""
        return inputs_of(Measure, PLAIN_FIELDS) | super().get_fields()


class PlanMeasureSerializer(EditMeasureSerializer):
    """A measure of the plan: the `issue` that it is for, what an edit may change, and what no plan goes without."""

    REQUIRED = ("text", "leader", "lead_unit")
    issue = serializers.IntegerField(min_value=1)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in self.REQUIRED:
            fields[name].required = True
        return fields
