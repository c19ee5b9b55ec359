from django.urls import path

from bulletins.views import bulletin, lists, papers, verbs

urlpatterns = [
    path("bulletins/", lists.bulletins, name="bulletins"),
    path("bulletins/<int:pk>/", bulletin.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", verbs.edit, name="edit_bulletin"),
    path("bulletins/<int:pk>/preview/", verbs.preview, name="preview_bulletin"),
    path("bulletins/<int:pk>/publish/", verbs.publish, name="publish_bulletin"),
    path("bulletins/<int:pk>/correct/", verbs.correct, name="correct_bulletin"),
    path("bulletins/<int:pk>/paper/<str:kind>/", papers.ask, name="request_bulletin_paper"),
]
