"""The log-in of the pages as the API takes it. A module of its own, for the settings of the framework name it."""

from typing import Any

from rest_framework import authentication


class SessionAuthentication(authentication.SessionAuthentication):
    """The framework's own, with its check against forged requests; without a log-in it is 401, not 403."""

    def authenticate_header(self, request: Any) -> str:
        return "Session"
