"""The filter of imports. What is unknown or unseen gives an empty list."""

import django_filters
from django.utils.translation import gettext_lazy as _

from imports.models import Import


class ImportFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    code = django_filters.CharFilter(field_name="code", label=_("code of the inspection"))
    status = django_filters.ChoiceFilter(choices=Import.Status.choices, label=_("state"))
