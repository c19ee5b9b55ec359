"""One verb for several measures of a ledger: each through the verb's own service, and told what became of each."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.exceptions import Forbidden, RuleViolation
from core.transactions import dry_run
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


@dataclass(frozen=True)
class MeasuresOutcome:
    """What became of each measure; of those that were skipped, why, in the words of the verb."""

    done: list[Measure] = field(default_factory=list)
    skipped: list[tuple[Measure, str]] = field(default_factory=list)


def batch_measures(
    *,
    verb: str,
    measures: Iterable[Measure],
    values: Mapping[str, Any],
    by: Any,
    at: datetime,
    is_trial: bool = False,
) -> MeasuresOutcome:
    """Use the verb on each measure as if it were sent alone; what one refuses stops none of the others.

    `values` are what the verb asks for beside the measure. A trial does each and takes each back: what it tells
    is what would happen now. The measures that are passed in are as before a trial only once they are fetched
    again. Raises `KeyError` for a verb that is not in `permissions.BATCH_VERBS`.
    """
    service, outcome = SERVICES[verb], MeasuresOutcome()
    for measure in measures:
        try:
            with dry_run() if is_trial else nullcontext():
                service(measure=measure, by=by, at=at, **values)
        except RuleViolation as refusal:
            outcome.skipped.append((measure, str(refusal.message)))
        except Forbidden as error:
            outcome.skipped.append((measure, str(error) or _("Your role does not allow this.")))
        else:
            outcome.done.append(measure)
    return outcome
