"""Filters that the filter sets of all apps share."""

from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator

LARGEST = 2**63 - 1
"""No database that we know counts further."""


class KeyFilter(django_filters.NumberFilter):
    """The number of a row, or one that is counted: a whole number that a database can hold."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"min_value": -LARGEST, **kwargs})

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(LARGEST)
