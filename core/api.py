"""What the APIs of all apps share: problem documents (RFC 9457), pages of rows, verbs that call one service."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as django_filters
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, pagination, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.refusals import Refused, Stale

PROBLEM = "application/problem+json"


class Session(SessionScheme):
    """Our own authentication is the framework's, as far as the schema goes."""

    target_class = "core.adapters.SessionAuthentication"
    priority = 1


class Pages(pagination.PageNumberPagination):
    """Fifty rows to a page; a caller may ask for up to two hundred."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class Filters(django_filters.DjangoFilterBackend):
    """The filters of the pages; those that need the day of the office get it."""

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        needs = {"today": timezone.localdate()} if getattr(view, "filters_by_day", False) else {}
        return {**super().get_filterset_kwargs(request, queryset, view), **needs}


class Name(serializers.Serializer):
    """A unit or a person as other rows mention them."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class Typed(serializers.Serializer):
    """What the caller of a verb sends; a field that the verb does not know is a mistake, not a wish."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Rows(viewsets.ReadOnlyModelViewSet):
    """The rows of one model that the person sees; verbs are actions beside them. Unseen is 404, forbidden is 403."""

    lookup_value_regex = r"[0-9]{1,18}"
    pagination_class = Pages
    filter_backends = [Filters]

    def get_queryset(self) -> Any:
        return super().get_queryset().visible_to(self.request.user)

    def typed(self, form: type[Typed], **context: Any) -> dict[str, Any]:
        """Return what was sent once it has the right shape; the service decides whether it may be done."""
        sent = form(data=self.request.data, context={**self.get_serializer_context(), **context})
        sent.is_valid(raise_exception=True)
        data: dict[str, Any] = sent.validated_data
        return data

    def now(self) -> dict[str, Any]:
        """Who does it and when, as every service takes it."""
        return {"by": self.request.user, "at": timezone.now()}

    def shown(self, row: Any) -> Response:
        """Answer with the row as it is after the verb."""
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


def verb(path: str, sends: type[Typed] | None = None) -> Callable[[Any], Any]:
    """Make a method the verb at this address of a row: POST, what is sent, the row as it is afterwards."""

    def made(method: Any) -> Any:
        return action(detail=True, methods=["post"], url_path=path)(extend_schema(request=sends)(method))

    return made


def problem(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Turn what a service or the framework raises into a problem document; anything else stays an error of ours."""
    known = _known(error)
    if known is None:
        return None
    code, detail, more = known
    set_rollback()
    request: HttpRequest = _context["request"]
    document = {"type": "about:blank", "title": _title(code), "status": code, "detail": detail}
    response = Response({**document, "instance": request.path, **more}, status=code, content_type=PROBLEM)
    for name, value in _headers(error).items():
        response[name] = value
    return response


def _known(error: Exception) -> tuple[int, str, dict[str, Any]] | None:
    """Return status, what to tell and what else the document holds."""
    if isinstance(error, Refused):
        code = status.HTTP_409_CONFLICT if isinstance(error, Stale) else status.HTTP_422_UNPROCESSABLE_ENTITY
        errors = {"errors": {error.field: [str(error.message)]}} if error.field else {}
        return code, str(error.message), errors
    if isinstance(error, exceptions.ValidationError):
        told = _("What was sent is not complete or not right.")
        errors = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return status.HTTP_422_UNPROCESSABLE_ENTITY, told, {"errors": errors}
    if isinstance(error, Http404):
        return status.HTTP_404_NOT_FOUND, _("There is nothing here that you may see."), {}
    if isinstance(error, PermissionDenied):
        return status.HTTP_403_FORBIDDEN, str(error) or _("Your role does not allow this."), {}
    if isinstance(error, exceptions.APIException):
        return error.status_code, str(error.detail), {}
    return None


def _title(code: int) -> str:
    titles = {
        400: _("The request cannot be read"),
        401: _("Not logged in"),
        403: _("Not allowed"),
        404: _("Not found"),
        409: _("Somebody else was first"),
        422: _("Refused"),
    }
    return titles.get(code, _("Not possible"))


def _headers(error: Exception) -> dict[str, str]:
    asked = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": asked} if asked else {}
