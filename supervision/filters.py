"""The filters of urges and of what the public wrote; what is unknown or unseen gives an empty list."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.filters import KeyFilter
from supervision.models import PublicFeedback


class UrgeFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    measure = KeyFilter(field_name="measure", label=_("Measure"))
    unit = KeyFilter(field_name="unit", label=_("Unit"))


class FeedbackFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    status = django_filters.MultipleChoiceFilter(choices=PublicFeedback.Status.choices, label=_("State"))
