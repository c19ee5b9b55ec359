"""The filters of the plan's upper levels. What is unknown or unseen gives an empty list."""

from datetime import MAXYEAR, MINYEAR
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import KeyFilter
from issues.models import CalendarDay, Issue


class LevelFilter(django_filters.FilterSet):
    """Areas, and what all levels have in common."""

    inspection = django_filters.CharFilter(field_name="inspection__code", label=_("Inspection"))


class CategoryFilter(LevelFilter):
    area = KeyFilter(field_name="area", label=_("Area"))


class ProblemFilter(LevelFilter):
    area = KeyFilter(field_name="category__area", label=_("Area"))
    category = KeyFilter(field_name="category", label=_("Category"))


class IssueFilter(LevelFilter):
    q = django_filters.CharFilter(method="filter_text", label=_("Text or code"))
    status = django_filters.MultipleChoiceFilter(choices=Issue.Status.choices, label=_("State"))
    completion = django_filters.ChoiceFilter(choices=Issue.Completion.choices, label=_("Conclusion"))
    leader = KeyFilter(field_name="leader", label=_("Leader"))
    lead_unit = KeyFilter(field_name="lead_unit", label=_("Lead unit"))
    task_force = KeyFilter(field_name="task_force", label=_("Task force"))
    area = KeyFilter(field_name="problem__category__area", label=_("Area"))
    category = KeyFilter(field_name="problem__category", label=_("Category"))
    problem = KeyFilter(field_name="problem", label=_("Problem"))

    def filter_text(self, issues: QuerySet[Issue], _name: str, words: str) -> QuerySet[Issue]:
        """Keep issues that have every word in their text or at the start of their code."""
        for word in words.split():
            issues = issues.filter(Q(text__icontains=word) | Q(code__startswith=word))
        return issues


class IssueOfLedgerFilter(django_filters.FilterSet):
    """The filters of the ledger that speak of issues alone: an issue matches them though it has no measure yet."""

    issue = django_filters.NumberFilter(field_name="pk")
    area = django_filters.NumberFilter(field_name="problem__category__area")
    category = django_filters.NumberFilter(field_name="problem__category")
    task_force = django_filters.NumberFilter(field_name="task_force")
    issue_status = django_filters.ChoiceFilter(field_name="status", choices=Issue.Status.choices)
    completion = django_filters.ChoiceFilter(choices=Issue.Completion.choices)
    claimed = django_filters.ChoiceFilter(choices=[("true", ""), ("false", "")], method="filter_claimed")

    def filter_claimed(self, issues: Any, _name: str, wanted: str) -> QuerySet[Issue]:
        claimed = Q(pk__in=Issue.objects.claimed().values("pk"))
        rows: QuerySet[Issue] = issues.filter(claimed if wanted == "true" else ~claimed)
        return rows


class TaskForceFilter(LevelFilter):
    """Task forces of one inspection."""


class CalendarFilter(django_filters.FilterSet):
    """Days of the calendar of working days."""

    year = KeyFilter(method="filter_year", label=_("Year"))
    kind = django_filters.ChoiceFilter(choices=CalendarDay.Kind.choices, label=_("Kind"))

    def filter_year(self, days: QuerySet[CalendarDay], _name: str, year: int) -> QuerySet[CalendarDay]:
        """Keep the days of a year; there are none in one that no date can have."""
        return days.filter(day__year=year) if MINYEAR <= year <= MAXYEAR else days.none()
