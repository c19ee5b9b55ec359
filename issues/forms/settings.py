"""Forms of an inspection's settings and of the calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from issues.models import CalendarDay, Inspection, default_lights

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


def date_field(**options: Any) -> forms.DateField:
    """A date with the browser's own picker."""
    return forms.DateField(widget=DayInput(), **options)


class InspectionForm(forms.ModelForm):
    """The settings of an inspection; the names of the lights are four plain fields."""

    feedback_on = date_field(label=_("Date of the feedback"), required=False)
    kicked_off_on = date_field(label=_("Date of the kick-off meeting"), required=False)
    plan_due = date_field(label=_("Plan due"), required=False)
    concentrated_from = date_field(label=_("Concentrated period from"), required=False)
    concentrated_until = date_field(label=_("Concentrated period until"), required=False)
    week_ends_weekday = forms.TypedChoiceField(label=_("The week ends on"), choices=WEEKDAYS, coerce=int)
    week_ends_at = forms.TimeField(label=_("at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    due_soon_days = forms.IntegerField(label=_("Days that count as due soon"), min_value=1, max_value=90)
    look_back_months = forms.IntegerField(label=_("Months between look-backs"), min_value=1, max_value=60)
    light_on_course = forms.CharField(label=_("Light: on course"), max_length=10)
    light_due_soon = forms.CharField(label=_("Light: due soon"), max_length=10)
    light_overdue = forms.CharField(label=_("Light: overdue"), max_length=10)
    light_signed_off = forms.CharField(label=_("Light: signed off"), max_length=10)

    class Meta:
        model = Inspection
        fields = [
            "title",
            "inspected_by",
            "feedback_on",
            "kicked_off_on",
            "plan_due",
            "concentrated_from",
            "concentrated_until",
            "due_soon_days",
            "look_back_months",
            "week_ends_weekday",
            "week_ends_at",
            "is_public",
        ]
        labels = {
            "title": _("Title"),
            "inspected_by": _("Inspection team"),
            "is_public": _("Show public pages of this inspection"),
        }
        help_texts = {
            "is_public": _(
                "Anyone who can reach this server can read published bulletins, issued notices and the overall "
                "progress without logging in. Only what was approved for the public is shown."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for light in default_lights():
            self.fields[f"light_{light}"].initial = self.instance.lights.get(light, "")

    def values(self) -> dict[str, Any]:
        """Return what the service takes; call it on a valid form."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        values["lights"] = {light: self.cleaned_data[f"light_{light}"] for light in default_lights()}
        return values

    def _post_clean(self) -> None:
        """Leave the instance alone: the service is what changes it, and what says no."""


class CalendarDayForm(forms.Form):
    """One day that differs from the plain week."""

    day = date_field(label=_("Day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=CalendarDay.Kind.choices)
    name = forms.CharField(label=_("Occasion"), max_length=60, required=False)
