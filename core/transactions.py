"""Transactions that are rolled back on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def dry_run() -> Iterator[None]:
    """Roll back at the end all that is written within; what waits for a commit never runs.

    An error within is raised as it would be without a dry run. Locks last as long as it does: try one thing at a time.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
