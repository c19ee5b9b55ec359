"""Forms of the measures' verbs. They shape the input; the services decide."""

from datetime import date
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.forms import DayInput, widgets_of
from measures.fields import FIELDS
from measures.models import Evidence, Measure, Milestone


def _textarea(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanForm(forms.ModelForm):
    """The plan of one measure; leaders and units are those that the organisation can name."""

    kinds = forms.MultipleChoiceField(
        choices=Measure.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Kinds")
    )

    class Meta:
        model = Measure
        fields = [field.name for field in FIELDS if field.in_form]
        widgets = {
            **widgets_of(FIELDS),
            "text": _textarea(5),
            "supporting_units": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = possible_units(organisation)
        self.fields["leader"].queryset = possible_leaders(organisation)  # type: ignore[attr-defined]
        self.fields["lead_unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["supporting_units"].queryset = units  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave the row alone: the service changes it, and the database's own rules answer through the service."""


class StageForm(forms.Form):
    title = forms.CharField(max_length=200, label=_("What is to be reached"))
    due_on = forms.DateField(widget=DayInput(), label=_("Due on"))


StageFormSet = formset_factory(StageForm, extra=2, can_delete=True)


def stages_of(formset: Any) -> list[tuple[str, date]]:
    """Return the milestones of a valid formset: rows left empty or marked for removal are none."""
    return [
        (form.cleaned_data["title"], form.cleaned_data["due_on"])
        for form in formset.forms
        if form.cleaned_data.get("title") and not form.cleaned_data.get("DELETE")
    ]


class ReportForm(forms.Form):
    text = forms.CharField(widget=_textarea(6), label=_("What was done"), help_text=_("Facts and figures, with dates."))
    reached = forms.ModelMultipleChoiceField(
        queryset=Milestone.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Milestones reached"),
    )

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = measure.milestones.filter(reached_on=None)
        self.fields["reached"].queryset = waiting  # type: ignore[attr-defined]
        if not waiting:
            del self.fields["reached"]


class ReasonForm(forms.Form):
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=_("At least ten characters."))


class ExtensionForm(forms.Form):
    new_deadline = forms.DateField(widget=DayInput, label=_("New deadline"))
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=_("At least ten characters."))


class GrantForm(forms.Form):
    note = forms.CharField(widget=_textarea(2), required=False, label=_("Note"))


class RefuseForm(forms.Form):
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=_("At least ten characters."))


class HandOverForm(forms.Form):
    leader = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label=_("New leader"))
    lead_unit = forms.ModelChoiceField(queryset=Unit.objects.none(), required=False, label=_("New lead unit"))
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=_("At least ten characters."))

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = measure.inspection.organisation
        self.fields["leader"].queryset = possible_leaders(organisation)  # type: ignore[attr-defined]
        self.fields["lead_unit"].queryset = possible_units(organisation)  # type: ignore[attr-defined]
        for name in ("leader", "lead_unit"):
            self.fields[name].empty_label = _("as it is")  # type: ignore[attr-defined]


class FileChoice(forms.FileInput):
    """Not required by the browser, for a page has two of them: one for files, one for the camera."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class FilesChoice(FileChoice):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """All files that were chosen. `files.services` checks each of them: it knows more of files than a form does."""

    widget = FilesChoice
    default_error_messages = {"required": _("Choose at least one file.")}

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        if not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(data)


class EvidenceForm(forms.Form):
    uploads = FilesField(label=_("Files"))
    about_on = forms.DateField(
        widget=DayInput(),
        required=False,
        label=_("Date of the evidence"),
        help_text=_("The day of the meeting, the payment, the picture; not the day of the upload."),
    )
    classification = forms.ChoiceField(
        choices=Evidence.Classification.choices,
        initial=Evidence.Classification.INTERNAL,
        widget=forms.RadioSelect,
        label=_("Classification"),
    )


class VersionForm(forms.Form):
    uploads = FilesField(label=_("New file"), widget=FileChoice)


class DutiesForm(forms.Form):
    from_leader = forms.ModelChoiceField(queryset=User.objects.none(), label=_("From"))
    to_leader = forms.ModelChoiceField(queryset=User.objects.none(), label=_("To"))
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=_("At least ten characters."))

    def __init__(self, *args: Any, inspection: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = possible_leaders(inspection.organisation)
        self.fields["from_leader"].queryset = leaders  # type: ignore[attr-defined]
        self.fields["to_leader"].queryset = leaders  # type: ignore[attr-defined]
