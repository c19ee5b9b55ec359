"""Filters that the filter sets of all apps share."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _

LARGEST = 2**63 - 1
"""No database that we know counts further."""


def within_time(moment: datetime) -> None:
    """Raise `ValidationError` for a moment at the edge of what a calendar holds: no database can compare it."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise forms.ValidationError(_("Enter a valid date/time.")) from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A moment, with its time zone or on the office's clock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"validators": [within_time], **kwargs})


class KeyFilter(django_filters.NumberFilter):
    """The number of a row, or one that is counted: a whole number that a database can hold."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"min_value": -LARGEST, **kwargs})

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(LARGEST)
