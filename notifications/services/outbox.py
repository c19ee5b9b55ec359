"""The trail as an outbox: behind a cursor per chain, events become notifications in the cursor's transaction.

The order of commit is the order of a chain, so the cursor skips nothing; and as it moves together with what was made,
an event is neither lost nor notified of twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from audit.models import Chain, Event
from issues.models import Issue
from measures.models import Measure
from notifications.models import Cursor
from notifications.services.create import Draft, post
from notifications.services.event_handlers import HANDLERS, IMPORTS, NOTIFIES_ACTOR, EventContext
from signoffs.models import Application
from supervision.models import Urge

EVENTS_AT_ONCE = 500
INSPECTION_PREFIX = "inspection:"
MODELS_WITH_VISIBILITY: dict[str, Any] = {model.KIND: model for model in (Measure, Issue, Application, Urge)}
"""Kinds of objects whose `visible_to` says who may be notified of them; for an inspection the role itself says it."""


def read_outbox(*, at: datetime) -> int:
    """Turn what has happened since the last time into notifications; return how many there are now."""
    return sum(_read(chain, at=at) for chain in _unread_chains())


def _unread_chains() -> list[Chain]:
    read = Cursor.objects.filter(chain=OuterRef("pk")).values("seq")
    chains = Chain.objects.filter(key__startswith=INSPECTION_PREFIX, head_seq__gt=0)
    return list(chains.alias(read=Coalesce(Subquery(read), 0)).filter(read__lt=F("head_seq")).order_by("pk"))


def _read(chain: Chain, *, at: datetime) -> int:
    """Read one chain up to its end, some hundred events to a transaction."""
    created = 0
    while True:
        with transaction.atomic():
            cursor = _lock_cursor(chain)
            events = list(chain.events.filter(seq__gt=cursor.seq).order_by("seq")[:EVENTS_AT_ONCE])
            if not events:
                return created
            created += len(post(drafts_of(events), at=at))
            cursor.seq = events[-1].seq
            cursor.save(update_fields=["seq"])


def _lock_cursor(chain: Chain) -> Cursor:
    """Lock the cursor of a chain; a new one begins where the chain was loaded."""
    Cursor.objects.get_or_create(chain=chain, defaults={"seq": _first_seq(chain)})
    return Cursor.objects.select_for_update().get(chain=chain)


def _first_seq(chain: Chain) -> int:
    """Return behind which event the reading of a new chain begins.

    What somebody opened by hand is read from its first event. What came by a load begins at the end of it: with the
    import itself where a person requested it, with nothing where the program loaded it (a sample, a command).
    """
    first = chain.events.order_by("seq").values_list("actor_id", flat=True).first()
    load = chain.events.filter(verb__in=IMPORTS).aggregate(last=Max("seq"))["last"]
    if load is not None:
        requested_by = chain.events.filter(seq=load).values_list("actor_id", flat=True).first()
        return load - 1 if requested_by is not None else chain.head_seq
    return chain.head_seq if first is None else 0


def drafts_of(events: Iterable[Event]) -> list[Draft]:
    """Return what people are notified of by these events, without what they did themselves or may not see."""
    drafts: dict[tuple[int, str], Draft] = {}
    for event in events:
        for draft in HANDLERS[event.verb](EventContext(event)) if event.verb in HANDLERS else []:
            if draft.person.pk == event.actor_id and event.verb not in NOTIFIES_ACTOR:
                continue
            if not _may_see_object(draft):
                continue
            first = drafts.setdefault((draft.person.pk, draft.key), draft)
            if first is not draft and "count" in first.data:  # several measures that were handed over at one moment
                first.data["count"] += draft.data["count"]
    return list(drafts.values())


def _may_see_object(draft: Draft) -> bool:
    model = MODELS_WITH_VISIBILITY.get(draft.object_kind)
    return model is None or model.objects.visible_to(draft.person).filter(pk=draft.object_id).exists()
