"""What an audience is shown of an issue: proposed by the office, decided by the group, never by the same person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import Trail, open_trail
from core.batches import BatchItemResult, BatchResult, run_batch, run_item
from core.exceptions import Forbidden, RuleViolation
from core.transitions import transition
from issues.models import Disclosure, Inspection, Issue
from issues.permissions import holds_group, may_decide_disclosure, may_propose_disclosure
from issues.verbs import IssueVerb

SHORTEST_REASON = 4


@dataclass(frozen=True)
class Proposal:
    """What is proposed: the extent, for a redacted one its texts, for less than all of the issue the reason."""

    extent: str
    text: str = ""
    account: str = ""
    reason: str = ""


IN_FULL = Proposal(Disclosure.Extent.FULL)


def propose_disclosure(*, issue: Issue, audience: str, proposal: Proposal, by: User, at: datetime) -> Disclosure:
    """Propose what the audience is shown of the issue; a proposal that still waits is replaced.

    Raises `Forbidden` unless `by` is the office; `RuleViolation` without a redacted text, without a reason for showing
    less, and for what counts already.
    """
    if not may_propose_disclosure(by, issue.inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
    proposal = _validated(proposal)
    with open_trail(issue.inspection.chain, at=at) as trail:
        counting = {row.status: row for row in issue.disclosures.counting().filter(audience=audience)}
        approved, waiting = counting.get(Disclosure.Status.APPROVED), counting.get(Disclosure.Status.PROPOSED)
        if approved is not None and waiting is None and _content_of(approved) == _content_of(proposal):
            raise RuleViolation(_("This is already the current decision."))
        if waiting is not None:
            transition(waiting, Disclosure.Status.REPLACED, steps=Disclosure.STEPS)
        return _propose(trail, issue, audience, proposal, by)


def _validated(proposal: Proposal) -> Proposal:
    text, account, reason = proposal.text.strip(), proposal.account.strip(), proposal.reason.strip()
    if proposal.extent not in Disclosure.Extent:
        raise RuleViolation(_("Choose what is shown."), field="extent")
    if proposal.extent != Disclosure.Extent.REDACTED:
        text = account = ""
    elif not text:
        raise RuleViolation(_("Write the text that is shown instead."), field="text")
    if proposal.extent != Disclosure.Extent.FULL and len(reason) < SHORTEST_REASON:
        raise RuleViolation(_("Say why not all of it is shown."), field="reason")
    return Proposal(proposal.extent, text, account, reason)


def _content_of(source: Disclosure | Proposal) -> tuple[str, str, str]:
    return source.extent, source.text, source.account


def _propose(trail: Trail, issue: Issue, audience: str, proposal: Proposal, by: User) -> Disclosure:
    row = Disclosure.objects.create(
        issue=issue,
        audience=audience,
        extent=proposal.extent,
        text=proposal.text,
        account=proposal.account,
        reason=proposal.reason,
        proposed_by=by,
        proposed_at=trail.at,
    )
    _record(trail, IssueVerb.PROPOSE_DISCLOSURE, row, by, reason=proposal.reason)
    return row


def _record(trail: Trail, verb: IssueVerb, row: Disclosure, by: User, **data: Any) -> None:
    trail.record(
        verb, by=by, obj=row.issue, disclosure=row.pk, audience=row.audience, extent=row.extent, text=row.text, **data
    )


def approve_disclosure(*, disclosure: Disclosure, by: Any, at: datetime, note: str = "") -> None:
    """Approve a proposal: it counts from now on, in the place of the one before.

    Raises `Forbidden` for who proposed it and for other roles, `RuleViolation` or `Conflict` where it waits no longer.
    """
    with open_trail(disclosure.issue.inspection.chain, at=at) as trail:
        _require_decider(disclosure, by)
        before = disclosure.issue.disclosures.filter(audience=disclosure.audience, status=Disclosure.Status.APPROVED)
        for row in before:
            transition(row, Disclosure.Status.REPLACED, steps=Disclosure.STEPS)
        _transition_to(trail, disclosure, Disclosure.Status.APPROVED, by, note)
        _record(trail, IssueVerb.APPROVE_DISCLOSURE, disclosure, by, note=note)


def refuse_disclosure(*, disclosure: Disclosure, note: str, by: Any, at: datetime) -> None:
    """Refuse a proposal with a written reason; what counted before goes on. Raises as `approve_disclosure`."""
    with open_trail(disclosure.issue.inspection.chain, at=at) as trail:
        _require_decider(disclosure, by)
        if len(note.strip()) < SHORTEST_REASON:
            raise RuleViolation(_("Say why it is refused."), field="note")
        _transition_to(trail, disclosure, Disclosure.Status.REFUSED, by, note.strip())
        _record(trail, IssueVerb.REFUSE_DISCLOSURE, disclosure, by, note=note.strip())


def _require_decider(disclosure: Disclosure, by: User) -> None:
    if may_decide_disclosure(by, disclosure):
        return
    if holds_group(by, disclosure.issue.inspection):
        raise Forbidden(_("You cannot decide on your own proposal."))
    raise Forbidden(_("Only the leading group decides what is shown."))


def _transition_to(trail: Trail, row: Disclosure, status: str, by: User, note: str) -> None:
    transition(row, status, steps=Disclosure.STEPS, decided_by=by, decided_at=trail.at, note=note)


def propose_in_full(
    *, inspection: Inspection, issues: Iterable[Issue], audience: str, by: Any, at: datetime
) -> BatchResult[Issue]:
    """Propose that the audience is shown these issues in full; what is decided or waits already is skipped.

    Raises `Forbidden` unless `by` is the office.
    """
    if not may_propose_disclosure(by, inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
    issues = list(issues)
    with open_trail(inspection.chain, at=at) as trail:
        counting = Disclosure.objects.counting().filter(issue__in=issues, audience=audience)
        decided = set(counting.values_list("issue", flat=True))

        def propose(issue: Issue) -> None:
            if issue.pk in decided:
                raise RuleViolation(_("It has already been decided or is waiting for a decision."))
            _propose(trail, issue, audience, IN_FULL, by)

        return run_batch(issues, IssueVerb.PROPOSE_DISCLOSURE, propose)


def approve_disclosures(*, disclosures: Iterable[Disclosure], by: Any, at: datetime) -> BatchResult[Issue]:
    """Approve several proposals by the same verb, each with its own event; what cannot be is skipped and says why."""

    def approve(row: Disclosure) -> BatchItemResult[Issue]:
        return run_item(
            row.issue, IssueVerb.APPROVE_DISCLOSURE, lambda: approve_disclosure(disclosure=row, by=by, at=at)
        )

    return BatchResult(tuple(approve(row) for row in disclosures))
