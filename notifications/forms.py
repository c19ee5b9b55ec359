"""Forms of inbox, personal settings, escalation and channels. They shape the input; the services decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Unit, User
from notifications.models import THAT_STAY, Channel, Delivery, Preference, ReminderRule, Topic, Webhook
from notifications.models.escalation import FARTHEST
from notifications.services.create import Wishes
from notifications.services.escalation import LONGEST_REST, EscalationStep
from notifications.services.recipients import RECIPIENTS


class InboxForm(forms.Form):
    topic = forms.ChoiceField(choices=[("", _("all")), *Topic.choices], required=False, label=_("About"))

    def chosen(self) -> str:
        """Return the chosen topic; an empty text for one that does not exist."""
        return str(self.cleaned_data["topic"]) if self.is_valid() else ""


class PreferenceForm(forms.Form):
    """One set of boxes for each topic, with the channels that can reach the person."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language of messages"))
    quiet_from = forms.TimeField(
        required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), label=_("Quiet from")
    )
    quiet_until = forms.TimeField(
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        label=_("Quiet until"),
        help_text=_("Messages due in between are sent when they end."),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        preference = Preference.objects.filter(person=person).first()
        initial = {"language": settings.LANGUAGE_CODE} if preference is None else vars(preference)
        super().__init__(data, initial=initial)
        wishes = Wishes([person.pk])
        channels = wishes.open_to(person)
        for topic, label in Topic.choices if channels else ():
            self.fields[f"topic_{topic}"] = forms.MultipleChoiceField(
                choices=[(channel.pk, _name_of(channel)) for channel in channels],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                label=label,
                initial=[channel.pk for channel in wishes.wanted(person, topic)],
                help_text=_("Cannot be switched off; at least one.") if topic in THAT_STAY else "",
            )

    def topics(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("topic_")]

    def wanted(self) -> dict[str, set[int]]:
        """Return the chosen channels by topic."""
        chosen = ((name, keys) for name, keys in self.cleaned_data.items() if name.startswith("topic_"))
        return {name.removeprefix("topic_"): {int(key) for key in keys} for name, keys in chosen}


def _name_of(channel: Channel) -> str:
    return str(channel.get_kind_display()) if channel.kind == Channel.Kind.MAIL else channel.name


class EscalationStepForm(forms.Form):
    """One step, as an office says it: so many days before, or after, the deadline."""

    BEFORE, AFTER = "before", "after"

    subject = forms.ChoiceField(
        choices=ReminderRule.Subject.choices, initial=ReminderRule.Subject.MEASURE, label=_("For")
    )
    days = forms.IntegerField(min_value=0, max_value=FARTHEST, label=_("Days"))
    side = forms.ChoiceField(
        choices=[(BEFORE, _("before the deadline")), (AFTER, _("overdue"))], initial=BEFORE, label=_("When")
    )
    every = forms.IntegerField(min_value=0, max_value=LONGEST_REST, required=False, label=_("Again every so many days"))
    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.label) for role in RECIPIENTS],
        widget=forms.CheckboxSelectMultiple,
        label=_("Who is reminded"),
    )


EscalationStepFormSet = formset_factory(EscalationStepForm, extra=2, can_delete=True)


def initial_of(steps: Iterable[EscalationStep]) -> list[dict[str, Any]]:
    """Return steps as the form shows them."""
    return [
        {
            "subject": step.subject,
            "days": abs(step.days),
            "side": EscalationStepForm.AFTER if step.days > 0 else EscalationStepForm.BEFORE,
            "every": step.every or None,
            "roles": [role for role in RECIPIENTS if role in step.roles],
        }
        for step in steps
    ]


def typed_steps(formset: Any) -> list[EscalationStep]:
    """Return the steps of a valid formset; rows left empty or marked for removal are none."""
    rows = [form.cleaned_data for form in formset.forms if form.has_changed() or form in formset.initial_forms]
    return [_step(row) for row in rows if "days" in row and not row.get("DELETE")]


def _step(row: dict[str, Any]) -> EscalationStep:
    days = row["days"] if row["side"] == EscalationStepForm.AFTER else -row["days"]
    return EscalationStep(row["subject"], days, row["every"] or 0, frozenset(Role(role).value for role in row["roles"]))


class ChannelForm(forms.ModelForm):
    """A channel; what is secret is never sent back to the page."""

    class Meta:
        model = Channel
        fields = ["kind", "name", "base_url", "token", "secret", "unit", "by_default", "is_active"]
        widgets = {
            "token": forms.PasswordInput(attrs={"autocomplete": "off"}),
            "secret": forms.PasswordInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "base_url": _("Address of the gateway, such as https://qyapi.weixin.qq.com, or one in your own network."),
            "unit": _("Leave empty for everyone."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True).order_by("path")  # type: ignore[attr-defined]
        for name in ("token", "secret"):
            if getattr(self.instance, name):
                self.fields[name].help_text = _("One is stored; leave this empty to keep it.")
        if self.instance.pk:
            self.fields["kind"].disabled = True

    def _post_clean(self) -> None:
        """Leave the row alone: the service changes it, and the database's own rules answer through the service."""


class DeliveryFilterForm(forms.Form):
    status = forms.ChoiceField(choices=[("", _("all")), *Delivery.Status.choices], required=False, label=_("State"))
    channel = forms.ModelChoiceField(
        queryset=Channel.objects.all(), required=False, empty_label=_("all"), label=_("Channel")
    )


class WebhookForm(forms.ModelForm):
    """An address to which is posted what happens."""

    class Meta:
        model = Webhook
        fields = ["name", "url", "organisation", "is_active"]
        help_texts = {
            "url": _("Addresses in your own network must be allowed in the settings (WEBHOOK_NETWORKS)."),
            "organisation": _("Leave empty for the inspections of all organisations."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Unit.objects.filter(is_active=True).order_by("path")  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave the row alone: the service changes it."""
