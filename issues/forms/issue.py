"""The form of an issue's plan."""

from typing import Any

from django import forms

from accounts.queries import possible_leaders, possible_units
from core.forms import widgets_of
from issues.fields import FIELDS
from issues.models import Issue


class IssueForm(forms.ModelForm):
    """What the office may change of an issue while it is not closed."""

    class Meta:
        model = Issue
        fields = [field.name for field in FIELDS if field.in_form]
        widgets = {**widgets_of(FIELDS, rows=3), "text": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inspection = self.instance.inspection
        self.fields["leader"].queryset = possible_leaders(inspection.organisation)  # type: ignore[attr-defined]
        self.fields["lead_unit"].queryset = possible_units(inspection.organisation)  # type: ignore[attr-defined]
        self.fields["task_force"].queryset = inspection.task_forces.all()  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave the row alone: the service changes it."""
