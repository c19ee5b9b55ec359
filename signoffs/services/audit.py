"""The auditor's work: which chains of events one may verify, the verification itself, a paper compared with a chain."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Role, User, Viewer
from accounts.permissions import grants_of, is_auditor
from audit.models import Chain, Event
from audit.services import ChainFault, open_trail, verify_chain
from core.exceptions import Forbidden
from issues.models import Inspection
from jobs.models import Job
from jobs.services import enqueue
from signoffs.verbs import SignoffVerb

CHAIN = "verification"
JOB_TYPE = "signoffs.verify_chains"
MOST_NAMED = 20
"""Most faults of one chain that its event names; the command names them all."""


def require_auditor(user: Viewer) -> None:
    """Raise `Forbidden` unless the user holds the auditor's role."""
    if not is_auditor(user):
        raise Forbidden(_("Only an auditor can verify the trail."))


def chains_of(user: Viewer) -> dict[str, str]:
    """Return the chains that an auditor may verify, key → name: those of their inspections and the common ones."""
    over = grants_of(user).within("organisation__path", [Role.AUDITOR])
    named = {inspection.chain: inspection.title for inspection in Inspection.objects.filter(over).order_by("-pk")}
    common = {
        "accounts": _("Units, people and roles"),
        "calendar": _("Calendar of working days"),
        "downloads": _("Downloads of files"),
        "settings": _("Sending of messages"),
        CHAIN: _("Verifications of the trail"),
    }
    existing = set(Chain.objects.values_list("key", flat=True))
    return {key: name for key, name in {**named, **common}.items() if key in existing}


@dataclass(frozen=True)
class ChainState:
    """A chain as the page shows it: its head, and the result of the last verification."""

    chain: Chain
    name: str
    verified_at: datetime | None
    verified_by: str
    result: Mapping[str, Any]

    @property
    def state(self) -> str:
        if self.verified_at is None:
            return "unverified"
        return "broken" if self.result.get("faults") else "whole"


def states_of(user: Viewer) -> list[ChainState]:
    """Return the chains that the user may verify, each with its last verification; three queries."""
    names = chains_of(user)
    rows = {chain.key: chain for chain in Chain.objects.filter(key__in=names)}
    kind, keys = Chain.KIND, [chain.pk for chain in rows.values()]
    verified = Event.objects.filter(chain__key=CHAIN, verb=SignoffVerb.VERIFY_AUDIT, kind=kind, object_id__in=keys)
    newest = verified.order_by().values("object_id").annotate(newest=Max("seq")).values("newest")
    last = {event.object_id: event for event in verified.filter(seq__in=newest)}
    return [_state(rows[key], name, last.get(rows[key].pk)) for key, name in names.items()]


def _state(chain: Chain, name: str, event: Event | None) -> ChainState:
    if event is None:
        return ChainState(chain, name, None, "", {})
    return ChainState(chain, name, event.at, event.actor_label, json.loads(event.text)["data"]["result"])


def ask_for_verification(*, by: User, at: datetime) -> Job:
    """Ask for the chains of `by` to be walked; a long chain takes longer than a page may. Raises `Forbidden`."""
    require_auditor(by)
    return enqueue(job_type=JOB_TYPE, arguments={}, title=_("Verification of the trail"), by=by, at=at)


def verify_chains(*, by: User, at: datetime) -> int:
    """Walk the chains that `by` may verify and store the result as an event of its own; return how many faults.

    Raises `Forbidden`.
    """
    require_auditor(by)
    faults = 0
    for key in chains_of(by):
        chain, events, broken = _verify(key)
        faults += len(broken)
        named = [{"seq": fault.seq, "what": fault.what} for fault in broken[:MOST_NAMED]]
        with open_trail(CHAIN, at=at) as trail:
            result = {"chain": key, "events": events, "head": chain.head_hash, "faults": len(broken), "broken": named}
            trail.record(SignoffVerb.VERIFY_AUDIT, by=by, obj=chain, result=result)
    return faults


def _verify(key: str) -> tuple[Chain, int, list[ChainFault]]:
    """Verify a chain; what looks broken is verified again with writers locked out: one may just have added to it."""
    chain = Chain.objects.get(key=key)
    events, broken = verify_chain(chain)
    if broken:
        with transaction.atomic():
            chain = Chain.objects.select_for_update().get(key=key)
            events, broken = verify_chain(chain)
    return chain, events, broken


@dataclass(frozen=True)
class DocumentCheck:
    """What comparing a paper with a chain gives: the event of that number, and whether the hash is its."""

    seq: int
    event: Event | None
    is_same: bool


def verify_document(*, chain: str, seq: int, hash: str, by: User) -> DocumentCheck:
    """Compare a number and a hash (or its beginning) from a paper with the chain. Raises `Forbidden`."""
    require_auditor(by)
    if chain not in chains_of(by):
        raise Forbidden(_("This chain belongs to another organisation."))
    event = Event.objects.filter(chain__key=chain, seq=seq).first()
    return DocumentCheck(seq, event, event is not None and event.hash.startswith(hash.strip().lower()))
