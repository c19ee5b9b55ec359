"""Background work that a person waits for: asked for here, done by `jobs.tasks.run_job`."""

from jobs.services.lifecycle import LostLease, advance, claim, enqueue, fail, fail_unexpectedly, finish, renew, retry
from jobs.services.registry import named, work
from jobs.services.workers import beat, forget_beat, prune_beats

__all__ = [
    "LostLease",
    "advance",
    "beat",
    "claim",
    "enqueue",
    "fail",
    "fail_unexpectedly",
    "finish",
    "forget_beat",
    "named",
    "prune_beats",
    "renew",
    "retry",
    "work",
]
