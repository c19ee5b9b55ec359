"""Trying something to see what would become of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def dry_run() -> Iterator[None]:
    """Whatever is written within is taken back at its end, and what waits for a commit never happens.

    An error within goes on as it would without a trial. Locks are held as long as it lasts: try one thing at a time.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
