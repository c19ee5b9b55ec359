"""The way down to a page of papers, as the line above its heading tells it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from issues.models import Inspection
from papers.models import PaperVersion

Crumbs = list[dict[str, str]]


def to_papers(inspection: Inspection, *more: str) -> Crumbs:
    first = {"label": inspection.title, "url": reverse("inspection", args=[inspection.code])}
    papers = {"label": _("Papers"), "url": reverse("papers", args=[inspection.code]) if more else ""}
    return [first, papers, *({"label": words, "url": ""} for words in more)]


def to_paper(version: PaperVersion, *more: str) -> Crumbs:
    told = {"paper": version.get_kind_display(), "number": version.number}
    label = _("%(paper)s, version %(number)d") % told
    if not more:
        return to_papers(version.inspection, label)
    crumbs = to_papers(version.inspection, label, *more)
    crumbs[2]["url"] = reverse("paper", args=[version.pk])
    return crumbs


def to_disclosure(inspection: Inspection, audience: str, *more: str) -> Crumbs:
    crumbs = to_papers(inspection, _("What is shown to whom"), *more)
    if more:
        crumbs[2]["url"] = f"{reverse('disclosures', args=[inspection.code])}?audience={audience}"
    return crumbs
