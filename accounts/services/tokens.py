"""Tokens by which programs act for a person: created, recognised, revoked. The secret itself is stored nowhere."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.services.organisation import CHAIN
from accounts.verbs import AccountVerb
from audit.services import open_trail
from core.exceptions import Forbidden, RuleViolation

PREFIX = "rct_"
READABLE = len(PREFIX) + 6
"""So many characters of a token stay readable, to know it from others."""
MOST_DAYS = 366
MOST_TOKENS = 20
LAST_USE_PRECISION = timedelta(minutes=10)
"""How exact the time of the last use is: not every request writes."""


def digest_of(secret: str) -> str:
    """Return what is stored of a token. It has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def make_token(*, name: str, scope: str, days: int, by: User, at: datetime) -> tuple[ApiToken, str]:
    """Create a token of the person `by` and return it with its secret, which no one can read again.

    Raises `RuleViolation` without a name, for a time that is no time, or where there are too many already.
    """
    name = name.strip()
    if not name:
        raise RuleViolation(_("Give the token a name that says what it is for."), field="name")
    if not 1 <= days <= MOST_DAYS:
        raise RuleViolation(_("A token is valid for 1 to %(days)d days.") % {"days": MOST_DAYS}, field="days")
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    with open_trail(CHAIN, at=at) as trail:
        if ApiToken.objects.filter(user=by).in_force(at).count() >= MOST_TOKENS:
            raise RuleViolation(_("You have %(count)d tokens. Revoke one that is not used.") % {"count": MOST_TOKENS})
        token = ApiToken.objects.create(
            user=by,
            name=name,
            scope=scope,
            prefix=secret[:READABLE],
            digest=digest_of(secret),
            created_at=trail.at,
            expires_at=trail.at + timedelta(days=days),
        )
        trail.record(AccountVerb.MAKE_TOKEN, by=by, obj=token, name=name, scope=scope, expires_at=token.expires_at)
    return token, secret


def revoke_token(*, token: ApiToken, by: User, at: datetime) -> None:
    """End a token at once; a second time changes nothing. Raises `Forbidden` for another person's."""
    if token.user_id != by.pk:
        raise Forbidden(_("Only the owner of a token can revoke it."))
    with open_trail(CHAIN, at=at) as trail:
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=trail.at):
            trail.record(AccountVerb.REVOKE_TOKEN, by=by, obj=token, name=token.name)


def token_for_secret(secret: str, *, at: datetime) -> ApiToken | None:
    """Return the token in force that has this secret, with its user; None for any other, and for who has left."""
    tokens = ApiToken.objects.in_force(at).select_related("user__unit")
    token = tokens.filter(digest=digest_of(secret), user__is_active=True).first()
    if token is not None and (token.last_used_at is None or at - token.last_used_at >= LAST_USE_PRECISION):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token
