"""What was decided and on which files, compared with the trail and with the bytes in the storage.

The chains of events prove themselves. Rows and files beside them may have been altered by anyone who can lift the
guards: every application, decision and file is recorded in an event at its start, and must still agree with it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audit.models import Event
from audit.services import ChainFault
from core.exceptions import RuleViolation
from files.models import StoredFile
from files.services import open_stored
from issues.models import Inspection, Issue
from measures.models import EvidenceVersion, Measure
from signoffs.models import Application, Decision
from signoffs.services.manifests import verify_manifest
from signoffs.verbs import SignoffVerb

CHUNK = 500
APPLYING = (SignoffVerb.APPLY_FOR_SIGN_OFF, SignoffVerb.APPLY_FOR_CLOSURE)
DECIDING = {
    SignoffVerb.ACCEPT_APPLICATION.value: Decision.Verdict.ACCEPTED,
    SignoffVerb.RETURN_APPLICATION.value: Decision.Verdict.RETURNED,
}
UPLOADING = ("add_evidence", "add_version")
NO_EVENT = 0
"""The sequence number of a fault that no event records."""


def verify_signoffs(inspections: Iterable[Inspection]) -> list[ChainFault]:
    """Return what is wrong with applications, decisions and what was signed off, by the number of the event."""
    return [fault for inspection in inspections for fault in _signoffs_of(inspection)]


def _events(inspection: Inspection, verbs: Iterable[str]) -> Iterable[tuple[Event, dict[str, Any]]]:
    rows = Event.objects.filter(chain__key=inspection.chain, verb__in=verbs).order_by("seq")
    for event in rows.iterator(chunk_size=CHUNK):
        yield event, json.loads(event.text)["data"]


def _signoffs_of(inspection: Inspection) -> list[ChainFault]:
    recorded = {data["application"]: (event.seq, data["manifest"]) for event, data in _events(inspection, APPLYING)}
    broken = []
    rows = Application.objects.filter(inspection=inspection).order_by("pk")
    for application in rows.select_related("measure", "issue").iterator(chunk_size=CHUNK):
        seq, manifest_sha256 = recorded.pop(application.pk, (NO_EVENT, ""))
        name = {"code": application.code, "round": application.round}
        if not verify_manifest(application):
            broken.append((seq, _("application %(code)s, round %(round)d: the manifest was altered") % name))
        elif application.origin == Application.Origin.SYSTEM and application.manifest_sha256 != manifest_sha256:
            broken.append((seq, _("application %(code)s, round %(round)d: differs from its event") % name))
    broken += [(seq, _("application %(id)d is missing") % {"id": pk}) for pk, (seq, _sha256) in recorded.items()]
    broken += [*_decisions_of(inspection), *_unsupported(inspection)]
    return [ChainFault(inspection.chain, seq, what) for seq, what in broken]


def _decisions_of(inspection: Inspection) -> list[tuple[int, str]]:
    """Compare each decision with the event of the same words; what is left over on either side is wrong."""
    recorded: dict[tuple[Any, ...], list[int]] = {}
    for event, data in _events(inspection, DECIDING):
        names = ("application", "step", "ground", "reason", "meeting_on", "minute_number")
        key = (event.actor_id, event.at, DECIDING[event.verb].value, *(data[name] for name in names))
        recorded.setdefault(key, []).append(event.seq)
    broken = []
    rows = Decision.objects.filter(application__inspection=inspection).order_by("pk")
    about = ("application__measure", "application__issue")
    for row in rows.select_related(*about).iterator(chunk_size=CHUNK):
        meeting = str(row.meeting_on) if row.meeting_on else None
        said = (row.application_id, row.step_name, row.ground, row.reason, meeting, row.minute_number)
        seqs = recorded.get((row.by_id, row.at, row.verdict, *said))
        if seqs:
            seqs.pop()
            continue
        name = {"code": row.application.code, "step": row.step_name}
        broken.append((NO_EVENT, _("decision on %(code)s, %(step)s: differs from its event") % name))
    left = [seq for seqs in recorded.values() for seq in seqs]
    return [*broken, *((seq, _("the decision of this event is missing or was altered")) for seq in left)]


def _unsupported(inspection: Inspection) -> list[tuple[int, str]]:
    """Name what counts as done without an application that was accepted."""
    accepted = Application.objects.filter(status=Application.Status.ACCEPTED)
    measures = Measure.objects.filter(inspection=inspection, status=Measure.Status.SIGNED_OFF)
    measures = measures.exclude(Exists(accepted.filter(measure=OuterRef("pk"))))
    issues = Issue.objects.filter(inspection=inspection, status=Issue.Status.RECTIFIED)
    issues = issues.exclude(Exists(accepted.filter(issue=OuterRef("pk"), measure=None)))
    codes = [*measures.values_list("code", flat=True), *issues.values_list("code", flat=True)]
    return [(NO_EVENT, _("%(code)s counts as done without an accepted application") % {"code": code}) for code in codes]


def verify_evidence(inspections: Iterable[Inspection]) -> tuple[int, list[ChainFault]]:
    """Read every file of evidence again; return how many there are and which are missing or altered, by name."""
    counts: Counter[str] = Counter()
    broken = []
    for inspection in inspections:
        faults, count = _files_of(inspection)
        counts["files"] += count
        broken += [ChainFault(inspection.chain, seq, what) for seq, what in faults]
    return counts["files"], broken


def _files_of(inspection: Inspection) -> tuple[list[tuple[int, str]], int]:
    recorded = {
        (data["evidence"], data.get("version", 1)): (event.seq, data["sha256"], data["name"])
        for event, data in _events(inspection, UPLOADING)
    }
    broken, count = [], 0
    rows = EvidenceVersion.objects.filter(evidence__inspection=inspection).select_related("file").order_by("pk")
    for version in rows.iterator(chunk_size=CHUNK):
        count += 1
        seq, sha256, name = recorded.pop((version.evidence_id, version.number), (NO_EVENT, "", version.file.name))
        fault = _fault(version, sha256)
        if fault:
            broken.append((seq, f"{name}: {fault}"))
    broken += [
        (seq, _("%(name)s: the row of this file is missing") % {"name": name}) for seq, _s, name in recorded.values()
    ]
    return broken, count


def _fault(version: EvidenceVersion, recorded: str) -> str:
    """Return what is wrong with one file, or an empty text. What the trail records counts, not what the row says."""
    if not recorded:
        return _("no event records this file")
    stored = _hash_of(version.file)
    if not stored:
        return _("the file is missing")
    if stored != recorded:
        return _("the file was altered")
    return "" if version.file.sha256 == recorded else _("the row of the file was altered")


def _hash_of(file: StoredFile) -> str:
    """Return the SHA-256 of the bytes in the storage, read piece by piece; an empty text where they are gone."""
    try:
        with open_stored(file) as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except RuleViolation:
        return ""
