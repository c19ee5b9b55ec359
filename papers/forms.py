"""Forms of papers, and of what is shown to whom. They shape the input; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from issues.models import Disclosure
from issues.services import Proposal
from papers.models import PaperVersion
from papers.services.content import Content


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "lang": "zh-CN"})


class PaperForm(forms.Form):
    """What is around the tree of a paper. `revision` is the one that the person read."""

    title = forms.CharField(max_length=300, label=_("Title"))
    addressees = forms.CharField(max_length=300, required=False, label=_("Addressees"))
    preamble = forms.CharField(
        widget=_words(16), required=False, label=_("Before the issues"), help_text=_("Each line is a paragraph.")
    )
    closing = forms.CharField(
        widget=_words(12), required=False, label=_("After the issues"), help_text=_("Each line is a paragraph.")
    )
    signature = forms.CharField(max_length=120, required=False, label=_("Signature"))
    dated = forms.DateField(widget=DayInput, required=False, label=_("Date under the paper"))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, content: Content, revision: int, data: Any = None) -> "PaperForm":
        """Return the form with what the paper says now, or with what was sent."""
        names = ("title", "addressees", "preamble", "closing", "signature", "dated")
        return cls(data, initial={**{name: getattr(content, name) for name in names}, "revision": revision})

    def values(self) -> dict[str, Any]:
        """Return what the service takes; call it on a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class AccountForm(forms.Form):
    """The account of one issue as it will be printed."""

    account = forms.CharField(
        widget=_words(14),
        required=False,
        label=_("What was done"),
        help_text=_("Each line is a paragraph. Begin the reports with 一是, 二是 … where there are several."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ReturnPaperForm(forms.Form):
    """Why something is returned or refused."""

    note = forms.CharField(widget=_words(3), label=_("Reason"))


class ApproveForm(forms.Form):
    """The approval of exactly the text that was read."""

    sha256 = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(widget=_words(2), required=False, label=_("Remark"))


class IssuePaperForm(forms.Form):
    document_number = forms.CharField(
        max_length=60,
        required=False,
        label=_("Document number"),
        help_text=_("As 许城管党〔2021〕3号; empty where the paper has none."),
    )


class CommentForm(forms.Form):
    text = forms.CharField(widget=_words(3), label=_("Comment"))


class AnswerForm(forms.Form):
    answer = forms.CharField(widget=_words(2), label=_("How it was taken into account"))


class ProposalForm(forms.Form):
    """What shall be shown of one issue to one audience."""

    extent = forms.ChoiceField(choices=Disclosure.Extent.choices, widget=forms.RadioSelect, label=_("Shown"))
    text = forms.CharField(
        widget=_words(8), required=False, label=_("Redacted text"), help_text=_("Printed in the place of the issue.")
    )
    account = forms.CharField(
        widget=_words(6),
        required=False,
        label=_("What may be said about the rectification"),
        help_text=_("Printed in the place of the reports; measures, reports and files are not shown."),
    )
    reason = forms.CharField(
        widget=_words(2), required=False, label=_("Reason"), help_text=_("Required unless everything is shown.")
    )

    def proposal(self) -> Proposal:
        """Return what the service takes; call it on a valid form."""
        return Proposal(**{name: self.cleaned_data[name] for name in ("extent", "text", "account", "reason")})


class SelectionForm(forms.Form):
    """Which paper is to be drawn up."""

    kind = forms.ChoiceField(choices=PaperVersion.Kind.choices)
    audience = forms.ChoiceField(choices=Disclosure.Audience.choices)
