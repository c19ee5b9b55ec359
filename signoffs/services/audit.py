"""The auditor's work: which chains of events one may verify, the verification itself, a paper held against a chain."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of, is_auditor
from audit.models import Chain, Event
from audit.services import ChainFault, open_trail, verify_chain
from audit.verbs import kind_of
from core.exceptions import Forbidden
from issues.models import Inspection
from jobs.models import Job
from jobs.services import enqueue

CHAIN = "verification"
VERB = "verify_audit"
WORK = "signoffs.verify_chains"
NAMED = 20
"""Most faults of one chain that its event names; the command names them all."""


def require_auditor(user: Any) -> None:
    """Raise `Forbidden` unless the user holds the auditor's role."""
    if not is_auditor(user):
        raise Forbidden(_("Only an auditor verifies the trail."))


def chains_of(user: Any) -> dict[str, str]:
    """Return the chains that an auditor may verify, key → name: those of their inspections and the common ones."""
    over = grants_of(user).within("organisation__path", [Role.AUDITOR])
    named = {inspection.chain: inspection.title for inspection in Inspection.objects.filter(over).order_by("-pk")}
    common = {
        "accounts": _("Units, people and roles"),
        "calendar": _("Calendar of working days"),
        "downloads": _("Downloads of files"),
        CHAIN: _("Verifications of the trail"),
    }
    there = set(Chain.objects.values_list("key", flat=True))
    return {key: name for key, name in {**named, **common}.items() if key in there}


@dataclass(frozen=True)
class ChainState:
    """A chain as the page shows it: its head, and what the last verification found."""

    chain: Chain
    name: str
    verified_at: datetime | None
    verified_by: str
    told: Mapping[str, Any]

    @property
    def state(self) -> str:
        if self.verified_at is None:
            return "unverified"
        return "broken" if self.told.get("faults") else "whole"


def states_of(user: Any) -> list[ChainState]:
    """Return the chains that the user may verify, each with its last verification; three queries."""
    names = chains_of(user)
    rows = {chain.key: chain for chain in Chain.objects.filter(key__in=names)}
    kind, keys = kind_of(Chain), [chain.pk for chain in rows.values()]
    verified = Event.objects.filter(chain__key=CHAIN, verb=VERB, kind=kind, object_id__in=keys)
    newest = verified.order_by().values("object_id").annotate(newest=Max("seq")).values("newest")
    last = {event.object_id: event for event in verified.filter(seq__in=newest)}
    return [_state(rows[key], name, last.get(rows[key].pk)) for key, name in names.items()]


def _state(chain: Chain, name: str, event: Event | None) -> ChainState:
    if event is None:
        return ChainState(chain, name, None, "", {})
    return ChainState(chain, name, event.at, event.actor_label, json.loads(event.text)["data"]["found"])


def ask_for_verification(*, by: Any, at: datetime) -> Job:
    """Ask for the chains of `by` to be walked; a long chain takes longer than a page may. Raises `Forbidden`."""
    require_auditor(by)
    return enqueue(job_type=WORK, arguments={}, title=_("Verification of the trail"), by=by, at=at)


def verify_chains(*, by: Any, at: datetime) -> int:
    """Walk the chains that `by` may verify and keep what was found, as an event of its own; return how many faults.

    Raises `Forbidden`.
    """
    require_auditor(by)
    faults = 0
    for key in chains_of(by):
        chain, events, broken = _walked(key)
        faults += len(broken)
        told = [{"seq": fault.seq, "what": fault.what} for fault in broken[:NAMED]]
        with open_trail(CHAIN, at=at) as trail:
            found = {"chain": key, "events": events, "head": chain.head_hash, "faults": len(broken), "broken": told}
            trail.record(VERB, by=by, obj=chain, found=found)
    return faults


def _walked(key: str) -> tuple[Chain, int, list[ChainFault]]:
    """Walk a chain; what looks broken is looked at again with writers held off, for one may just have added to it."""
    chain = Chain.objects.get(key=key)
    events, broken = verify_chain(chain)
    if broken:
        with transaction.atomic():
            chain = Chain.objects.select_for_update().get(key=key)
            events, broken = verify_chain(chain)
    return chain, events, broken


@dataclass(frozen=True)
class Held:
    """What a paper held against a chain shows: the event of that number, and whether the hash is its."""

    seq: int
    event: Event | None
    is_same: bool


def hold_against(*, chain: str, seq: int, hash: str, by: Any) -> Held:
    """Compare a number and a hash (or its beginning) from a paper with the chain. Raises `Forbidden`."""
    require_auditor(by)
    if chain not in chains_of(by):
        raise Forbidden(_("This chain belongs to another organisation."))
    event = Event.objects.filter(chain__key=chain, seq=seq).first()
    return Held(seq, event, event is not None and event.hash.startswith(hash.strip().lower()))
