"""How pages write what waits for a decision."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def age(moment: datetime, today: date) -> str:
    """Say how long something has waited, in whole days of the office."""
    days = (today - timezone.localdate(moment)).days
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days > 0 else _("today")
