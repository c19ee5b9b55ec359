"""Background work that a person waits for: asked for here, done by `jobs.tasks.run_job`."""

from jobs.services.lifecycle import LeaseLost, advance, claim, enqueue, fail, fail_unexpectedly, finish, renew, retry
from jobs.services.registry import get_handler, job_handler
from jobs.services.workers import beat, forget_beat, prune_beats

__all__ = [
    "LeaseLost",
    "advance",
    "beat",
    "claim",
    "enqueue",
    "fail",
    "fail_unexpectedly",
    "finish",
    "forget_beat",
    "get_handler",
    "prune_beats",
    "renew",
    "retry",
    "job_handler",
]
