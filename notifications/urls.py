from django.urls import path

from notifications.views import admin, escalation, inbox, personal, webhooks

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.mark_all_read, name="mark_all_read"),
    path("inbox/<int:pk>/", inbox.notification, name="notification"),
    path("account/messages/", personal.preferences, name="preferences"),
    path("inspections/<slug:code>/escalation/", escalation.set_escalation, name="set_escalation"),
    path("messages/", admin.deliveries, name="deliveries"),
    path("messages/send-again/", admin.send_again, name="send_again"),
    path("messages/gaps/", admin.coverage_gaps, name="coverage_gaps"),
    path("messages/channels/", admin.channels, name="channels"),
    path("messages/channels/new/", admin.add_channel, name="add_channel"),
    path("messages/channels/<int:pk>/", admin.edit_channel, name="edit_channel"),
    path("messages/webhooks/", webhooks.webhooks, name="webhooks"),
    path("messages/webhooks/new/", webhooks.add_webhook, name="add_webhook"),
    path("messages/webhooks/<int:pk>/", webhooks.edit_webhook, name="edit_webhook"),
    path("messages/webhooks/<int:pk>/retry/", webhooks.retry_webhook, name="retry_webhook"),
]
