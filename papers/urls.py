from django.urls import path

from papers.views import actions, disclosure, papers

urlpatterns = [
    path("inspections/<slug:code>/papers/", papers.papers, name="papers"),
    path("inspections/<slug:code>/papers/make/", papers.make, name="make_paper"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/edit/", papers.edit, name="edit_paper"),
    path("papers/<int:pk>/submit/", actions.submit, name="submit_paper"),
    path("papers/<int:pk>/approve/", actions.approve, name="approve_paper"),
    path("papers/<int:pk>/return/", actions.return_, name="return_paper"),
    path("papers/<int:pk>/issue/", actions.issue, name="issue_paper"),
    path("papers/<int:pk>/discard/", actions.discard, name="discard_paper"),
    path("papers/<int:pk>/revise/", actions.revise, name="revise_paper"),
    path("papers/<int:pk>/comment/", actions.comment, name="comment_on_paper"),
    path("papers/<int:pk>/export/<str:ending>/", actions.export, name="export_paper"),
    path("papers/comments/<int:pk>/answer/", actions.answer, name="answer_comment"),
    path("inspections/<slug:code>/disclosure/", disclosure.disclosures, name="disclosures"),
    path("inspections/<slug:code>/disclosure/several/", disclosure.many, name="disclose_many"),
    path("issues/<int:pk>/disclosure/<slug:audience>/", disclosure.disclosure, name="disclosure"),
    path("disclosures/<int:pk>/approve/", disclosure.approve, name="approve_disclosure"),
    path("disclosures/<int:pk>/refuse/", disclosure.refuse, name="refuse_disclosure"),
]
