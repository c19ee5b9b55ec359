"""What the public reads: published bulletins, the issued notice, overall progress. Nothing else leaves here.

Disclosure is looked up at each reading, so that what is withheld later vanishes from papers that are out already.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from bulletins.models import Bulletin
from bulletins.services.papers import head_of
from bulletins.services.papers.sections import Section
from bulletins.services.redaction import names_of_people, public_sections, without_names
from documents import chinese_date
from issues.models import Disclosure, Inspection, Issue
from issues.queries import DisclosedIssues, disclosed_to, known_names
from measures.models import Measure
from papers.models import PaperVersion
from papers.services.content import Branch, Content, Part, content_from
from papers.services.issue_text import account_of, one_line
from papers.services.layout import Line, lines_of
from signoffs.queries.figures import IssueCounts, MeasureCounts, Moment, count_issues, count_measures


@dataclass(frozen=True)
class PublicProgress:
    """The figures of the whole: what is withheld counts in them and is named nowhere."""

    measures: MeasureCounts
    issues: IssueCounts


@dataclass(frozen=True)
class PublicNotice:
    """An issued notice as the public reads it today."""

    version: PaperVersion
    content: Content
    lines: list[Line]
    issued_on: str
    dated: str = ""  # the day under it
    gone: int = 0  # issues that were withheld or redacted after it was issued


@dataclass(frozen=True)
class PublicBulletin:
    """A published bulletin as the public reads it today."""

    bulletin: Bulletin
    title: str
    head: Any
    sections: tuple[Section, ...]
    later: Bulletin | None = None


def public_inspections() -> QuerySet[Inspection]:
    """Return the inspections whose office switched the public pages on."""
    return Inspection.objects.filter(is_public=True).select_related("organisation").order_by("-created_at", "-id")


def progress_of(inspection: Inspection, *, today: date) -> PublicProgress:
    """Count the whole inspection as its dashboard does."""
    moment = Moment.present(today, inspection.due_soon_days)
    measures = Measure.objects.filter(inspection=inspection)
    issues = Issue.objects.filter(inspection=inspection)
    return PublicProgress(count_measures(measures, moment=moment), count_issues(issues, measures, moment=moment))


def notices_of(inspection: Inspection) -> QuerySet[PaperVersion]:
    """Return the notices that were issued for the public, the latest first."""
    audience = Disclosure.Audience.PUBLIC
    return PaperVersion.objects.of_paper(inspection, PaperVersion.Kind.NOTICE, audience).issued().order_by("-number")


def bulletins_of(inspection: Inspection) -> QuerySet[Bulletin]:
    """Return the published bulletins, the latest first; of a corrected one only what corrects it."""
    published = Bulletin.objects.published().filter(inspection=inspection)
    corrected = published.exclude(corrects=None).order_by().values("corrects")
    related = ("inspection__organisation", "organisation", "corrects")
    return published.exclude(pk__in=corrected).select_related(*related).order_by("-number_year", "-number")


def public_notice(version: PaperVersion) -> PublicNotice:
    """Return an issued notice without what is withheld from the public by now."""
    content, disclosed = content_from(version.content), disclosed_to(Disclosure.Audience.PUBLIC, version.inspection)
    before = {part.issue: part.extent for part in content.parts()}
    areas = [area for area in (_disclosed_branch(area, disclosed) for area in content.areas) if area is not None]
    now = replace(content, areas=areas)
    same = {part.issue for part in now.parts() if part.extent == before[part.issue]}
    issued_on = chinese_date(timezone.localtime(version.issued_at).date()) if version.issued_at else ""
    dated = chinese_date(now.day) if now.day else ""
    return PublicNotice(version, now, list(lines_of(now)), issued_on, dated, len(before) - len(same))


def _disclosed_branch(branch: Branch, disclosed: DisclosedIssues) -> Branch | None:
    """Return what is left of a branch; None where nothing below it is disclosed."""
    below = [each for each in (_disclosed_branch(each, disclosed) for each in branch.branches) if each is not None]
    parts = [each for each in (_disclosed_part(part, disclosed) for part in branch.parts) if each is not None]
    return Branch(branch.number, branch.title, below, parts) if below or parts else None


def _disclosed_part(part: Part, disclosed: DisclosedIssues) -> Part | None:
    now = disclosed.of(part.issue)
    if now.extent == Disclosure.Extent.WITHHELD:
        return None
    if now.extent == Disclosure.Extent.FULL or part.extent == now.extent and part.text == one_line(now.text):
        return part
    return replace(
        part,
        extent=now.extent,
        text=one_line(now.text),
        account=account_of([now.account]),
        goal="",
        tasks=[],
    )


def public_bulletin(bulletin: Bulletin) -> PublicBulletin:
    """Return a published bulletin without names of people and without what is withheld from the public."""
    title = without_names(bulletin.title, names_of_people(known_names()))
    corrections = Bulletin.objects.published().filter(corrects=bulletin)
    return PublicBulletin(bulletin, title, head_of(bulletin), public_sections(bulletin), corrections.first())


@dataclass(frozen=True)
class PublicInspection:
    """The first page of an inspection: its progress and what there is to read."""

    inspection: Inspection
    progress: PublicProgress
    notices: list[PaperVersion]
    bulletins: list[Bulletin]
    today: str


def public_inspection(inspection: Inspection, *, at: datetime) -> PublicInspection:
    today = timezone.localtime(at).date()
    return PublicInspection(
        inspection,
        progress_of(inspection, today=today),
        list(notices_of(inspection).defer("content")),
        list(bulletins_of(inspection)),
        chinese_date(today),
    )
