"""Snapshots held against the trail: each event of a roll-up names its snapshot and the fingerprint of its counts."""

import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from audit.models import Event
from audit.services import ChainFault
from issues.models import Inspection
from reporting.models import Snapshot
from reporting.services.rolling import VERB, fingerprint_of

CHUNK = 200
NO_EVENT = 0
"""The sequence number of a fault that no event tells of."""


def verify_snapshots(inspections: Iterable[Inspection]) -> list[ChainFault]:
    """Return which weekly roll-ups are missing, altered or told of by no event, by the number of the event."""
    return [fault for inspection in inspections for fault in _faults_of(inspection)]


def _faults_of(inspection: Inspection) -> list[ChainFault]:
    events = Event.objects.filter(chain__key=inspection.chain, verb=VERB).order_by("seq")
    told = {event.object_id: (event.seq, json.loads(event.text)["data"]) for event in events}
    broken = []
    snapshots = Snapshot.objects.filter(inspection=inspection).order_by("pk").prefetch_related("rows")
    for snapshot in snapshots.iterator(chunk_size=CHUNK):
        seq, data = told.pop(snapshot.pk, (NO_EVENT, {}))
        name = {"week": snapshot.week_label}
        if not data:
            broken.append((seq, _("roll-up of %(week)s: no event tells of it") % name))
        elif not snapshot.fingerprint == data["fingerprint"] == fingerprint_of(snapshot, snapshot.rows.all()):
            broken.append((seq, _("roll-up of %(week)s: the figures were altered") % name))
    broken += [(seq, _("roll-up of %(week)s is missing") % {"week": data["week"]}) for seq, data in told.values()]
    return [ChainFault(inspection.chain, seq, what) for seq, what in broken]
