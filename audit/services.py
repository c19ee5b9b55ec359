"""Writing the trail. Every service that changes something opens its trail first, then changes, then records."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from audit.models import GENESIS, Chain, Event
from audit.verbs import Recordable, Verb
from core.exceptions import RuleViolation

TOLERANCE = timedelta(minutes=2)
"""By how much the clocks of two servers may differ before a change is refused."""
MOVE_HEAD = "UPDATE audit_chain SET head_seq = %s, head_hash = %s, head_at = %s WHERE id = %s"
EVENTS_AT_ONCE = 1000


def canonical(content: dict[str, Any]) -> str:
    """Return the one text of `content`: sorted keys, no spaces, characters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def chain_hash(previous: str, text: str) -> str:
    """Return the SHA-256 (hex) of a canonical text together with its predecessor's hash."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


@dataclass(frozen=True)
class EventDraft:
    """One event to be appended by `Trail.record_all`."""

    verb: Verb
    by: Any
    obj: Recordable
    data: Mapping[str, Any]


@dataclass
class Trail:
    """An open chain: locked until the transaction ends. `at` is the moment that the changes happen."""

    chain: Chain
    at: datetime

    def record(
        self,
        verb: Verb,
        *,
        by: Any,
        obj: Recordable | None = None,
        kind: str = "",
        object_id: int | None = None,
        **data: Any,
    ) -> Event:
        """Append one event about `obj` and move the head on; `kind` and `object_id` are for an object without a row.

        `by` is a user or None (the program itself): an `Actor`, whose type lies above this app. `data` is anything that
        JSON can say, dates included.
        """
        if obj is not None:
            kind, object_id = obj.KIND, obj.pk
        event = self._next(verb, by, kind, object_id, data)
        event.save(force_insert=True)
        self.chain.save(update_fields=["head_seq", "head_hash", "head_at"])
        return event

    def record_all(self, entries: Iterable["EventDraft"]) -> None:
        """Append many events at once, each as `record` would: for loaders, which write what happened in bulk."""
        events = [self._next(each.verb, each.by, each.obj.KIND, each.obj.pk, each.data) for each in entries]
        Event.objects.bulk_create(events, batch_size=EVENTS_AT_ONCE)
        with connection.cursor() as cursor:  # the head moves on one event at a time: a trigger refuses anything else
            at = connection.ops.adapt_datetimefield_value(self.at)
            cursor.executemany(MOVE_HEAD, [(event.seq, event.hash, at, self.chain.pk) for event in events])

    def _next(self, verb: Verb, by: Any, kind: str, object_id: int | None, data: Mapping[str, Any]) -> Event:
        """Return the event that comes next, unsaved, and move the head in memory."""
        if not isinstance(verb, Verb):
            raise TypeError(f"{verb!r} is in no enum of verbs")
        if verb.kind and verb.kind != kind:
            raise ValueError(f"{verb} is an event of {verb.kind}, not of {kind}")
        content: dict[str, Any] = {
            "chain": self.chain.key,
            "seq": self.chain.head_seq + 1,
            "at": self.at.isoformat(),
            "actor_id": getattr(by, "pk", None),
            "actor": getattr(by, "label", "") if by is not None else "",
            "verb": str(verb),
            "kind": kind,
            "object": object_id,
            "data": data,
        }
        text = canonical(content)
        event = Event(
            chain=self.chain,
            seq=content["seq"],
            at=self.at,
            actor_id=content["actor_id"],
            actor_label=content["actor"],
            verb=content["verb"],
            kind=content["kind"],
            object_id=content["object"],
            text=text,
            previous_hash=self.chain.head_hash,
            hash=chain_hash(self.chain.head_hash, text),
        )
        self.chain.head_seq, self.chain.head_hash, self.chain.head_at = event.seq, event.hash, event.at
        return event


_NONE_OPEN: Mapping[str, Trail] = MappingProxyType({})
_open_trails: ContextVar[Mapping[str, Trail]] = ContextVar("open_trails", default=_NONE_OPEN)


@contextmanager
def open_trail(key: str, *, at: datetime) -> Iterator[Trail]:
    """Lock the chain `key` (made where it is new) in a transaction and yield its trail.

    A service that calls another one shares its trail: the inner call gets the one that is open already.
    `at` never runs backwards within a chain: a clock that is a little behind is moved up to the last event,
    one that is far behind raises `RuleViolation`, for its times would make the history false.
    """
    trails = _open_trails.get()
    with transaction.atomic():
        if key in trails:
            yield from _shared(trails[key])
            return
        trail = _lock(key, at)
        token = _open_trails.set({**trails, key: trail})
        try:
            yield trail
        finally:
            _open_trails.reset(token)


def _shared(trail: Trail) -> Iterator[Trail]:
    """Yield an open trail; where the inner call fails, its events are rolled back and so is the head in memory."""
    head = (trail.chain.head_seq, trail.chain.head_hash, trail.chain.head_at)
    try:
        yield trail
    except BaseException:
        trail.chain.head_seq, trail.chain.head_hash, trail.chain.head_at = head
        raise


def _lock(key: str, at: datetime) -> Trail:
    Chain.objects.get_or_create(key=key)
    chain = Chain.objects.select_for_update().get(key=key)
    if chain.head_at and at < chain.head_at:
        if chain.head_at - at > TOLERANCE:
            raise RuleViolation(_("The clock of this server is behind the last recorded event. Ask the administrator."))
        at = chain.head_at
    return Trail(chain=chain, at=at)


@dataclass(frozen=True)
class ChainFault:
    """One thing that is wrong with a chain."""

    chain: str
    seq: int
    what: str


def verify_chain(chain: Chain) -> tuple[int, list[ChainFault]]:
    """Walk one chain; return how many events it holds and what is wrong, by sequence number."""
    broken: list[ChainFault] = []
    expected_seq, previous = 1, GENESIS
    for event in chain.events.order_by("seq").iterator(chunk_size=2000):
        for missing in range(expected_seq, event.seq):
            broken.append(ChainFault(chain.key, missing, _("event is missing")))
        if event.seq == expected_seq and event.previous_hash != previous:
            broken.append(ChainFault(chain.key, event.seq, _("does not follow its predecessor")))
        if fault := _fault(event, chain.key):
            broken.append(ChainFault(chain.key, event.seq, fault))
        expected_seq, previous = event.seq + 1, event.hash
    for missing in range(expected_seq, chain.head_seq + 1):
        broken.append(ChainFault(chain.key, missing, _("event is cut off at the end")))
    if expected_seq - 1 == chain.head_seq and previous != chain.head_hash:
        broken.append(ChainFault(chain.key, chain.head_seq, _("last hash differs from the head of the chain")))
    if expected_seq - 1 > chain.head_seq:
        broken.append(ChainFault(chain.key, chain.head_seq + 1, _("event comes after the head of the chain")))
    return chain.events.count(), broken


def _fault(event: Event, key: str) -> str:
    """Return what is wrong with one event taken by itself, or an empty text."""
    if chain_hash(event.previous_hash, event.text) != event.hash:
        return _("text was altered")
    content = json.loads(event.text)
    hashed = [content[name] for name in ("chain", "seq", "actor_id", "actor", "verb", "kind", "object")]
    stored = [key, event.seq, event.actor_id, event.actor_label, event.verb, event.kind, event.object_id]
    hashed.append(datetime.fromisoformat(content["at"]))
    stored.append(event.at)
    return "" if hashed == stored else _("columns differ from the hashed text")


def verify(keys: list[str] | None = None) -> tuple[int, int, list[ChainFault]]:
    """Verify the chains named by `keys` (all where None); return chains, events, faults."""
    chains = Chain.objects.all() if keys is None else Chain.objects.filter(key__in=keys)
    results = [verify_chain(chain) for chain in chains]
    return len(results), sum(count for count, _broken in results), [b for _count, broken in results for b in broken]


def diff(obj: Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what setting `values` on `obj` would change: field → [old, new], people and units by their names."""
    return {
        name: [audit_repr(getattr(obj, name)), audit_repr(value)]
        for name, value in values.items()
        if getattr(obj, name) != value
    }


def audit_repr(value: Any) -> Any:
    """Return a value as the trail tells it: objects by name, lists item by item, everything else as it is."""
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [audit_repr(item) for item in value]
    return value
