from django.urls import path

from papers.views import actions, disclosure, papers

urlpatterns = [
    path("inspections/<slug:code>/papers/", papers.papers, name="papers"),
    path("inspections/<slug:code>/papers/make/", papers.make_paper, name="make_paper"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/edit/", papers.edit_paper, name="edit_paper"),
    path("papers/<int:pk>/submit/", actions.submit_paper, name="submit_paper"),
    path("papers/<int:pk>/approve/", actions.approve_paper, name="approve_paper"),
    path("papers/<int:pk>/return/", actions.return_paper, name="return_paper"),
    path("papers/<int:pk>/issue/", actions.issue_paper, name="issue_paper"),
    path("papers/<int:pk>/discard/", actions.discard_paper, name="discard_paper"),
    path("papers/<int:pk>/revise/", actions.revise_paper, name="revise_paper"),
    path("papers/<int:pk>/comment/", actions.comment_on_paper, name="comment_on_paper"),
    path("papers/<int:pk>/export/<str:ending>/", actions.export_paper, name="export_paper"),
    path("papers/comments/<int:pk>/answer/", actions.answer_comment, name="answer_comment"),
    path("inspections/<slug:code>/disclosure/", disclosure.disclosures, name="disclosures"),
    path("inspections/<slug:code>/disclosure/several/", disclosure.disclose_many, name="disclose_many"),
    path("issues/<int:pk>/disclosure/<slug:audience>/", disclosure.disclosure, name="disclosure"),
    path("disclosures/<int:pk>/approve/", disclosure.approve_disclosure, name="approve_disclosure"),
    path("disclosures/<int:pk>/refuse/", disclosure.refuse_disclosure, name="refuse_disclosure"),
]
