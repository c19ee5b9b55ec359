"""A paper drawn up from the ledger as it is now; nothing is stored here."""

import re
from datetime import date, datetime

from django.utils import timezone

from issues.models import Disclosure, Inspection, Issue
from issues.queries import DisclosedIssues, disclosed_to
from papers.models import Notice, PaperComment, PaperVersion
from papers.services.content import Comment, Content
from papers.services.outline import counts_of, issues_of, records_of_issues, tree_of
from papers.services.wording import Facts, fill
from signoffs.models import Decision

DAY = re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日$")
LONGEST_SIGNATURE = 40


def draw_up(*, inspection: Inspection, kind: str, audience: str, at: datetime) -> Content:
    """Return the paper as the ledger would have it now.

    Where the inspection came from a published notice, a notice begins and ends with that one's own words.
    """
    issues, records = issues_of(inspection), records_of_issues(inspection)
    disclosed = disclosed_for(inspection, kind, audience, issues)
    content = Content(
        title="",
        areas=tree_of(issues, kind=kind, records=records, disclosed=disclosed),
        counts=counts_of(issues, records, disclosed),
        disclosures=decisions_in(disclosed),
        dated=timezone.localtime(at).date().isoformat(),
        as_of=at.isoformat(),
    )
    still = tuple(part.code for part in content.parts() if part.completion == Issue.Completion.NOT_DONE)
    facts = Facts(
        inspection=inspection,
        counts=content.counts,
        forces=tuple(inspection.task_forces.values_list("name", flat=True)),
        meetings=_meetings(inspection),
        open_issues=still,
    )
    fill(content, kind, facts)
    if kind == PaperVersion.Kind.NOTICE:
        _take_over(content, inspection)
    elif kind == PaperVersion.Kind.REPORT:
        content.comments = answered_comments(inspection)
    return content


def disclosed_for(
    inspection: Inspection, kind: str, audience: str, issues: list[Issue] | None = None
) -> DisclosedIssues:
    """Return what is shown in a paper: a notice is cut to its audience, plan and report hold everything."""
    if kind == PaperVersion.Kind.NOTICE:
        return disclosed_to(audience, inspection)
    every_issue = issues if issues is not None else inspection.issues.all()
    return DisclosedIssues.whole(Disclosure.Audience.INTERNAL, every_issue)


def decisions_in(disclosed: DisclosedIssues) -> dict[str, str]:
    """Return what counts for each issue, so that a later change of it is noticed."""
    return {str(key): f"{each.extent}:{each.decision}" for key, each in sorted(disclosed.issues.items())}


def _meetings(inspection: Inspection) -> tuple[date, ...]:
    decisions = Decision.objects.filter(application__inspection=inspection).order_by("meeting_on")
    return tuple(day for day in decisions.values_list("meeting_on", flat=True).distinct() if day is not None)


def _take_over(content: Content, inspection: Inspection) -> None:
    """Begin and end as the notice that the ledger came from, with its day under it."""
    source = Notice.objects.filter(inspection=inspection).order_by("-at", "-pk").first()
    if source is None or not source.preamble:
        return
    content.title, content.preamble = source.title or content.title, source.preamble
    content.closing, content.signature, content.dated = _signed(source.closing)


def _signed(closing: str) -> tuple[str, str, str]:
    """Return a closing without the signature and the day at its end, and these two; empty where they are not there."""
    lines = closing.splitlines()
    match = DAY.match(lines[-1].strip()) if len(lines) > 1 else None
    if match is None or len(lines[-2]) > LONGEST_SIGNATURE or lines[-2].endswith("。"):
        return closing, "", ""
    return "\n".join(lines[:-2]), lines[-2].strip(), date(*map(int, match.groups())).isoformat()


def answered_comments(inspection: Inspection) -> list[Comment]:
    """Return the comments of the inspection office that were worked in, in their order."""
    rows = PaperComment.objects.filter(version__inspection=inspection).exclude(answered_at=None)
    return [Comment(row.text, row.answer, row.by.name) for row in rows.select_related("by").order_by("at", "pk")]
