"""The way down to a page of sign-off, as the line above its heading tells it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from issues.models import Inspection, Issue
from measures.models import Measure
from signoffs.models import Application

Crumbs = list[dict[str, str]]


def to_inspection(inspection: Inspection, *more: str) -> Crumbs:
    first = {"label": inspection.title, "url": reverse("inspection", args=[inspection.code])}
    return [first, *({"label": words, "url": ""} for words in more)]


def to_measure(measure: Measure, *more: str) -> Crumbs:
    crumbs = to_issue(measure.issue)
    label = _("Measure %(code)s") % {"code": measure.code}
    crumbs.append({"label": label, "url": reverse("measure", args=[measure.pk])})
    return [*crumbs, *({"label": words, "url": ""} for words in more)]


def to_issue(issue: Issue, *more: str) -> Crumbs:
    crumbs = to_inspection(issue.inspection)
    crumbs.append({"label": _("Ledger"), "url": reverse("ledger", args=[issue.inspection.code])})
    crumbs.append({"label": _("Issue %(code)s") % {"code": issue.code}, "url": reverse("issue", args=[issue.pk])})
    return [*crumbs, *({"label": words, "url": ""} for words in more)]


def to_queue(*more: str) -> Crumbs:
    return [{"label": _("Sign-off"), "url": reverse("signoffs")}, *({"label": words, "url": ""} for words in more)]


def to_application(application: Application, *more: str) -> Crumbs:
    words = {"code": application.code, "round": application.round}
    label = _("Application %(code)s, round %(round)d") % words
    if not more:
        return to_queue(label)
    page = {"label": label, "url": reverse("application", args=[application.pk])}
    return [*to_queue(), page, *({"label": each, "url": ""} for each in more)]
