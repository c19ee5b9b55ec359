"""The verbs of measures. Each opens the inspection's trail, checks, moves, records; all in one transaction."""

from measures.services.evidence import (
    accepted_kinds,
    add_evidence,
    add_version,
    upload_evidence,
    upload_version,
    withdraw_evidence,
)
from measures.services.extensions import grant_extension, refuse_extension, request_extension
from measures.services.plan import cancel_measure, edit_measure, hand_over, hand_over_duties, plan_measure
from measures.services.progress import report_progress, resume_measure, sign_off_measure, start_measure, submit_measure

__all__ = [
    "accepted_kinds",
    "add_evidence",
    "add_version",
    "cancel_measure",
    "edit_measure",
    "grant_extension",
    "hand_over",
    "hand_over_duties",
    "plan_measure",
    "refuse_extension",
    "report_progress",
    "request_extension",
    "start_measure",
    "submit_measure",
    "resume_measure",
    "sign_off_measure",
    "upload_evidence",
    "upload_version",
    "withdraw_evidence",
]
