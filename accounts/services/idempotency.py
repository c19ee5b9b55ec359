"""The answers to requests that came with an idempotency key, so that what is sent twice is done once."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import KeptAnswer

KEPT_FOR = timedelta(days=1)


def begin(*, user: Any, key: str, digest: str, at: datetime) -> KeptAnswer:
    """Return the answer kept for this key, or a new one without an answer. Call it within the work's transaction.

    Whoever sends the same key meanwhile waits here until that transaction has ended.
    """
    KeptAnswer.objects.filter(user=user, at__lt=at - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(user=user, key=key, digest=digest, at=at)
    except IntegrityError:
        return KeptAnswer.objects.get(user=user, key=key)


def finish(kept: KeptAnswer, *, status: int, content: str) -> None:
    """Keep the answer, in the transaction of what was done."""
    kept.status, kept.text = status, content
    kept.save(update_fields=["status", "text"])
