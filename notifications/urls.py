from django.urls import path

from notifications.views import admin, escalation, inbox, personal, webhooks

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.read_all, name="read_all_notices"),
    path("inbox/<int:pk>/", inbox.notice, name="notice"),
    path("account/messages/", personal.preferences, name="preferences"),
    path("inspections/<slug:code>/ladder/", escalation.ladder, name="set_ladder"),
    path("messages/", admin.deliveries, name="deliveries"),
    path("messages/send-again/", admin.send_failed_again, name="send_again"),
    path("messages/gaps/", admin.gaps, name="gaps"),
    path("messages/channels/", admin.channels, name="channels"),
    path("messages/channels/new/", admin.edit_channel, name="add_channel"),
    path("messages/channels/<int:pk>/", admin.edit_channel, name="edit_channel"),
    path("messages/webhooks/", webhooks.webhooks, name="webhooks"),
    path("messages/webhooks/new/", webhooks.edit_webhook, name="add_webhook"),
    path("messages/webhooks/<int:pk>/", webhooks.edit_webhook, name="edit_webhook"),
    path("messages/webhooks/<int:pk>/try/", webhooks.try_webhook, name="try_webhook"),
]
