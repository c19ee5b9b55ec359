from django.urls import path

from supervision import views

urlpatterns = [
    path("measures/<int:pk>/urge/", views.urge_one, name="urge_measure"),
    path("inspections/<slug:code>/urges/", views.urges, name="urges"),
]
