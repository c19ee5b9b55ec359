"""What an audience is shown of the issues of an inspection: the one place that papers and public pages ask.

disclosed = disclosed_to("public", inspection)
disclosed.of(issue.pk).extent    # full, redacted or withheld
disclosed.full                   # keys of issues whose measures, reports and files may be named
disclosed.text_of(issue)         # the text that may be printed; empty where it is withheld
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from issues.models import Disclosure, Inspection, Issue

UNDECIDED, WAITING = "undecided", "waiting"
STATES = (UNDECIDED, WAITING, *Disclosure.Extent.values)
BREADTH = {Disclosure.Extent.WITHHELD: 0, Disclosure.Extent.REDACTED: 1, Disclosure.Extent.FULL: 2}


@dataclass(frozen=True)
class IssueDisclosure:
    """What counts for one issue and one audience: the redacted texts, and the key of the decision (0: none)."""

    extent: str
    text: str = ""
    account: str = ""
    decision: int = 0
    is_waiting: bool = False

    @property
    def state(self) -> str:
        """In one word: `undecided`, `waiting`, or the extent that was decided."""
        if self.is_waiting:
            return WAITING
        return self.extent if self.decision else UNDECIDED


@dataclass(frozen=True)
class DisclosedIssues:
    """What one audience is shown of all issues of one inspection."""

    audience: str
    issues: dict[int, IssueDisclosure] = field(default_factory=dict)

    @classmethod
    def whole(cls, audience: str, issues: Iterable[Issue]) -> "DisclosedIssues":
        """Return that all of these issues are shown in full, whatever was decided: for papers of those at work."""
        return cls(audience, {issue.pk: IssueDisclosure(Disclosure.Extent.FULL) for issue in issues})

    def of(self, issue: int) -> IssueDisclosure:
        """Return what is shown of the issue with this key; what is not of this inspection is withheld."""
        return self.issues.get(issue) or IssueDisclosure(Disclosure.Extent.WITHHELD)

    @property
    def full(self) -> frozenset[int]:
        """Keys of the issues shown in full: theirs are the only measures, reports and files that may be named."""
        return self._keys(Disclosure.Extent.FULL)

    @property
    def redacted(self) -> frozenset[int]:
        return self._keys(Disclosure.Extent.REDACTED)

    @property
    def withheld(self) -> frozenset[int]:
        return self._keys(Disclosure.Extent.WITHHELD)

    def _keys(self, extent: str) -> frozenset[int]:
        return frozenset(key for key, disclosed in self.issues.items() if disclosed.extent == extent)

    def text_of(self, issue: Issue) -> str:
        """Return the text of an issue that may be printed: its own, the redacted one, or none."""
        disclosed = self.of(issue.pk)
        return issue.text if disclosed.extent == Disclosure.Extent.FULL else disclosed.text


def disclosed_to(audience: str, inspection: Inspection) -> DisclosedIssues:
    """Return what the audience is shown of every issue of the inspection; two queries."""
    counting: dict[int, list[Disclosure]] = {
        key: [] for key in inspection.issues.order_by().values_list("pk", flat=True)
    }
    for row in Disclosure.objects.counting().filter(issue__inspection=inspection, audience=audience):
        counting[row.issue_id].append(row)
    return DisclosedIssues(audience, {key: disclosure_from(audience, rows) for key, rows in counting.items()})


def disclosure_from(audience: str, rows: Iterable[Disclosure]) -> IssueDisclosure:
    """Return what the audience is shown of an issue by its rows that count: one approved and one proposed at most.

    A proposal to show more counts once it is approved. While one that shows less waits, nothing is shown.
    """
    by_status = {row.status: row for row in rows}
    disclosed = IssueDisclosure(Disclosure.DEFAULT_EXTENT[Disclosure.Audience(audience)])
    if approved := by_status.get(Disclosure.Status.APPROVED):
        disclosed = IssueDisclosure(approved.extent, approved.text, approved.account, approved.pk)
    proposed = by_status.get(Disclosure.Status.PROPOSED)
    return _while_waiting(disclosed, proposed) if proposed else disclosed


def in_state(issues: QuerySet[Issue], audience: str, state: str) -> QuerySet[Issue]:
    """Keep the issues of which what the audience is shown is in this state, as `IssueDisclosure.state` names it."""
    counting = Disclosure.objects.counting().filter(issue=OuterRef("pk"), audience=audience)
    waits = Exists(counting.filter(status=Disclosure.Status.PROPOSED))
    if state == WAITING:
        return issues.filter(waits)
    approved = counting.filter(status=Disclosure.Status.APPROVED)
    if state == UNDECIDED:
        return issues.filter(~waits, ~Exists(approved))
    return issues.filter(~waits, Exists(approved.filter(extent=state)))


def _while_waiting(now: IssueDisclosure, proposed: Disclosure) -> IssueDisclosure:
    is_less = BREADTH[Disclosure.Extent(proposed.extent)] < BREADTH[Disclosure.Extent(now.extent)]
    if is_less:
        return IssueDisclosure(Disclosure.Extent.WITHHELD, is_waiting=True)
    return IssueDisclosure(now.extent, now.text, now.account, now.decision, is_waiting=True)
