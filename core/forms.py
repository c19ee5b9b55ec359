"""What the forms of all apps share."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from core.exceptions import RuleViolation
from core.fields import Field, FieldType


class DayInput(forms.DateInput):
    """A date as browsers pick one; they want it written as 2026-11-25."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def widgets_of(fields: Iterable[Field], *, rows: int = 2) -> dict[str, forms.Widget]:
    """Return the widgets of described fields where Django's own would not do."""
    kinds: dict[str, Callable[[], forms.Widget]] = {
        FieldType.TEXT: lambda: forms.Textarea(attrs={"rows": rows}),
        FieldType.DATE: DayInput,
    }
    return {field.name: kinds[field.type]() for field in fields if field.type in kinds}


def attempt(form: forms.BaseForm, verb: Callable[[dict[str, Any]], Any]) -> bool:
    """Call a service with the cleaned data of a valid form; return whether it succeeded.

    A refusal becomes an error of the form, at the field that it names where the form has it, so that a page displays
    it like any other mistake and repeats what was typed.
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
