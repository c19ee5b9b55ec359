"""The manifest of an application: what exactly is decided on, as one canonical text with its hash."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.services import canonical
from core.exceptions import RuleViolation
from issues.models import Issue
from measures.models import Evidence, EvidenceVersion, Measure
from signoffs.models import Application

UNREADABLE = {
    "pending": gettext_noop("“%(name)s” is still being checked for viruses; apply as soon as that is done."),
    "infected": gettext_noop("A virus was found in “%(name)s”. Withdraw this file and upload a clean one, then apply."),
    "failed": gettext_noop(
        "“%(name)s” could not be checked for viruses and no one can open it. Wait, or withdraw it and upload it again."
    ),
}
"""Why a file cannot be decided on, by `StoredFile.lock`."""


def manifest_of_measure(measure: Measure, *, statement: str) -> str:
    """Return the manifest of an application for a measure.

    Raises `RuleViolation` where it has no evidence in force, or a file of it is locked by the virus scan.
    """
    versions = _latest(measure.evidence.in_force())
    if not versions:
        raise RuleViolation(_("Add evidence first: an application without evidence is not accepted."), field="evidence")
    return written(measure, versions, statement=statement)


def written(measure: Measure, versions: Iterable[EvidenceVersion], *, statement: str) -> str:
    """Return the manifest of a measure with these files, without a look at whether it can be applied for."""
    content = {
        "measure": {"id": measure.pk, "code": measure.code, "text": measure.text},
        "issue": {"id": measure.issue_id, "code": measure.issue.code, "text": measure.issue.text},
        "statement": statement,
        "evidence": [_evidence_entry(version) for version in versions],
    }
    return canonical(content)


def manifest_of_issue(issue: Issue, *, statement: str, completion: str, is_sustained: bool, kept_up: str) -> str:
    """Return the manifest of a closing: the accepted applications of the measures, the issue's own evidence.

    Raises `RuleViolation` where a file of that evidence is locked by the virus scan.
    """
    accepted = issue.applications.filter(status=Application.Status.ACCEPTED, measure__isnull=False)
    rows = accepted.order_by("measure__sort_key").values_list("pk", "measure__code", "round", "manifest_sha256")
    names = ("application", "measure", "round", "sha256")
    content = {
        "issue": {"id": issue.pk, "code": issue.code, "text": issue.text},
        "statement": statement,
        "completion": completion,
        "is_sustained": is_sustained,
        "kept_up": kept_up,
        "applications": [dict(zip(names, row, strict=True)) for row in rows],
        "evidence": [_evidence_entry(version) for version in _latest(issue.evidence.in_force().filter(measure=None))],
    }
    return canonical(content)


def _latest(evidence: Any) -> list[EvidenceVersion]:
    """Return the latest version of each piece of evidence, in order; no one decides on what no one may open."""
    with_files = evidence.order_by("position").prefetch_related("versions__file__scan")
    latest = [piece.latest for piece in with_files]
    for version in latest:
        if lock := version.file.lock:
            raise RuleViolation(_(UNREADABLE[lock]) % {"name": version.file.name}, field="evidence")
    return latest


def _evidence_entry(version: EvidenceVersion) -> dict[str, Any]:
    piece: Evidence = version.evidence
    return {
        "id": piece.pk,
        "number": piece.position,
        "version": version.number,
        "file": version.file_id,
        "name": version.file.name,
        "size": version.file.size,
        "sha256": version.file.sha256,
        "about_on": piece.about_on,
        "classification": piece.classification,
    }


def hash_of(manifest: str) -> str:
    return hashlib.sha256(manifest.encode()).hexdigest()


def verify_manifest(application: Application) -> bool:
    """Return whether the stored manifest is the one that was hashed when the application was made."""
    return hash_of(application.manifest) == application.manifest_sha256
