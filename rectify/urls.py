"""Every address of the program; each app adds its own."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language

from rectify.views import health, manual, styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", never_cache(set_language), name="set_language"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("help/", manual.manuals, name="manuals"),
    path("help/<slug:name>/", manual.manual, name="manual"),
    path("admin/", admin.site.urls),
    path("api/", include("rectify.api")),
    path("", include("accounts.urls")),
    path("", include("jobs.urls")),
    path("", include("issues.urls")),
    path("", include("measures.urls")),
    path("", include("signoffs.urls")),
    path("", include("supervision.urls")),
    path("", include("ledger.urls")),
    path("", include("papers.urls")),
    path("", include("imports.urls")),
    path("", include("reporting.urls")),
    path("", include("bulletins.urls")),
    path("", include("notifications.urls")),
]
