"""Rows that are work: a worker claims one for a while, and what breaks off or fails is tried again.

The row is the truth, a message to a worker only wakes it up. Each claim raises `attempt`, and every change by a worker
is one conditional update on the attempt that it holds: a worker that lost its lease and comes back changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound="LeasedRow")


class LeasedQuerySet(models.QuerySet[Row]):
    """Adjectives of rows that are work."""

    def unfinished(self) -> Self:
        """Keep the rows that have something left to do; a model whose rows end says which those are."""
        return self.all()

    def due(self, now: datetime) -> Self:
        """Keep what may be done now and what no worker holds: never claimed, put back, or with a lease that ran out."""
        is_free = Q(lease_until=None) | Q(lease_until__lt=now)
        is_ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
        return self.unfinished().filter(is_free, is_ready)

    def claim(self, pk: int, *, at: datetime, lease: timedelta, **fields: Any) -> Row | None:
        """Take one row for this worker and return it; None where it is not due, or another worker was first."""
        row = self.due(at).filter(pk=pk).first()
        return row if row is not None and row.claim(at=at, lease=lease, **fields) else None


class LeasedRow(models.Model):
    """A row of work. `failures` are those since the last success, or since somebody put the row back by hand."""

    MOST_FAILURES: ClassVar[int | None] = None
    """With so many failures the row is given up; None: it is tried for ever."""
    PAUSES: ClassVar[Sequence[timedelta]] = (timedelta(minutes=1),)
    """How long to wait after the first failure, the second and so on; the last pause stays."""

    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        abstract = True

    def values_put_back(self, at: datetime) -> dict[str, Any]:
        """Return what a failed attempt writes that will be followed by another one."""
        return {}

    def values_given_up(self, at: datetime) -> dict[str, Any]:
        """Return what the last failed attempt writes."""
        return {}

    def claim(self, *, at: datetime, lease: timedelta, **fields: Any) -> bool:
        """Take a row that was just read as due, and set `fields` with it; return whether this worker has it now.

        A lease that was left over counts as a failure: its worker was killed or fell silent. Too many end the row.
        """
        # Anyone who claims, renews or ends the row meanwhile changes one of these columns. Not `due` once more: its
        # joins would be in a subquery, whose rows PostgreSQL does not read again after it waited for another update.
        unchanged = type(self)._base_manager.filter(pk=self.pk, attempt=self.attempt, lease_until=self.lease_until)
        if self.lease_until is not None:
            failures = self.failures + 1
            if self.is_last(failures):
                reason = gettext("The job was started %(count)d times and interrupted each time.") % {"count": failures}
                given_up = {"failures": failures, "error": reason, **self.values_given_up(at)}
                self.write(unchanged, lease_until=None, **given_up)
                return False
            fields |= {"failures": failures, "error": gettext("The last attempt was broken off.")}
        return self.write(unchanged, attempt=self.attempt + 1, lease_until=at + lease, **fields)

    def is_last(self, failures: int) -> bool:
        """Return whether a row that failed so often is given up."""
        return self.MOST_FAILURES is not None and failures >= self.MOST_FAILURES

    def write(self, rows: "QuerySet[Any]", **fields: Any) -> bool:
        """Update `rows`, which are this one under a condition; where it was met, the object in memory follows."""
        if not rows.update(**fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True

    def write_claimed(self, **fields: Any) -> bool:
        """Write fields as long as this worker holds the row; return whether it does."""
        claimed = type(self)._base_manager.filter(pk=self.pk, attempt=self.attempt, lease_until__isnull=False)
        return self.write(claimed, **fields)

    def renew(self, *, until: datetime) -> bool:
        """Hold the row longer; return whether this worker still holds it."""
        return self.write_claimed(lease_until=until)

    def release(self, **fields: Any) -> bool:
        """End the lease, with what came of the attempt, and return whether this worker still held it."""
        return self.write_claimed(lease_until=None, **fields)

    def succeed(self, **fields: Any) -> bool:
        """End the lease after an attempt that went well: earlier failures are forgotten."""
        return self.release(failures=0, error="", next_attempt_at=None, **fields)

    def fail(self, error: str, *, at: datetime, is_final: bool = False) -> bool:
        """End the lease after a failure: to be tried again after a pause, or given up; return whether it was held."""
        failures = self.failures + 1
        values: dict[str, Any] = {"failures": failures, "error": error}
        if is_final or self.is_last(failures):
            return self.release(**values, **self.values_given_up(at))
        pause = self.PAUSES[min(failures, len(self.PAUSES)) - 1]
        return self.release(**values, **self.values_put_back(at), next_attempt_at=at + pause)
