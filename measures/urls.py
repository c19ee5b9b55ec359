from django.urls import path

from measures.views import evidence, issue, measure, plan, verbs

urlpatterns = [
    path("issues/<int:pk>/", issue.issue, name="issue"),
    path("measures/<int:pk>/", measure.measure, name="measure"),
    path("issues/<int:pk>/plan-measure/", plan.plan, name="plan_measure"),
    path("measures/<int:pk>/edit/", plan.edit, name="edit_measure"),
    path("measures/<int:pk>/start/", verbs.start, name="start_measure"),
    path("measures/<int:pk>/report-progress/", verbs.report, name="report_progress"),
    path("measures/<int:pk>/hand-over/", verbs.hand_over_measure, name="hand_over"),
    path("measures/<int:pk>/cancel/", verbs.cancel, name="cancel_measure"),
    path("measures/<int:pk>/request-extension/", verbs.request_later, name="request_extension"),
    path("measures/<int:pk>/add-evidence/", evidence.add_to_measure, name="add_evidence"),
    path("issues/<int:pk>/add-evidence/", evidence.add_to_issue, name="add_issue_evidence"),
    path("evidence/<int:pk>/", evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/add-version/", evidence.add_new_version, name="add_version"),
    path("evidence/<int:pk>/withdraw/", evidence.withdraw, name="withdraw_evidence"),
    path("evidence/<int:pk>/<int:number>/download/", evidence.download, name="download_evidence"),
    path("evidence/<int:pk>/<int:number>/preview/", evidence.preview, name="preview_evidence"),
    path("evidence/<int:pk>/<int:number>/make-pages/", evidence.make_pages, name="make_pages"),
    path("extensions/", measure.extensions, name="extensions"),
    path("extensions/<int:pk>/grant/", verbs.grant, name="grant_extension"),
    path("extensions/<int:pk>/refuse/", verbs.refuse, name="refuse_extension"),
    path("inspections/<slug:code>/hand-over-duties/", verbs.hand_over_all, name="hand_over_duties"),
]
