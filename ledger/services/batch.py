"""One verb for several measures of a ledger: each through the verb's own service."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from core.batches import BatchResult, run_batch
from measures.models import Measure
from measures.services import hand_over, report_progress, request_extension, start_measure
from supervision.services.urging import urge_measure

SERVICES: dict[str, Callable[..., Any]] = {
    "start_measure": start_measure,
    "report_progress": report_progress,
    "request_extension": request_extension,
    "urge_measure": urge_measure,
    "hand_over": hand_over,
}
"""The service behind each of `permissions.BATCH_VERBS`."""


def batch_measures(
    *,
    verb: str,
    measures: Iterable[Measure],
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    is_trial: bool = False,
) -> BatchResult[Measure]:
    """Use the verb on each measure as if it were sent alone; what one refuses stops none of the others.

    `values` are what the verb asks for beside the measure. A trial does each and takes each back: its result
    is what would happen now. The measures that are passed in are as before a trial only once they are fetched
    again. Raises `KeyError` for a verb that is not in `permissions.BATCH_VERBS`.
    """
    service = SERVICES[verb]
    return run_batch(
        measures, verb, lambda measure: service(measure=measure, by=by, at=at, **values), is_trial=is_trial
    )
