"""How many requests a person or a token may send. A module of its own, for the settings of the framework name it."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import SimpleRateThrottle


class CallerRateThrottle(SimpleRateThrottle):
    """So many requests in so much time for each person and each token; a visitor gets 401 instead.

    The framework counts without a lock, so a few may slip through at the same moment: this bounds the load, no rule of
    the process depends on it.
    """

    setting = ""
    is_reading = True

    def get_rate(self) -> str | None:
        return getattr(settings, self.setting) or None

    def parse_rate(self, rate: str | None) -> tuple[int | None, int | None]:
        """Read `600/m`. Raises `ValueError` also for a rate of nothing, which would shut everyone out."""
        try:
            count, seconds = super().parse_rate(rate)
        except (KeyError, IndexError):
            count, seconds = 0, 1
        if count is not None and count < 1:
            raise ValueError(f"A rate is written as 600/m: {rate}")
        return count, seconds

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        if (request.method in SAFE_METHODS) != self.is_reading or not request.user.is_authenticated:
            return None
        caller = f"token-{request.auth.pk}" if request.auth else f"user-{request.user.pk}"
        return f"api-{'read' if self.is_reading else 'write'}-{caller}"


class ReadRateThrottle(CallerRateThrottle):
    setting, is_reading = "API_RATE", True


class WriteRateThrottle(CallerRateThrottle):
    setting, is_reading = "API_WRITE_RATE", False
