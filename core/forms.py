"""What the forms of all apps share."""

from collections.abc import Callable
from typing import Any

from django import forms

from core.exceptions import RuleViolation


class DayInput(forms.DateInput):
    """A date as browsers pick one; they want it written as 2026-11-25."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def attempt(form: forms.BaseForm, verb: Callable[[dict[str, Any]], Any]) -> bool:
    """Call a service with the cleaned data of a valid form; return whether it was done.

    A refusal becomes the form's own error, at the field it names where the form has it, so that a page shows
    it like any other mistake and keeps what was typed.
    """
    if not form.is_valid():
        return False
    try:
        verb(form.cleaned_data)
    except RuleViolation as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.message))
        return False
    return True
