from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from core import guards


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        # SQLite remakes a table to change it: that drops the table's triggers in silence and fails on
        # tables that triggers mention. So guards are lifted before every migrate and put back after it.
        pre_migrate.connect(guards.lift_before_migrate, dispatch_uid="core.guards.lift")
        post_migrate.connect(guards.install_after_migrate, dispatch_uid="core.guards.install")
        register(guards.check_guards, Tags.database)  # type: ignore[call-overload]
