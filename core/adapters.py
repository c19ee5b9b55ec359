"""How callers of the API are known. A module of its own, for the framework loads it while it loads itself."""

from typing import Any

from rest_framework import authentication


class SessionAuthentication(authentication.SessionAuthentication):
    """The log-in of the pages, with its check against forged requests. Whoever is not logged in gets 401, not 403."""

    def authenticate_header(self, request: Any) -> str:
        return "Session"
