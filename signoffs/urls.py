from django.urls import path

from signoffs.views import apply, audit, batch, papers, queue, review, review_steps

urlpatterns = [
    path("measures/<int:pk>/apply/", apply.apply, name="apply_for_sign_off"),
    path("issues/<int:pk>/apply-for-closure/", apply.close, name="apply_for_closure"),
    path("signoffs/", queue.queue, name="signoffs"),
    path("signoffs/batch/", batch.decide, name="decide_batch"),
    path("signoffs/batch/done/", batch.done, name="batch_done"),
    path("signoffs/<int:pk>/", review.application, name="application"),
    path("signoffs/<int:pk>/accept/", review.accept, name="accept_application"),
    path("signoffs/<int:pk>/return/", review.return_, name="return_application"),
    path("signoffs/<int:pk>/withdraw/", apply.withdraw, name="withdraw_application"),
    path("signoffs/<int:pk>/form.<str:kind>", papers.form, name="application_form"),
    path("issues/<int:pk>/file/", papers.ask, name="request_archive"),
    path("issues/<int:pk>/file/<uuid:key>/", papers.archive, name="issue_archive"),
    path("inspections/<slug:code>/review-steps/", review_steps.chain, name="set_chain"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify/", audit.verify, name="verify_audit"),
]
