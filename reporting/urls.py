from django.urls import path

from reporting.views import dashboard, home, search

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("inspections/<slug:code>/", dashboard.inspection, name="inspection"),
    path("inspections/<slug:code>/screen/", dashboard.screen, name="screen"),
]
