"""The way to an import; `more` are the levels below it."""

from django.utils.translation import gettext as _

from core.breadcrumbs import Crumb, breadcrumbs, crumb
from imports.models import Import


def to_import(source: Import, *more: Crumb | str) -> list[Crumb]:
    return breadcrumbs(crumb(_("Import"), "imports"), crumb(source.file.name, "import", source.pk), *more)
