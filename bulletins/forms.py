"""Forms of bulletins: the office's three texts, publishing, correcting, searching."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulletins.models import LONGEST_TEXT, Bulletin


def _text(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=LONGEST_TEXT, widget=widget)


class TextForm(forms.Form):
    """What the office writes; each line is a paragraph of the paper. `version` is that of the text that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    opening = _text(_("Opening"), _("Printed below the totals: what this week was about."))
    requirements = _text(_("Work asked for"), _("What the units have to do now."))
    outlook = _text(_("Next week"), _("What comes next."))

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in Bulletin.TEXTS}


class PublishForm(forms.Form):
    """Nothing is filled in; it carries the version of the text that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput())


class CorrectForm(forms.Form):
    """Why a published bulletin is corrected; it is printed in the next edition."""

    reason = forms.CharField(
        label=_("Why it is corrected"),
        help_text=_("At least ten characters; it is printed in the correction."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BulletinFilterForm(forms.Form):
    """The filter bar of the list."""

    q = forms.CharField(label=_("Title or text"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False)
    inspection = forms.ChoiceField(label=_("Inspection"), required=False)

    def __init__(self, data: Any, *, years: list[int], inspections: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [("", _("all"))] + [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["status"].choices = [("", _("all")), *Bulletin.Status.choices]  # type: ignore[attr-defined]
        self.fields["inspection"].choices = [("", _("all")), *inspections]  # type: ignore[attr-defined]


class FeedbackForm(forms.Form):
    """What a visitor of the public pages writes."""

    text = forms.CharField(
        label=_("Your comment or suggestion"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8})
    )
    contact = forms.CharField(
        label=_("How we can reach you"),
        help_text=_("If you would like an answer: a telephone number or an address. Only the office can read it."),
        max_length=200,
        required=False,
    )
