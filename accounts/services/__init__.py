"""Changes of the organisation, tokens of programs, answers kept for what is sent twice."""

from accounts.services import idempotency as idempotency
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
from accounts.services.tokens import holder_of, make_token, revoke_token

__all__ = [
    "CHAIN",
    "answers",
    "appoint",
    "create_post",
    "create_unit",
    "create_user",
    "dismiss",
    "edit_unit",
    "edit_user",
    "holder_of",
    "make_token",
    "move_unit",
    "note_password_change",
    "put_in_charge",
    "revoke_token",
]
