from django.urls import path

from signoffs.views import apply, audit, batch, papers, queue, review, review_steps

urlpatterns = [
    path("measures/<int:pk>/apply/", apply.apply_for_sign_off, name="apply_for_sign_off"),
    path("issues/<int:pk>/apply-for-closure/", apply.apply_for_closure, name="apply_for_closure"),
    path("signoffs/", queue.signoffs, name="signoffs"),
    path("signoffs/batch/", batch.decide_batch, name="decide_batch"),
    path("signoffs/batch/done/", batch.batch_done, name="batch_done"),
    path("signoffs/<int:pk>/", review.application, name="application"),
    path("signoffs/<int:pk>/accept/", review.accept_application, name="accept_application"),
    path("signoffs/<int:pk>/return/", review.return_application, name="return_application"),
    path("signoffs/<int:pk>/withdraw/", apply.withdraw_application, name="withdraw_application"),
    path("signoffs/<int:pk>/form.<str:kind>", papers.application_form, name="application_form"),
    path("issues/<int:pk>/file/", papers.request_archive, name="request_archive"),
    path("issues/<int:pk>/file/<uuid:key>/", papers.issue_archive, name="issue_archive"),
    path("inspections/<slug:code>/review-steps/", review_steps.set_review_steps, name="set_review_steps"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify/", audit.verify_audit, name="verify_audit"),
]
