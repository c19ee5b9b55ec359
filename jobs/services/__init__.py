"""Background work that a person waits for: enqueued here, done by `jobs.tasks.run_job`."""

from jobs.services.lifecycle import (
    LeaseLost,
    advance,
    claim,
    enqueue,
    fail,
    fail_unexpectedly,
    finish,
    renew,
    retry_job,
)
from jobs.services.registry import get_handler, job_handler
from jobs.services.workers import delete_heartbeat, prune_heartbeats, record_heartbeat

__all__ = [
    "LeaseLost",
    "advance",
    "record_heartbeat",
    "claim",
    "enqueue",
    "fail",
    "fail_unexpectedly",
    "finish",
    "delete_heartbeat",
    "get_handler",
    "prune_heartbeats",
    "renew",
    "retry_job",
    "job_handler",
]
