"""What the actions of an import take, and the reading of a notice line by line."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Unit
from accounts.permissions import possible_organisations
from accounts.queries import possible_leaders, possible_units
from core.api import StrictSerializer
from core.filters import LARGEST
from imports.forms import correction_choices
from imports.models import Import
from imports.services.corrections import doubts_of
from issues.models import Inspection
from readers.notice.layouts import LAYOUTS
from readers.tree import Reading


class UploadImportSerializer(StrictSerializer):
    """`inspection` is the code of one that exists, `code` that of a new one: one of both."""

    file = serializers.FileField(allow_empty_file=True, max_length=None)
    inspection = serializers.CharField(max_length=40, allow_blank=True, required=False, default="")
    code = serializers.CharField(
        max_length=40,
        allow_blank=True,
        required=False,
        default="",
        validators=Inspection._meta.get_field("code").validators,
    )

    def validate_inspection(self, code: str) -> Inspection | None:
        if not code:
            return None
        inspection: Inspection | None = self.context["inspections"].filter(code=code).first()
        if inspection is None:
            raise serializers.ValidationError([_("Inspection not found or not visible to you.")])
        return inspection


class CorrectReadingSerializer(StrictSerializer):
    """`lines` says by the keys of lines what they are; an empty word takes that back.

    Without a `layout` that which was chosen stays; an empty one leaves it to the reader.
    """

    layout = serializers.CharField(max_length=120, allow_blank=True, required=False)
    lines = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=20), default=dict)

    def validate_lines(self, lines: dict[str, str]) -> dict[str, str]:
        kinds = {"", *(str(kind) for kind, _words in correction_choices())}
        if wrong := sorted(key for key, kind in lines.items() if kind not in kinds):
            message = _("A line must be one of these: %(kinds)s.") % {"kinds": ", ".join(sorted(kinds - {""}))}
            raise serializers.ValidationError({key: [message] for key in wrong})
        return lines


class ConfirmImportSerializer(StrictSerializer):
    """`base_seq` is that of the preview that the caller has read."""

    base_seq = serializers.IntegerField(min_value=0, max_value=LARGEST)


def _keys() -> Any:
    return serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), required=False, default=dict
    )


class MapNamesSerializer(StrictSerializer):
    """`units` and `leaders` give missing names the ids that they mean; `organisation` is that of a new inspection."""

    organisation = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), required=False)
    units = _keys()
    leaders = _keys()

    def get_fields(self) -> dict[str, Any]:
        """A new inspection is of an organisation whose office the person is."""
        fields = super().get_fields()
        source: Import | None = self.context.get("source")
        if source is not None and source.inspection is None:
            fields["organisation"].queryset = possible_organisations(self.context["request"].user)
        return fields

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Names are those that are missing; units and leaders those that the organisation can name."""
        missing = self.context["missing"]
        organisation = sent.get("organisation", self.context["source"].organisation)
        kinds = {
            "units": (missing.missing_units, possible_units),
            "leaders": (missing.missing_leaders, possible_leaders),
        }
        by_kind = {kind: _wrong(sent[kind], *known, organisation) for kind, known in kinds.items()}
        if errors := {kind: wrong for kind, wrong in by_kind.items() if wrong}:
            raise serializers.ValidationError(errors)
        return sent


def _wrong(chosen: dict[str, int], names: list[str], possible: Any, organisation: Unit | None) -> dict[str, list[str]]:
    """Return what is wrong with the ids that were chosen for missing names, by the name."""
    known = possible(organisation).in_bulk(chosen.values()) if organisation is not None and chosen else {}
    strange = {name: [_("This name is not among the missing ones.")] for name in chosen if name not in names}
    message = _("No person or unit of this organisation has this id.")
    return strange | {name: [message] for name, key in chosen.items() if name not in strange and key not in known}


class LineSerializer(serializers.Serializer):
    """`kind` is what the line was taken for, `said` what a person says that it is, `doubts` why to look at it."""

    key = serializers.CharField()
    line = serializers.IntegerField()
    text = serializers.CharField()
    kind = serializers.CharField()
    said = serializers.CharField()
    doubts = serializers.ListField(child=serializers.CharField())


class ReadingSerializer(serializers.Serializer):
    """`layouts` and `kinds` are the words that a correction may use."""

    layout = serializers.CharField()
    layouts = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.CharField())
    lines = LineSerializer(many=True)


def reading_data(reading: Reading, source: Import) -> dict[str, Any]:
    """Return a reading as `ReadingSerializer` describes it."""
    doubts, said = doubts_of(reading), source.corrections.get("lines", {})
    lines = [
        {
            "key": line.key,
            "line": line.line,
            "text": line.text,
            "kind": line.kind,
            "said": said.get(line.key, ""),
            "doubts": doubts.get(line.line, []),
        }
        for line in reading.lines
    ]
    kinds = [str(kind) for kind, _words in correction_choices()]
    return {"layout": reading.layout, "layouts": [*LAYOUTS], "kinds": kinds, "lines": lines}
