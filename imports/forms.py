"""The forms of an import: upload, unknown names, corrections of a reading."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.queries import possible_leaders, possible_units
from core.exceptions import RuleViolation
from imports.services.imports import require_one_target
from issues.models import Inspection
from readers.notice.layouts import LAYOUTS, layout_words
from readers.tree import ReadLine

Choices = list[tuple[Any, str]]


class UploadForm(forms.Form):
    """A notice, and the inspection it belongs to: one that exists, or the code of a new one."""

    file = forms.FileField(label=gettext_lazy("File"))
    inspection = forms.ModelChoiceField(
        queryset=Inspection.objects.none(), required=False, label=gettext_lazy("Into the inspection")
    )
    code = forms.SlugField(
        max_length=40,
        required=False,
        validators=Inspection._meta.get_field("code").validators,
        label=gettext_lazy("or into a new one with the code"),
        help_text=gettext_lazy(
            "Lowercase letters, digits and hyphens, for example round-2026. It appears in addresses."
        ),
    )

    def __init__(self, *args: Any, inspections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspection"].queryset = inspections  # type: ignore[attr-defined]
        self.fields["inspection"].empty_label = _("a new inspection")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "code" not in self.errors:
            try:
                require_one_target(data.get("inspection"), data.get("code", ""))
            except RuleViolation as refusal:
                self.add_error(refusal.field, str(refusal.message))
        return data


def _hint(organisation: str) -> str:
    return _("The file names: %(name)s") % {"name": organisation} if organisation else ""


class MappingForm(forms.Form):
    """What is to become of unknown names: one that exists, or a new one of that name."""

    def __init__(
        self, *args: Any, names: Any, named: str, offices: Any, organisation: Unit | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if offices is not None:
            self.fields["organisation"] = forms.ModelChoiceField(
                queryset=offices, initial=organisation, label=_("Inspected organisation"), help_text=_hint(named)
            )
        words = {"unit": _("Unit “%(name)s”"), "leader": _("Leader “%(name)s”")}
        units = [name for name in names.missing_units if organisation or name != named]
        self._add("unit", words, units, possible_units(organisation) if organisation else None)
        self._add("leader", words, names.missing_leaders, possible_leaders(organisation) if organisation else None)
        self.names = {"unit": units, "leader": names.missing_leaders}

    def _add(self, kind: str, words: Mapping[str, str], missing: list[str], known: Any) -> None:
        """One choice per name; a new one is created unless another one is chosen."""
        for number, name in enumerate(missing):
            self.fields[f"{kind}_{number}"] = forms.ModelChoiceField(
                queryset=known if known is not None else Unit.objects.none(),
                required=False,
                label=words[kind] % {"name": name},
                empty_label=_("create it under this name"),
            )

    def mapping(self) -> dict[str, dict[str, int]]:
        """Return the choices as imports store them. For a valid form."""
        return {
            f"{kind}s": {
                name: chosen.pk
                for number, name in enumerate(names)
                if (chosen := self.cleaned_data.get(f"{kind}_{number}"))
            }
            for kind, names in self.names.items()
        }


class CorrectionForm(forms.Form):
    """What lines of a notice are, where the reader was wrong; a line without a correction stays as it was read."""

    layout = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Layout of the paper"),
        help_text=gettext_lazy("Leave it on automatic unless most lines are wrong."),
    )

    def __init__(self, *args: Any, lines: Iterable[ReadLine], corrections: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, _(words)) for name, words in LAYOUTS.items()]
        layout = corrections.get("layout", "")
        if layout and layout not in LAYOUTS:
            names.append((layout, layout_words(layout, _)))
        self.fields["layout"].choices = [("", _("automatic")), *names]  # type: ignore[attr-defined]
        self.initial["layout"] = layout
        self.listed = list(lines)
        for line in self.listed:
            self.fields[f"line-{line.key}"] = forms.ChoiceField(
                choices=[("", _("as read")), *correction_choices()],
                required=False,
                initial=corrections.get("lines", {}).get(line.key, ""),
                label=_("Line %(line)s is") % {"line": line.key},
            )

    def field_of(self, line: ReadLine) -> forms.BoundField:
        return self[f"line-{line.key}"]

    def corrected(self) -> dict[str, str]:
        """Return what the listed lines are, by their keys. For a valid form."""
        return {line.key: self.cleaned_data.get(f"line-{line.key}", "") for line in self.listed}


def correction_choices() -> Choices:
    """What a person can say that a line is, with its words."""
    return [
        ("area", _("heading of an area")),
        ("category", _("heading of a category")),
        ("problem", _("problem heading")),
        ("issue", _("issue")),
        ("above", _("part of the line above")),
        ("preamble", _("preamble")),
        ("closing", _("closing words")),
        ("furniture", _("words of the web site")),
    ]


def kinds_of_lines() -> dict[str, str]:
    """What the reader can take a line for, with its words."""
    return {
        **{str(kind): str(word) for kind, word in correction_choices()},
        "title": _("title"),
        "goal": _("goal"),
        "status": _("how it was rectified"),
        "report": _("report"),
        "outcome": _("outcome"),
        "joined": _("part of the line above"),
        "unread": _("not understood"),
    }
