"""How a service says no. Interfaces turn these into a form error, a problem document or an exit code."""

from django.core.exceptions import PermissionDenied


class RuleViolation(Exception):
    """The rules of the process do not allow this now. `message` says what to do; `field` names the input."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class Conflict(RuleViolation):
    """Somebody else was first: the object is no longer in the state that the caller saw."""


class Forbidden(PermissionDenied):
    """The person sees the object but may not do this. Django answers 403 by itself."""
