from django.urls import path

from measures.views import actions, evidence, issue, measure, plan

urlpatterns = [
    path("issues/<int:pk>/", issue.issue, name="issue"),
    path("measures/<int:pk>/", measure.measure, name="measure"),
    path("issues/<int:pk>/plan-measure/", plan.plan_measure, name="plan_measure"),
    path("measures/<int:pk>/edit/", plan.edit_measure, name="edit_measure"),
    path("measures/<int:pk>/start/", actions.start_measure, name="start_measure"),
    path("measures/<int:pk>/report-progress/", actions.report_progress, name="report_progress"),
    path("measures/<int:pk>/hand-over/", actions.hand_over, name="hand_over"),
    path("measures/<int:pk>/cancel/", actions.cancel_measure, name="cancel_measure"),
    path("measures/<int:pk>/request-extension/", actions.request_extension, name="request_extension"),
    path("measures/<int:pk>/add-evidence/", evidence.add_evidence, name="add_evidence"),
    path("issues/<int:pk>/add-evidence/", evidence.add_issue_evidence, name="add_issue_evidence"),
    path("evidence/<int:pk>/", evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/add-version/", evidence.add_version, name="add_version"),
    path("evidence/<int:pk>/withdraw/", evidence.withdraw_evidence, name="withdraw_evidence"),
    path("evidence/<int:pk>/<int:number>/download/", evidence.download_evidence, name="download_evidence"),
    path("evidence/<int:pk>/<int:number>/preview/", evidence.preview_evidence, name="preview_evidence"),
    path("evidence/<int:pk>/<int:number>/make-pages/", evidence.make_pages, name="make_pages"),
    path("extensions/", measure.extensions, name="extensions"),
    path("extensions/<int:pk>/grant/", actions.grant_extension, name="grant_extension"),
    path("extensions/<int:pk>/refuse/", actions.refuse_extension, name="refuse_extension"),
    path("inspections/<slug:code>/hand-over-duties/", actions.hand_over_duties, name="hand_over_duties"),
]
