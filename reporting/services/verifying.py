"""Snapshots compared with the trail: each event of a roll-up names its snapshot and the fingerprint of its counts."""

import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from audit.models import Event
from audit.services import ChainFault
from issues.models import Inspection
from reporting.models import Snapshot
from reporting.services.rolling import fingerprint_of
from reporting.verbs import SnapshotVerb

CHUNK = 200
NO_EVENT = 0
"""The sequence number of a fault that belongs to no event."""


def verify_snapshots(inspections: Iterable[Inspection]) -> list[ChainFault]:
    """Return which weekly roll-ups are missing, altered or without an event, by the number of the event."""
    return [fault for inspection in inspections for fault in _faults_of(inspection)]


def _faults_of(inspection: Inspection) -> list[ChainFault]:
    events = Event.objects.filter(chain__key=inspection.chain, verb=SnapshotVerb.ROLL_UP_WEEK).order_by("seq")
    recorded = {event.object_id: (event.seq, json.loads(event.text)["data"]) for event in events}
    faults = []
    snapshots = Snapshot.objects.filter(inspection=inspection).order_by("pk").prefetch_related("rows")
    for snapshot in snapshots.iterator(chunk_size=CHUNK):
        seq, data = recorded.pop(snapshot.pk, (NO_EVENT, {}))
        name = {"week": snapshot.week_label}
        if not data:
            faults.append((seq, _("roll-up of %(week)s: no event records it") % name))
        elif not snapshot.fingerprint == data["fingerprint"] == fingerprint_of(snapshot, snapshot.rows.all()):
            faults.append((seq, _("roll-up of %(week)s: the figures were altered") % name))
    faults += [(seq, _("roll-up of %(week)s is missing") % {"week": data["week"]}) for seq, data in recorded.values()]
    return [ChainFault(inspection.chain, seq, what) for seq, what in faults]
