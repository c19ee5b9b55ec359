from django.urls import path

from supervision.views import feedback, urging

urlpatterns = [
    path("measures/<int:pk>/urge/", urging.urge_measure, name="urge_measure"),
    path("inspections/<slug:code>/urges/", urging.urges, name="urges"),
    path("inspections/<slug:code>/feedback/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/answer/", feedback.answer_feedback, name="answer_feedback"),
    path("feedback/<int:pk>/close/", feedback.close_feedback, name="close_feedback"),
]
