"""Work for the tests; real workers load this module by `--include`."""

import time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import open_trail
from core.exceptions import RuleViolation
from jobs.models import Job
from jobs.services import advance, finish, job_handler
from tests.audit.verbs import TrialVerb

CHAIN = "effects"


@job_handler("tests.effect")
def effect(job: Job) -> None:
    """Leave one event per time that the effects are kept. On its first attempt it hangs where it is told to.

    `hang`: `before` the transaction with the effects, or `inside` of it, after they were written.
    """
    arguments: dict[str, Any] = job.arguments
    advance(job=job, percent=40, stage=_("Leader"))
    _hang(job, arguments, "before")
    with transaction.atomic(), open_trail(CHAIN, at=timezone.now()) as trail:
        trail.record(TrialVerb.EFFECT, by=None, kind="test", object_id=job.pk)
        _hang(job, arguments, "inside")
        finish(job=job, at=timezone.now(), result_url="/account/")


def _hang(job: Job, arguments: dict[str, Any], where: str) -> None:
    if arguments.get("hang") == where and job.attempt <= arguments.get("times", 1):
        Path(arguments["mark"]).write_text(str(job.attempt))
        time.sleep(arguments.get("seconds", 60))


@job_handler("tests.refuses")
def refuses(job: Job) -> None:
    raise RuleViolation(_("This file is empty."))


@job_handler("tests.breaks")
def breaks(job: Job) -> None:
    raise ZeroDivisionError("a secret of the inside")


@job_handler("tests.forgets")
def forgets(job: Job) -> None:
    """Ends without saying that it is done."""
