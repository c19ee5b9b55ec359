"""Forms of a person's own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken

DAYS = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("one year"))]


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(max_length=80, label=_("What it is for"), help_text=_("For example: data screen, script."))
    scope = forms.ChoiceField(choices=ApiToken.Scope.choices, label=_("What it may do"))
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=90, label=_("Valid for"))
