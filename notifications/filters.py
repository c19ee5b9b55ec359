"""The filters of notifications, reminders and deliveries; what is unknown or not one's own gives an empty list."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.filters import KeyFilter
from notifications.models import Delivery, Topic


class NotificationFilter(django_filters.FilterSet):
    topic = django_filters.ChoiceFilter(choices=Topic.choices, label=_("About"))
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label=_("Unread"))


class ReminderFilter(django_filters.FilterSet):
    notification = KeyFilter(field_name="digest__notification", label=_("Message"))
    measure = KeyFilter(field_name="measure", label=_("Measure"))


class DeliveryFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Delivery.Status.choices, label=_("State"))
    channel = KeyFilter(field_name="channel", label=_("Channel"))
