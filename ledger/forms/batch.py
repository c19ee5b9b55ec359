"""What a verb asks for when it is used on several measures at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.forms import DayInput
from issues.models import Inspection


def _words(label: Any, help_text: Any, rows: int) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), label=label, help_text=help_text)


class NothingForm(forms.Form):
    """For verbs that ask for nothing."""

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class SharedReportForm(NothingForm):
    text = _words(gettext_lazy("What was done"), gettext_lazy("The same words for each of the measures."), 5)


class SharedExtensionForm(NothingForm):
    new_deadline = forms.DateField(widget=DayInput, label=gettext_lazy("New deadline"))
    reason = _words(gettext_lazy("Reason"), gettext_lazy("At least ten characters."), 3)


class SharedHandOverForm(NothingForm):
    leader = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label=gettext_lazy("New leader"))
    lead_unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), required=False, label=gettext_lazy("New lead unit")
    )
    reason = _words(gettext_lazy("Reason"), gettext_lazy("At least ten characters."), 3)

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, inspection=inspection, **kwargs)
        self.fields["leader"].queryset = possible_leaders(inspection.organisation)  # type: ignore[attr-defined]
        self.fields["lead_unit"].queryset = possible_units(inspection.organisation)  # type: ignore[attr-defined]
        for name in ("leader", "lead_unit"):
            self.fields[name].empty_label = _("as it is")  # type: ignore[attr-defined]


BATCH_FORMS: dict[str, type[NothingForm]] = {
    "start_measure": NothingForm,
    "report_progress": SharedReportForm,
    "request_extension": SharedExtensionForm,
    "urge_measure": NothingForm,
    "hand_over": SharedHandOverForm,
}


BATCH_LABELS = {
    "start_measure": gettext_lazy("Start"),
    "report_progress": gettext_lazy("Report progress"),
    "request_extension": gettext_lazy("Request an extension"),
    "urge_measure": gettext_lazy("Urge"),
    "hand_over": gettext_lazy("Hand over"),
}
