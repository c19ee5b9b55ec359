from django.urls import path

from bulletins.views import bulletin, lists, papers, public, verbs

urlpatterns = [
    path("bulletins/", lists.bulletins, name="bulletins"),
    path("bulletins/<int:pk>/", bulletin.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", verbs.edit_bulletin, name="edit_bulletin"),
    path("bulletins/<int:pk>/preview/", verbs.preview_bulletin, name="preview_bulletin"),
    path("bulletins/<int:pk>/publish/", verbs.publish_bulletin, name="publish_bulletin"),
    path("bulletins/<int:pk>/correct/", verbs.correct_bulletin, name="correct_bulletin"),
    path("bulletins/<int:pk>/paper/<str:kind>/", papers.request_bulletin_paper, name="request_bulletin_paper"),
    path("public/", public.public, name="public"),
    path("public/<slug:code>/", public.public_inspection, name="public_inspection"),
    path("public/<slug:code>/notices/<int:number>/", public.public_notice, name="public_notice"),
    path("public/<slug:code>/bulletins/<int:pk>/", public.public_bulletin, name="public_bulletin"),
    path("public/<slug:code>/feedback/", public.public_feedback, name="public_feedback"),
]
