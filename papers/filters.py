"""The filters of imports, papers and of what is shown to whom. What is unknown or unseen gives an empty list."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import KeyFilter
from issues.models import Disclosure, Issue
from issues.queries import STATES, in_state
from papers.models import PaperVersion


class PaperFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    kind = django_filters.ChoiceFilter(choices=PaperVersion.Kind.choices, label=_("paper"))
    audience = django_filters.ChoiceFilter(choices=Disclosure.Audience.choices, label=_("audience"))
    status = django_filters.MultipleChoiceFilter(choices=PaperVersion.Status.choices, label=_("state"))


class CommentFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="version__inspection__code", label=_("Inspection"))
    paper = KeyFilter(field_name="version", label=_("paper"))
    answered = django_filters.BooleanFilter(field_name="answered_at", lookup_expr="isnull", exclude=True)


class DisclosureFilter(django_filters.FilterSet):
    inspection = django_filters.CharFilter(field_name="issue__inspection__code", label=_("Inspection"))
    issue = KeyFilter(field_name="issue", label=_("issue"))
    audience = django_filters.ChoiceFilter(choices=Disclosure.Audience.choices, label=_("audience"))
    extent = django_filters.ChoiceFilter(choices=Disclosure.Extent.choices, label=_("shown"))
    status = django_filters.MultipleChoiceFilter(choices=Disclosure.Status.choices, label=_("state"))


class DisclosureOverviewFilter(django_filters.FilterSet):
    """Issues by what an audience is shown of them; the audience is the public where none is named."""

    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))
    audience = django_filters.ChoiceFilter(choices=Disclosure.Audience.choices, method="of_audience")
    state = django_filters.ChoiceFilter(choices=[(state, state) for state in STATES], method="with_state")

    def of_audience(self, issues: QuerySet[Issue], _name: str, _audience: str) -> QuerySet[Issue]:
        """Keep all: an audience is shown something of every issue, and be it nothing."""
        return issues

    def with_state(self, issues: QuerySet[Issue], _name: str, state: str) -> Any:
        return in_state(issues, self.data.get("audience") or Disclosure.Audience.PUBLIC, state)
