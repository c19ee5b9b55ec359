"""Records the answers to requests with an idempotency key, so that what is sent twice is done once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import IdempotencyRecord, User

LIFETIME = timedelta(days=1)


def begin(*, user: User, key: str, digest: str, at: datetime) -> IdempotencyRecord:
    """Return the record of this key, or a new one without an answer. Call it within the work's transaction.

    A second request with the same key waits here until that transaction has ended.
    """
    IdempotencyRecord.objects.filter(user=user, at__lt=at - LIFETIME).delete()
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(user=user, key=key, digest=digest, at=at)
    except IntegrityError:
        return IdempotencyRecord.objects.get(user=user, key=key)


def finish(record: IdempotencyRecord, *, status: int, content: str) -> None:
    """Write the answer into the record, in the transaction of what was done."""
    record.status, record.text = status, content
    record.save(update_fields=["status", "text"])
