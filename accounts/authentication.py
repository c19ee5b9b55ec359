"""How the API knows a program by its token, and what a token may do."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, permissions

from accounts.models import ApiToken
from accounts.services import token_for_secret


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …`. An invalid token is refused, whatever else the request brings."""

    keyword = "bearer"

    def authenticate(self, request: Any) -> tuple[Any, ApiToken] | None:
        word, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != self.keyword:
            return None
        token = token_for_secret(secret.strip(), at=timezone.now())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not valid: it is unknown, expired or revoked."))
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class TokenScope(permissions.BasePermission):
    """A token of the scope `read` only reads."""

    message = _("This token is read-only.")
    code = "token_only_reads"

    def has_permission(self, request: Any, view: Any) -> bool:
        token = request.auth
        is_reading = request.method in permissions.SAFE_METHODS
        return is_reading or not isinstance(token, ApiToken) or token.scope == ApiToken.Scope.WRITE
