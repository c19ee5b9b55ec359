"""The application that workers and scheduler load: `celery -A rectify worker`. All of its settings are Django's."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
app = Celery("rectify")
app.config_from_object("django.conf:settings", namespace="CELERY")
