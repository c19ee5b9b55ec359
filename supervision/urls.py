from django.urls import path

from supervision.views import feedback, urging

urlpatterns = [
    path("measures/<int:pk>/urge/", urging.urge_one, name="urge_measure"),
    path("inspections/<slug:code>/urges/", urging.urges, name="urges"),
    path("inspections/<slug:code>/feedback/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/answer/", feedback.answer, name="answer_feedback"),
    path("feedback/<int:pk>/close/", feedback.close, name="close_feedback"),
]
