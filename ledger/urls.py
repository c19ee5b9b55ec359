from django.urls import path

from ledger.views import disclosure, exports, imports, ledger, paper_verbs, papers, reading, saving

paper_patterns = [
    path("inspections/<slug:code>/papers/", papers.papers, name="papers"),
    path("inspections/<slug:code>/papers/make/", papers.make, name="make_paper"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/edit/", papers.edit, name="edit_paper"),
    path("papers/<int:pk>/submit/", paper_verbs.submit, name="submit_paper"),
    path("papers/<int:pk>/approve/", paper_verbs.approve, name="approve_paper"),
    path("papers/<int:pk>/return/", paper_verbs.return_, name="return_paper"),
    path("papers/<int:pk>/issue/", paper_verbs.issue, name="issue_paper"),
    path("papers/<int:pk>/discard/", paper_verbs.discard, name="discard_paper"),
    path("papers/<int:pk>/revise/", paper_verbs.revise, name="revise_paper"),
    path("papers/<int:pk>/comment/", paper_verbs.comment, name="comment_on_paper"),
    path("papers/<int:pk>/export/<str:ending>/", paper_verbs.export, name="export_paper"),
    path("papers/comments/<int:pk>/answer/", paper_verbs.answer, name="answer_comment"),
    path("inspections/<slug:code>/disclosure/", disclosure.disclosures, name="disclosures"),
    path("inspections/<slug:code>/disclosure/several/", disclosure.many, name="disclose_many"),
    path("issues/<int:pk>/disclosure/<slug:audience>/", disclosure.disclosure, name="disclosure"),
    path("disclosures/<int:pk>/approve/", disclosure.approve, name="approve_disclosure"),
    path("disclosures/<int:pk>/refuse/", disclosure.refuse, name="refuse_disclosure"),
]
urlpatterns = [
    *paper_patterns,
    path("inspections/<slug:code>/ledger/", ledger.ledger, name="ledger"),
    path("inspections/<slug:code>/ledger/save-filter/", saving.save, name="save_filter"),
    path("saved-filters/<int:pk>/forget/", saving.forget, name="forget_filter"),
    path("inspections/<slug:code>/ledger/export/", exports.export, name="export_ledger"),
    path("import/", imports.imports, name="imports"),
    path("import/<int:pk>/", imports.shown, name="import"),
    path("import/template/", exports.template, name="ledger_template"),
    path("import/<int:pk>/marked/", exports.marked, name="marked_import"),
    path("import/<int:pk>/compare/", imports.compare, name="compare_import"),
    path("import/<int:pk>/reading/", reading.correct, name="correct_reading"),
    path("import/<int:pk>/confirm/", imports.confirm, name="confirm_import"),
    path("import/<int:pk>/discard/", imports.discard, name="discard_import"),
]
