"""What an audience is shown of the issues of an inspection: the one place that papers and public pages ask.

shown = shown_to("public", inspection)
shown.of(issue.pk).extent        # full, redacted or withheld
shown.full                       # keys of issues whose measures, reports and files may be named
shown.text_of(issue)             # the text that may be printed; empty where it is withheld
"""

from dataclasses import dataclass, field

from issues.models import Disclosure, Inspection, Issue

BREADTH = {Disclosure.Extent.WITHHELD: 0, Disclosure.Extent.REDACTED: 1, Disclosure.Extent.FULL: 2}


@dataclass(frozen=True)
class Shown:
    """What counts for one issue and one audience: the redacted texts, and the key of the decision (0: nobody's)."""

    extent: str
    text: str = ""
    account: str = ""
    decision: int = 0
    is_waiting: bool = False


@dataclass(frozen=True)
class ShownIssues:
    """What one audience is shown of all issues of one inspection."""

    audience: str
    issues: dict[int, Shown] = field(default_factory=dict)

    def of(self, issue: int) -> Shown:
        """Return what is shown of the issue with this key; what is not of this inspection is withheld."""
        return self.issues.get(issue) or Shown(Disclosure.Extent.WITHHELD)

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
        return frozenset(key for key, shown in self.issues.items() if shown.extent == extent)

    def text_of(self, issue: Issue) -> str:
        """Return the text of an issue that may be printed: its own, the redacted one, or none."""
        shown = self.of(issue.pk)
        return issue.text if shown.extent == Disclosure.Extent.FULL else shown.text


def shown_to(audience: str, inspection: Inspection) -> ShownIssues:
    """Return what the audience is shown of every issue of the inspection; two queries.

    A proposal to show more counts once it is approved. While one that shows less waits, nothing is shown.
    """
    first = Shown(Disclosure.SHOWN_AT_FIRST[Disclosure.Audience(audience)])
    shown = dict.fromkeys(inspection.issues.order_by().values_list("pk", flat=True), first)
    rows = list(Disclosure.objects.counting().filter(issue__inspection=inspection, audience=audience))
    for row in rows:
        if row.status == Disclosure.Status.APPROVED:
            shown[row.issue_id] = Shown(row.extent, row.text, row.account, row.pk)
    for row in rows:
        if row.status == Disclosure.Status.PROPOSED:
            shown[row.issue_id] = _waiting(shown[row.issue_id], row)
    return ShownIssues(audience, shown)


def _waiting(now: Shown, proposed: Disclosure) -> Shown:
    is_less = BREADTH[Disclosure.Extent(proposed.extent)] < BREADTH[Disclosure.Extent(now.extent)]
    if is_less:
        return Shown(Disclosure.Extent.WITHHELD, is_waiting=True)
    return Shown(now.extent, now.text, now.account, now.decision, is_waiting=True)
