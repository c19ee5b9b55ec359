"""One verb for many rows: each as if it were sent alone, and what became of each. Knows no HTTP."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from core.transactions import dry_run

Row = TypeVar("Row")
Refusals = tuple[type[Exception], ...]
REFUSALS: Refusals = (RuleViolation, PermissionDenied)
"""How a service says no. Anything else is an error of the program and ends the batch."""


@dataclass(frozen=True)
class BatchItemResult(Generic[Row]):
    """What became of one row: `refusal` is what was raised for it, None where the verb was done."""

    row: Row
    verb: str
    refusal: Exception | None = None

    @property
    def is_done(self) -> bool:
        return self.refusal is None

    @property
    def reason(self) -> str:
        """Why the row was skipped, in the words of the verb; an empty text where it was not."""
        if self.refusal is None:
            return ""
        return str(self.refusal) or _("Your role does not allow this.")


@dataclass(frozen=True)
class BatchResult(Generic[Row]):
    """What became of every row of a batch, in the order of the rows."""

    items: tuple[BatchItemResult[Row], ...] = ()

    @property
    def done(self) -> list[Row]:
        return [item.row for item in self.items if item.is_done]

    @property
    def skipped(self) -> list[tuple[Row, str]]:
        """Each row that was skipped, with the reason."""
        return [(item.row, item.reason) for item in self.items if not item.is_done]

    def done_by(self, verb: str) -> list[Row]:
        """Return the rows on which this verb was done, for batches that mix several."""
        return [item.row for item in self.items if item.is_done and item.verb == verb]


def run_item(
    row: Row, verb: str, use: Callable[[], Any], *, is_trial: bool = False, refusals: Refusals = REFUSALS
) -> BatchItemResult[Row]:
    """Use the verb on one row and catch its refusal. A trial does it and takes it back."""
    try:
        with dry_run() if is_trial else nullcontext():
            use()
    except refusals as refusal:
        return BatchItemResult(row, verb, refusal)
    return BatchItemResult(row, verb)


def run_batch(
    rows: Iterable[Row], verb: str, use: Callable[[Row], Any], *, is_trial: bool = False, refusals: Refusals = REFUSALS
) -> BatchResult[Row]:
    """Use the verb on each row; what one refuses stops none of the others."""

    def item(row: Row) -> BatchItemResult[Row]:
        return run_item(row, verb, lambda: use(row), is_trial=is_trial, refusals=refusals)

    return BatchResult(tuple(item(row) for row in rows))
