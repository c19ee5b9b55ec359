"""The addresses of the API: its router, its schema and its pages."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rectify.api.exports import ExportView
from rectify.api.router import LISTS, router


class UnknownAddressView(APIView):
    """Problem details for addresses that the API does not have, too."""

    @extend_schema(exclude=True)
    def get(self, request: Request, **_rest: str) -> Response:
        raise NotFound

    post = put = patch = delete = get


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", login_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
    path("v1/exports/", ExportView.as_view(lists=LISTS), name="api-exports"),
    path("v1/", include(router.urls)),
    re_path("^", UnknownAddressView.as_view()),
]
