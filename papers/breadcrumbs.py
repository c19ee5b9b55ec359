"""The way to the papers of an inspection; `more` are the levels below that."""

from django.utils.translation import gettext as _

from core.breadcrumbs import Crumb, crumb
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from papers.models import PaperVersion


def to_papers(inspection: Inspection, *more: Crumb | str) -> list[Crumb]:
    return to_inspection(inspection, crumb(_("Papers"), "papers", inspection.code), *more)


def to_paper(version: PaperVersion, *more: Crumb | str) -> list[Crumb]:
    label = _("%(paper)s, version %(number)d") % {"paper": version.get_kind_display(), "number": version.number}
    return to_papers(version.inspection, crumb(label, "paper", version.pk), *more)


def to_disclosure(inspection: Inspection, audience: str, *more: Crumb | str) -> list[Crumb]:
    page = crumb(_("What is shown to whom"), "disclosures", inspection.code, query=f"audience={audience}")
    return to_papers(inspection, page, *more)
