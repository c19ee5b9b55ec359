"""What the pages of papers and of disclosure show."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from documents import chinese_date
from issues.models import Disclosure, Inspection, Issue
from issues.queries import DisclosedIssues, IssueDisclosure, disclosed_to, known_names, marked_names, names_in
from papers.models import PaperVersion
from papers.services.content import Content
from papers.services.layout import lines_of
from papers.services.lifecycle import AUDIENCES
from papers.services.outline import account_in_full, told_of_issues

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class PaperRow:
    """One paper of an inspection: its latest issued version, the one in work, all of its versions."""

    kind: str
    audience: str
    label: str
    versions: list[PaperVersion]

    @property
    def issued(self) -> PaperVersion | None:
        return next((each for each in self.versions if each.status == PaperVersion.Status.ISSUED), None)

    @property
    def in_work(self) -> PaperVersion | None:
        return next((each for each in self.versions if each.status in PaperVersion.IN_WORK), None)


def paper_rows(inspection: Inspection, versions: Iterable[PaperVersion]) -> list[PaperRow]:
    """Return the papers that there can be, each with those of the versions (already seen) that it has."""
    found: dict[tuple[str, str], list[PaperVersion]] = {}
    for version in versions:
        found.setdefault((version.kind, version.audience), []).append(version)
    return [
        PaperRow(kind, audience, str(kind.label), found.get((kind.value, audience.value), []))
        for kind in (PaperVersion.Kind.PLAN, PaperVersion.Kind.REPORT, PaperVersion.Kind.NOTICE)
        for audience in AUDIENCES[kind]
    ]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a paper on the page, in pieces: words, and names of people that are marked."""

    kind: str
    pieces: Pieces
    lead: str = ""
    issue: int = 0
    is_claimed: bool = False
    extent: str = ""


def paragraphs_of(content: Content, *, mark: bool) -> list[Paragraph]:
    """Return the paper between title and signature; with `mark` the names of people in it are marked."""
    known = known_names() if mark else ()
    parts = iter(content.parts())
    made, part = [], None
    for line in lines_of(content):
        part = next(parts) if line.kind == "issue" else part
        pieces = marked_names(line.text, known) if mark else [(line.text, False)]
        is_issue = line.kind == "issue" and part is not None
        made.append(
            Paragraph(
                line.kind,
                pieces,
                line.lead,
                part.issue if is_issue and part else 0,
                bool(is_issue and part and part.is_claimed),
                part.extent if is_issue and part else "",
            )
        )
    return made


def names_of(content: Content) -> list[str]:
    """Return the names of people between title and signature, each once."""
    pieces = (piece for each in paragraphs_of(content, mark=True) for piece in each.pieces)
    return sorted({words for words, is_name in pieces if is_name})


def day_words(content: Content) -> str:
    return chinese_date(content.day) if content.day else ""


@dataclass
class ShownRow:
    """One issue with what an audience is shown of it, and what it would read in full."""

    issue: Issue
    shown: IssueDisclosure
    pending: Disclosure | None = None
    account: str = ""
    names: list[str] = field(default_factory=list)
    text_pieces: Pieces = field(default_factory=list)
    account_pieces: Pieces = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.shown.state


def counts_by_state(shown: DisclosedIssues) -> Counter[str]:
    """Count the issues by the state of what is shown of them."""
    return Counter(each.state for each in shown.issues.values())


def rows_shown(
    inspection: Inspection, audience: str, issues: Iterable[Issue], shown: DisclosedIssues | None = None
) -> list[ShownRow]:
    """Return these issues with what is shown, what waits, and the names of people in what would be read in full."""
    issues = list(issues)
    shown = shown or disclosed_to(audience, inspection)
    keys: Collection[int] = [issue.pk for issue in issues]
    told, known = told_of_issues(inspection, keys), known_names()
    waiting = Disclosure.objects.pending().filter(issue__in=keys, audience=audience)
    pending = {row.issue_id: row for row in waiting.select_related("proposed_by", "issue__inspection__organisation")}
    rows = []
    for issue in issues:
        row = ShownRow(issue, shown.of(issue.pk), pending.get(issue.pk), account_in_full(issue, told))
        row.names = names_in(f"{issue.text}\n{row.account}", known)
        row.text_pieces, row.account_pieces = marked_names(issue.text, known), marked_names(row.account, known)
        rows.append(row)
    return rows
