"""The way to a bulletin; `more` are the levels below it."""

from django.utils.translation import gettext as _

from bulletins.models import Bulletin
from core.breadcrumbs import Crumb, breadcrumbs, crumb


def to_bulletin(bulletin: Bulletin, *more: Crumb | str) -> list[Crumb]:
    page = crumb(bulletin.title, "bulletin", bulletin.pk)
    return breadcrumbs(crumb(_("Rectification bulletins"), "bulletins"), page, *more)
