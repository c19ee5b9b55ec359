from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from documents.zone import use_zone
from rectify.celery import app


class RectifyConfig(AppConfig):
    name = "rectify"
    verbose_name = _("Rectification")

    def ready(self) -> None:
        # Web and worker alike know the Celery application (a task that is sent needs its broker) and all work,
        # which the `tasks` modules of the apps register; pages know what the `panels` modules put on them.
        app.set_default()
        autodiscover_modules("tasks", "panels")
        use_zone(settings.TIME_ZONE)
