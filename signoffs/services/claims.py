"""What imported sources say was done or signed off: stored as applications that no one here filed or decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.services import canonical
from issues.models import Issue
from measures.models import Measure
from signoffs.models import Application
from signoffs.services.manifests import hash_of

BATCH = 500


@dataclass(frozen=True)
class ClaimSource:
    """The file that a claim comes from."""

    title: str
    sha256: str


@dataclass(frozen=True)
class Claimed:
    """What one line of a source says of an issue, or of a measure; `more` is what else it says, for the manifest."""

    issue: Issue
    words: str
    line: int
    completion: str = ""
    is_sustained: bool = False
    measure: Measure | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def keep_claims(*, claims: Iterable[Claimed], source: ClaimSource, at: datetime) -> list[Application]:
    """Keep what a source says of issues and measures that come in with it; called within the import's trail.

    The import's own event covers all of them. Round 0 leaves the rounds from 1 on to what is applied for here.
    """
    return Application.objects.bulk_create([_claim(each, source, at) for each in claims], batch_size=BATCH)


def _claim(claimed: Claimed, source: ClaimSource, at: datetime) -> Application:
    manifest = _manifest(claimed, source)
    return Application(
        inspection_id=claimed.issue.inspection_id,
        issue=claimed.issue,
        measure=claimed.measure,
        round=0,
        origin=Application.Origin.IMPORTED,
        status=Application.Status.CLAIMED,
        statement=claimed.words,
        completion=claimed.completion,
        is_sustained=claimed.is_sustained,
        manifest=manifest,
        manifest_sha256=hash_of(manifest),
        applied_at=at,
        ended_at=at,
        source_title=source.title,
        source_line=claimed.line,
        source_sha256=source.sha256,
    )


def _manifest(claimed: Claimed, source: ClaimSource) -> str:
    subject: Issue | Measure = claimed.measure or claimed.issue
    return canonical(
        {
            "measure" if claimed.measure else "issue": {"id": subject.pk, "code": subject.code, "text": subject.text},
            "claim": {
                "words": claimed.words,
                "completion": claimed.completion,
                "is_sustained": claimed.is_sustained,
                **claimed.more,
            },
            "source": {"title": source.title, "line": claimed.line, "sha256": source.sha256},
        }
    )
