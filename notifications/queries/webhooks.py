"""How far webhooks are."""

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from notifications.models import Webhook


def with_progress(webhooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    """Annotate each webhook with the events that wait, chains that fail with the last error, and the last sending."""
    return webhooks.annotate(
        behind=Sum(F("subscriptions__chain__head_seq") - F("subscriptions__seq")),
        failing=Count("subscriptions", filter=Q(subscriptions__failures__gt=0)),
        sent_at=Max("subscriptions__sent_at"),
        again_at=Min("subscriptions__next_attempt_at"),
        error=Max("subscriptions__error", filter=Q(subscriptions__failures__gt=0)),
    )
