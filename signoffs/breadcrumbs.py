"""The way to the queues of sign-off and to an application; `more` are the levels below that."""

from django.utils.translation import gettext as _

from core.breadcrumbs import Crumb, breadcrumbs, crumb
from signoffs.models import Application


def to_queue(*more: Crumb | str) -> list[Crumb]:
    return breadcrumbs(crumb(_("Sign-off"), "signoffs"), *more)


def to_application(application: Application, *more: Crumb | str) -> list[Crumb]:
    label = _("Application %(code)s, round %(round)d") % {"code": application.code, "round": application.round}
    return to_queue(crumb(label, "application", application.pk), *more)
