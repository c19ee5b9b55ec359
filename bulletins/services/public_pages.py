"""The public pages as text: the same templates for this server and for files on the organisation's own website."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from bulletins.models import Bulletin
from bulletins.services.public import (
    bulletins_of,
    notices_of,
    public_bulletin,
    public_inspection,
    public_inspections,
    public_notice,
)
from documents import chinese_date, write_pdf
from issues.models import Inspection
from papers.models import PaperVersion
from papers.services.layout import Printed, paper_of

STYLES = ("css/tokens.css", "css/paper.css", "css/public.css")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class Links:
    """Addresses of this server."""

    takes_feedback = True

    def styles(self) -> list[str]:
        return [static(name) for name in STYLES]

    def home(self) -> str:
        return reverse("public")

    def inspection(self, inspection: Inspection) -> str:
        return reverse("public_inspection", args=[inspection.code])

    def notice(self, version: PaperVersion) -> str:
        return reverse("public_notice", args=[version.inspection.code, version.number])

    def pdf(self, _version: PaperVersion) -> str:
        return ""

    def bulletin(self, bulletin: Bulletin) -> str:
        return reverse("public_bulletin", args=[bulletin.inspection.code, bulletin.pk])

    def feedback(self, inspection: Inspection) -> str:
        return reverse("public_feedback", args=[inspection.code])


@dataclass(frozen=True)
class FileLinks(Links):
    """Names of files, relative to the page that holds them: `up` leads to the folder that everything lies in."""

    up: str = ""
    takes_feedback = False  # files take none; the notice names how to reach the office

    def styles(self) -> list[str]:
        return [f"{self.up}{name}" for name in STYLES]

    def home(self) -> str:
        return f"{self.up}index.html"

    def inspection(self, inspection: Inspection) -> str:
        return f"{self.up}{inspection.code}/index.html"

    def notice(self, version: PaperVersion) -> str:
        return f"{self.up}{version.inspection.code}/{notice_name(version)}.html"

    def pdf(self, version: PaperVersion) -> str:
        return f"{self.up}{version.inspection.code}/{notice_name(version)}.pdf"

    def bulletin(self, bulletin: Bulletin) -> str:
        return f"{self.up}{bulletin.inspection.code}/{bulletin_name(bulletin)}.html"


def notice_name(version: PaperVersion) -> str:
    return f"notice-{version.number}"


def bulletin_name(bulletin: Bulletin) -> str:
    return f"bulletin-{bulletin.number_year}-{bulletin.number}"


def _page(template: str, links: Links, **context: Any) -> str:
    """Return a page in the language of the office, with nothing of the visitor in it."""
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(f"public/{template}.html", {"links": _TemplateLinks(links), **context})


class _TemplateLinks:
    """The links as a template asks for them: `links.styles`; those about something through `link` of the tags."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.styles, self.home, self.takes_feedback = links.styles(), links.home(), links.takes_feedback


def home_page(links: Links, *, at: datetime) -> str:
    return _page("home", links, pages=[public_inspection(each, at=at) for each in public_inspections()])


def inspection_page(inspection: Inspection, links: Links, *, at: datetime) -> str:
    return _page("inspection", links, page=public_inspection(inspection, at=at), inspection=inspection)


def notice_page(version: PaperVersion, links: Links) -> str:
    return _page("notice", links, notice=public_notice(version), inspection=version.inspection)


def bulletin_page(bulletin: Bulletin, links: Links) -> str:
    page = public_bulletin(bulletin)
    dated = chinese_date(page.head.dated) if page.head.dated else ""
    return _page("bulletin", links, page=page, dated=dated, inspection=bulletin.inspection)


def feedback_page(inspection: Inspection, links: Links, *, form: Any, is_done: bool) -> str:
    return _page("feedback", links, form=form, is_done=is_done, inspection=inspection)


def export_public(folder: Path, *, at: datetime) -> list[Path]:
    """Write all public pages into a folder, with relative links and their styles; return the files."""
    written = [_write(folder / "index.html", home_page(FileLinks(), at=at))]
    for name in STYLES:
        written.append(_write(folder / name, COMMENT.sub("", _source(name)).strip() + "\n"))
    for inspection in public_inspections():
        written += _export_inspection(folder / inspection.code, inspection, at=at)
    return written


def _export_inspection(folder: Path, inspection: Inspection, *, at: datetime) -> list[Path]:
    links = FileLinks(up="../")
    written = [_write(folder / "index.html", inspection_page(inspection, links, at=at))]
    for version in notices_of(inspection).select_related("inspection__organisation"):
        name = notice_name(version)
        written.append(_write(folder / f"{name}.html", notice_page(version, links)))
        written.append(_write(folder / f"{name}.pdf", notice_pdf(version)))
    for bulletin in bulletins_of(inspection):
        written.append(_write(folder / f"{bulletin_name(bulletin)}.html", bulletin_page(bulletin, links)))
    return written


def notice_pdf(version: PaperVersion) -> bytes:
    """Return the notice as PDF, as the public reads it today."""
    printed = Printed(version.document_number, "", version.issued_at)
    return write_pdf(paper_of(public_notice(version).content, kind=version.kind, printed=printed))


def _source(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path).read_text(encoding="utf-8")


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
