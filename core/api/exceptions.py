"""How the API says no: problem documents (RFC 9457), each with a code for programs and words for people."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.exceptions import Conflict, RuleViolation
from core.parsers import RequestTooLarge

PROBLEM = "application/problem+json"


class InvalidQuery(exceptions.APIException):
    """Something in the query of the address cannot be: a filter that does not exist, a value that it does not know."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_query"
    default_detail = gettext_lazy("The query in the address is not valid.")

    def __init__(self, **errors: list[str]) -> None:
        super().__init__()
        self.errors = errors


class IdempotencyKeyReused(exceptions.APIException):
    """The idempotency key came with something else before."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = gettext_lazy("This idempotency key was used for something else. Use a new one.")


@dataclass(frozen=True)
class ProblemDetails:
    """An error as RFC 9457 writes it: status, code for programs, words, and its extensions."""

    status: int
    code: str
    detail: str
    extensions: dict[str, Any] = field(default_factory=dict)


class ProblemDetailsSerializer(serializers.Serializer):
    """A problem as RFC 9457 writes it. `field` is the input that the rules refuse, `errors` what is wrong where."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    field = serializers.CharField(required=False)
    errors = serializers.JSONField(required=False)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a service or the framework raises into a problem document; anything else stays an error of ours."""
    problem = to_problem(error)
    if problem is None:
        return None
    set_rollback()
    request: HttpRequest = context["request"]
    document = {
        "type": "about:blank",
        "title": _title(problem.status),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "instance": request.path,
        **problem.extensions,
    }
    response = Response(document, status=problem.status, content_type=PROBLEM)
    for name, value in _headers(error).items():
        response[name] = value
    return response


def to_problem(error: Exception) -> ProblemDetails | None:
    """Return what an error is to the caller; None where it is ours."""
    if isinstance(error, RuleViolation):
        return _rule_violation(error)
    if isinstance(error, exceptions.ValidationError):
        detail = _("The request is incomplete or not valid.")
        errors = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return ProblemDetails(status.HTTP_422_UNPROCESSABLE_ENTITY, "invalid", detail, {"errors": errors})
    if isinstance(error, InvalidQuery):
        return ProblemDetails(error.status_code, error.default_code, str(error.detail), {"errors": error.errors})
    if isinstance(error, Http404):
        return ProblemDetails(status.HTTP_404_NOT_FOUND, "not_found", _("Not found, or not visible to you."))
    if isinstance(error, PermissionDenied):
        return ProblemDetails(status.HTTP_403_FORBIDDEN, "forbidden", str(error) or _("Your role does not allow this."))
    if isinstance(error, RequestDataTooBig):
        return ProblemDetails(
            RequestTooLarge.status_code, RequestTooLarge.default_code, str(RequestTooLarge.default_detail)
        )
    if isinstance(error, SuspiciousOperation):
        return ProblemDetails(status.HTTP_400_BAD_REQUEST, "unreadable", _("The request cannot be read."))
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        return ProblemDetails(
            error.status_code, codes if isinstance(codes, str) else error.default_code, str(error.detail)
        )
    return None


def _rule_violation(error: RuleViolation) -> ProblemDetails:
    extensions = {"field": error.field, "errors": {error.field: [str(error.message)]}} if error.field else {}
    if isinstance(error, Conflict):
        return ProblemDetails(status.HTTP_409_CONFLICT, "conflict", str(error.message), extensions)
    return ProblemDetails(status.HTTP_422_UNPROCESSABLE_ENTITY, "refused", str(error.message), extensions)


def _title(code: int) -> str:
    titles = {
        400: _("The request cannot be read"),
        401: _("Not logged in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible at this address"),
        409: _("Someone else was first"),
        412: _("Changed in the meantime"),
        413: _("Too large"),
        415: _("Unsupported content type"),
        422: _("Refused"),
        429: _("Too many requests"),
    }
    return titles.get(code, _("Not possible"))


def _headers(error: Exception) -> dict[str, str]:
    scheme, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
    return {
        **({"WWW-Authenticate": scheme} if scheme else {}),
        **({"Retry-After": str(ceil(wait))} if wait is not None else {}),
    }
