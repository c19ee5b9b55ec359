"""Changes of the organisation, tokens of programs, records of idempotency keys."""

from accounts.services import idempotency
from accounts.services.organisation import (
    CHAIN,
    appoint,
    create_post,
    create_unit,
    create_user,
    dismiss,
    edit_unit,
    edit_user,
    move_unit,
    note_password_change,
    put_in_charge,
)
from accounts.services.tokens import make_token, revoke_token, token_for_secret

__all__ = [
    "CHAIN",
    "appoint",
    "create_post",
    "create_unit",
    "create_user",
    "dismiss",
    "edit_unit",
    "edit_user",
    "idempotency",
    "make_token",
    "move_unit",
    "note_password_change",
    "put_in_charge",
    "revoke_token",
    "token_for_secret",
]
