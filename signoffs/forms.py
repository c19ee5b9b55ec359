"""Forms of sign-off. They shape the input; the services decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Unit
from core.exceptions import RuleViolation
from core.forms import DayInput
from issues.models import Inspection, Issue
from measures.services.plan import check_reason
from signoffs.models import REVIEWERS, STEPS_AT_MOST, Application, Decision
from signoffs.queries import KINDS
from signoffs.services.deciding import Meeting

TEN = _("At least ten characters.")
CONCLUSIONS = [(c.value, c.label) for c in (Issue.Completion.DONE, Issue.Completion.BASICALLY_DONE)]
"""What an issue can be closed with: one that is not done is not closed."""
ACCEPT, RETURN, LEAVE = "accept", "return", "leave"
VERDICTS = [(ACCEPT, _("accept")), (RETURN, _("return")), (LEAVE, _("leave for later"))]


def _textarea(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StatementForm(forms.Form):
    statement = forms.CharField(widget=_textarea(6), label=_("What was done and with what effect"), help_text=TEN)


class ClosureForm(StatementForm):
    completion = forms.ChoiceField(choices=CONCLUSIONS, widget=forms.RadioSelect, label=_("Conclusion"))
    is_sustained = forms.BooleanField(required=False, label=_("To be kept up for the long term"))
    upkeep = forms.CharField(
        widget=_textarea(3),
        required=False,
        label=_("How it is kept up"),
        help_text=_("Required if it is to be kept up."),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=TEN)


class DecisionForm(forms.Form):
    """What both decisions share: the step that the decider saw, and the meeting where there was one."""

    step = forms.IntegerField(widget=forms.HiddenInput)
    meeting_on = forms.DateField(widget=DayInput, required=False, label=_("Date of the meeting"))
    minute_number = forms.CharField(max_length=60, required=False, label=_("Number of the minutes"))

    def __init__(self, *args: Any, at_meeting: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not at_meeting:
            del self.fields["meeting_on"], self.fields["minute_number"]

    def service_values(self) -> dict[str, Any]:
        """Return what the service takes; call it on a valid form."""
        data = dict(self.cleaned_data)
        meeting = Meeting(data.pop("meeting_on", None), data.pop("minute_number", "").strip())
        return {**data, "meeting": meeting}


class AcceptForm(DecisionForm):
    note = forms.CharField(widget=_textarea(2), required=False, label=_("Note"))


class ReturnForm(DecisionForm):
    ground = forms.ChoiceField(choices=Decision.Ground.choices, widget=forms.RadioSelect, label=_("Ground"))
    reason = forms.CharField(widget=_textarea(), label=_("Reason"), help_text=TEN)


class MeetingForm(forms.Form):
    meeting_on = forms.DateField(widget=DayInput, label=_("Date of the meeting"))
    minute_number = forms.CharField(max_length=60, label=_("Number of the minutes"))


class BatchRowForm(forms.Form):
    """One application of a batch: what the meeting does with it."""

    application = forms.IntegerField(widget=forms.HiddenInput)
    step = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=VERDICTS, initial=ACCEPT, label=_("Decision"))
    ground = forms.ChoiceField(choices=[("", "—"), *Decision.Ground.choices], required=False, label=_("Ground"))
    reason = forms.CharField(required=False, label=_("Reason"))

    def clean(self) -> dict[str, Any]:
        """A return needs both; the mistake is named before the meeting is recorded, not among what was skipped."""
        data = super().clean() or {}
        if data.get("verdict") != RETURN:
            return data
        if not data.get("ground"):
            self.add_error("ground", _("Choose the ground for returning it."))
        try:
            check_reason(data.get("reason", ""))
        except RuleViolation as refusal:
            self.add_error("reason", str(refusal.message))
        return data


BatchRowFormSet = formset_factory(BatchRowForm, extra=0, max_num=100, validate_max=True)


class ReviewStepForm(forms.Form):
    """One review step; a row left empty is none."""

    name = forms.CharField(max_length=40, required=False, label=_("Name"))
    role = forms.ChoiceField(
        choices=[("", "—"), *((role.value, role.label) for role in REVIEWERS)], required=False, label=_("Role")
    )


ReviewStepFormSet = formset_factory(ReviewStepForm, extra=0, max_num=STEPS_AT_MOST, validate_max=True)


def steps_in(formset: Any) -> list[tuple[str, str]]:
    """Return the steps of a valid formset; a row with a name or a role alone is left to the service to refuse."""
    rows = [(form.cleaned_data.get("name", ""), form.cleaned_data.get("role", "")) for form in formset.forms]
    return [row for row in rows if any(row)]


class QueueFilterForm(forms.Form):
    """The filters of the list as a person chooses them; `signoffs.filters` does the filtering."""

    q = forms.CharField(required=False, label=_("Text or code"))
    status = forms.ChoiceField(choices=[("", _("all")), *Application.Status.choices], required=False, label=_("State"))
    kind = forms.ChoiceField(choices=[("", _("all")), *KINDS], required=False, label=_("Applied for"))
    unit = forms.ModelChoiceField(queryset=Unit.objects.none(), required=False, empty_label=_("all"), label=_("Unit"))
    inspection = forms.ModelChoiceField(
        queryset=Inspection.objects.none(),
        required=False,
        empty_label=_("all"),
        to_field_name="code",
        label=_("Inspection"),
    )

    def __init__(self, *args: Any, inspections: Any, units: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspection"].queryset = inspections  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class VerifyDocumentForm(forms.Form):
    """A sequence number and a hash as they are printed on a paper."""

    chain = forms.ChoiceField(label=_("Chain"))
    seq = forms.IntegerField(min_value=1, label=_("Sequence number"))
    hash = forms.RegexField(
        r"^\s*[0-9a-fA-F]{8,64}\s*$",
        label=_("Hash"),
        help_text=_("As printed; the first eight characters are enough."),
        error_messages={"invalid": _("A hash has eight to 64 of the characters 0–9 and a–f.")},
    )

    def __init__(self, *args: Any, chains: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"].choices = chains  # type: ignore[attr-defined]


def with_role_labels(steps: Iterable[dict[str, str]]) -> list[tuple[str, str]]:
    """Return review steps in words: name and role."""
    return [(step["name"], str(Role(step["role"]).label)) for step in steps]
