"""The life of a paper: drawn up, edited, submitted, approved or returned, issued. Each step is an event."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.services import Trail, open_trail
from core.exceptions import Conflict, Forbidden, RuleViolation
from core.transitions import transition
from issues.models import Disclosure, Inspection
from papers.models import PaperComment, PaperVersion
from papers.permissions import may_make_papers, require
from papers.services.content import Content, content_from, hash_of, text_of
from papers.services.drafting import answered_comments, decisions_in, disclosed_for, draw_up
from papers.services.wording import OPEN
from papers.verbs import PaperVerb

FIELDS = ("title", "addressees", "preamble", "closing", "signature", "dated")
"""What the office edits beside the accounts of the issues."""
SHORTEST_REASON = 10
LONGEST_TITLE = 300
NUMBER = re.compile(r"^(?P<who>\S{1,20})〔(?P<year>\d{4})〕(?P<number>[1-9]\d{0,4})号$")
BRACKETS = str.maketrans("[]［］【】()（）", "〔〕〔〕〔〕〔〕〔〕")


def make_paper(*, inspection: Inspection, kind: str, audience: str, by: Any, at: datetime) -> PaperVersion:
    """Draw a paper up from the ledger, as its next version. Raises `Forbidden`; `RuleViolation` while one is in work,
    for an audience that this paper is not made for, and for a notice of which it would be shown no issue at all.
    """
    _require_maker(by, inspection)
    if audience not in AUDIENCES[PaperVersion.Kind(kind)]:
        raise RuleViolation(_("There is no version of this paper for this audience."), field="audience")
    with open_trail(inspection.chain, at=at) as trail:
        content = draw_up(inspection=inspection, kind=kind, audience=audience, at=at)
        if not any(True for _part in content.parts()):
            raise RuleViolation(nothing_to_show(content))
        return _make(trail, inspection, kind, audience, content, by)


def nothing_to_show(content: Content) -> str:
    """Say why a paper would hold no issue."""
    if content.counts["issues"]:
        return _("No issue is shown to this audience yet. Decide first what it may see of each issue.")
    return _("The inspection has no issues yet.")


def revise_paper(*, version: PaperVersion, by: Any, at: datetime) -> PaperVersion:
    """Begin the next version with the text of this one. Raises as `make_paper`."""
    _require_maker(by, version.inspection)
    with open_trail(version.inspection.chain, at=at) as trail:
        content = content_from(version.content)
        if is_out_of_date(version):
            raise RuleViolation(
                _("What is shown of some issues has changed since. Create the paper from the ledger again.")
            )
        return _make(trail, version.inspection, version.kind, version.audience, content, by, source=version)


def _require_maker(by: Any, inspection: Inspection) -> None:
    if not may_make_papers(by, inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))


def _make(
    trail: Trail,
    inspection: Inspection,
    kind: str,
    audience: str,
    content: Content,
    by: Any,
    source: PaperVersion | None = None,
) -> PaperVersion:
    versions = PaperVersion.objects.of_paper(inspection, kind, audience)
    if versions.in_work().exists():
        raise RuleViolation(_("A version of this paper is already in progress. Issue or discard it first."))
    text = text_of(content)
    latest = versions.order_by("-number").values_list("number", flat=True).first()
    version = PaperVersion.objects.create(
        inspection=inspection,
        kind=kind,
        audience=audience,
        number=(latest or 0) + 1,
        title=content.title[:LONGEST_TITLE],
        content=text,
        content_sha256=hash_of(text),
        hands=[by.pk],
        created_by=by,
        created_at=trail.at,
        edited_by=by,
        edited_at=trail.at,
    )
    _record(trail, PaperVerb.MAKE_PAPER, version, by, revises=source.number if source else None)
    return version


def _record(trail: Trail, verb: PaperVerb, version: PaperVersion, by: Any, **data: Any) -> None:
    about: dict[str, Any] = {"paper": version.kind, "audience": version.audience, "version": version.number}
    trail.record(verb, by=by, obj=version, **about, sha256=version.content_sha256, **data)


def edit_paper(
    *,
    version: PaperVersion,
    values: Mapping[str, Any],
    accounts: Mapping[int, str],
    revision: int,
    by: Any,
    at: datetime,
) -> None:
    """Change the text of a draft: `values` of `FIELDS`, and accounts by the key of their issue.

    `revision` is the one that the editor saw. Raises `Forbidden`; `Conflict` where somebody else saved meanwhile;
    `RuleViolation` for what is no draft, without a title, and for an issue that the paper does not hold.
    """
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "edit_paper", version)
        if not version.is_draft:
            raise RuleViolation(_("Only a draft can be edited. Create a new version."))
        if version.revision != revision:
            raise Conflict(_saved_meanwhile(version))
        content = _edited(version, values, accounts)
        text = text_of(content)
        if text == version.content:
            return
        _save(version, content, text, by, trail)
        _record(trail, PaperVerb.EDIT_PAPER, version, by, revision=version.revision)


def _saved_meanwhile(version: PaperVersion) -> str:
    who = {"name": version.edited_by.name}
    return _("%(name)s has saved this draft in the meantime. Copy what you wrote and reload the page.") % who


def _edited(version: PaperVersion, values: Mapping[str, Any], accounts: Mapping[int, str]) -> Content:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ValueError(f"no such fields: {sorted(unknown)}")
    fields: dict[str, Any] = {name: _plain(value) for name, value in values.items()}
    if not fields.get("title", version.title):
        raise RuleViolation(_("A paper needs a title."), field="title")
    content = replace(content_from(version.content), **fields)
    parts = {part.issue: part for part in content.parts()}
    for key, account in accounts.items():
        if key not in parts:
            raise RuleViolation(_("This issue is not in the paper."))
        parts[key].account = _plain(account)
    return content


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "\n".join(line.strip() for line in str(value or "").splitlines() if line.strip())


def _save(version: PaperVersion, content: Content, text: str, by: Any, trail: Trail) -> None:
    version.title, version.content, version.content_sha256 = content.title[:LONGEST_TITLE], text, hash_of(text)
    version.revision += 1
    version.edited_by, version.edited_at = by, trail.at
    version.hands = sorted({*version.hands, by.pk})
    version.save(update_fields=["title", "content", "content_sha256", "revision", "edited_by", "edited_at", "hands"])


def submit_paper(*, version: PaperVersion, by: Any, at: datetime) -> None:
    """Give the draft to the group; from now on its text is frozen with its hash.

    Raises `Forbidden`; `RuleViolation` while something is left to be filled in, a comment on the report is unanswered,
    or what the audience is shown has changed since it was drawn up.
    """
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "submit_paper", version)
        if not version.is_draft:
            raise RuleViolation(_("This step is not possible from the current state."))
        if OPEN in version.content:
            raise RuleViolation(
                _("Something still has to be filled in: look for %(mark)s in the text.") % {"mark": OPEN}
            )
        _require_up_to_date(version)
        if version.kind == PaperVersion.Kind.REPORT:
            _work_comments_in(version, by, trail)
        transition(
            version, PaperVersion.Status.SUBMITTED, steps=PaperVersion.STEPS, submitted_by=by, submitted_at=trail.at
        )
        _record(trail, PaperVerb.SUBMIT_PAPER, version, by)


def _work_comments_in(version: PaperVersion, by: Any, trail: Trail) -> None:
    """Put the answered comments into the report. Raises `RuleViolation` while one is unanswered."""
    comments = PaperComment.objects.filter(version__inspection=version.inspection)
    if waiting := comments.open().count():
        raise RuleViolation(_("%(count)d comments of the inspection office are not answered yet.") % {"count": waiting})
    content = replace(content_from(version.content), comments=answered_comments(version.inspection))
    text = text_of(content)
    if text != version.content:
        _save(version, content, text, by, trail)


def is_out_of_date(version: PaperVersion) -> bool:
    """Return whether what the audience is shown of some issue has changed since the paper was drawn up."""
    disclosed = disclosed_for(version.inspection, version.kind, version.audience)
    drawn_up = content_from(version.content).disclosures
    now = decisions_in(disclosed)
    return any(now.get(key) != decision for key, decision in drawn_up.items())


def _require_up_to_date(version: PaperVersion) -> None:
    if is_out_of_date(version):
        raise RuleViolation(
            _("What is shown of some issues has changed since this was created. Discard it and create it again.")
        )


def approve_paper(*, version: PaperVersion, sha256: str, by: Any, at: datetime, note: str = "") -> None:
    """Approve exactly the text with this hash. Raises `Forbidden` for who had a hand in it and for other roles,
    `RuleViolation` or `Conflict` where it waits no longer or is another text.
    """
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "approve_paper", version)
        if sha256 != version.content_sha256 or hash_of(version.content) != version.content_sha256:
            raise Conflict(_("The text has changed since you opened it. Reload the page and check again."))
        _require_up_to_date(version)
        _decide(trail, version, PaperVersion.Status.APPROVED, by, note.strip())
        _record(trail, PaperVerb.APPROVE_PAPER, version, by, note=note.strip())


def return_paper(*, version: PaperVersion, note: str, by: Any, at: datetime) -> None:
    """Return a paper with a written reason; the office makes the next version. Raises as `approve_paper`."""
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "return_paper", version)
        if len(note.strip()) < SHORTEST_REASON:
            shortest = {"count": SHORTEST_REASON}
            raise RuleViolation(_("Give a reason of at least %(count)d characters.") % shortest, field="note")
        _decide(trail, version, PaperVersion.Status.RETURNED, by, note.strip())
        _record(trail, PaperVerb.RETURN_PAPER, version, by, note=note.strip())


def _decide(trail: Trail, version: PaperVersion, status: str, by: Any, note: str) -> None:
    transition(version, status, steps=PaperVersion.STEPS, decided_by=by, decided_at=trail.at, note=note)


def issue_paper(*, version: PaperVersion, document_number: str, by: Any, at: datetime) -> None:
    """Issue an approved paper, with its document number where it has one: `许城管党〔2021〕3号`.

    Raises `Forbidden`; `RuleViolation` for what is not approved, a number that is none or is taken, and where what the
    audience is shown has changed since.
    """
    number = document_number.strip().translate(BRACKETS)
    if number and not NUMBER.match(number):
        raise RuleViolation(_("Write the number as 许城管党〔2021〕3号."), field="document_number")
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "issue_paper", version)
        _require_up_to_date(version)
        if number and _is_taken(version, number):
            raise RuleViolation(_("Another paper already has this number."), field="document_number")
        transition(
            version,
            PaperVersion.Status.ISSUED,
            steps=PaperVersion.STEPS,
            issued_by=by,
            issued_at=trail.at,
            document_number=number,
        )
        _record(trail, PaperVerb.ISSUE_PAPER, version, by, document_number=number)


def _is_taken(version: PaperVersion, number: str) -> bool:
    others = PaperVersion.objects.filter(inspection__organisation=version.inspection.organisation_id)
    return others.filter(document_number=number).exists()


def discard_paper(*, version: PaperVersion, by: Any, at: datetime) -> None:
    """Set a draft, or what was approved and not issued, aside for good. Raises `Forbidden`, `RuleViolation`."""
    with open_trail(version.inspection.chain, at=at) as trail:
        version.refresh_from_db()
        require(by, "discard_paper", version)
        transition(version, PaperVersion.Status.DISCARDED, steps=PaperVersion.STEPS)
        _record(trail, PaperVerb.DISCARD_PAPER, version, by)


AUDIENCES = {
    PaperVersion.Kind.NOTICE: (Disclosure.Audience.INTERNAL, Disclosure.Audience.PUBLIC),
    PaperVersion.Kind.PLAN: (Disclosure.Audience.INTERNAL,),
    PaperVersion.Kind.REPORT: (Disclosure.Audience.INTERNAL,),
}
"""For whom there is which paper."""
