"""The filter bar of the ledger, and the form that saves its filters."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, CharField, Q, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit, User, Viewer
from issues.models import Category, Inspection, Issue
from ledger.models import SavedFilter
from ledger.queries import LEVELS, SORTS
from measures.filters import MeasureFilter
from measures.models import Measure

TITLE = 30
Choices = list[tuple[Any, str]]


class HiddenChoice(forms.HiddenInput):
    """A choice that a link has made: the bar has no field for it, but the filters in force say it in words."""

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self.choices = choices


FROM_LINKS = ("completion", "claimed", "lacking", "returned", "unreported_since", "signed_off_until")
"""Filters that only links set, those of figures on other pages."""


def _words_of(form: Any, name: str) -> Choices:
    """What a filter set by a link says: its choices, or the moment as an office writes it."""
    field = form.fields[name]
    if hasattr(field, "choices"):
        return [(key, str(word)) for key, word in field.choices]
    raw = form.data.get(name) or ""
    moment = parse_datetime(raw.replace(" ", "+"))
    return [(raw, date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT"))] if moment else []


def _issue_of(form: Any, inspection: Inspection, user: Viewer) -> Choices:
    """The code of the issue that a link has chosen; a query only then."""
    key = form.data.get("issue") or ""
    issues = Issue.objects.visible_to(user, inspection).filter(pk=key) if key.isdecimal() and len(key) < 19 else []
    return [(issue.pk, issue.code) for issue in issues]


def filter_bar(filtered: MeasureFilter, *, inspection: Inspection, user: Viewer, categories: Iterable[Category]) -> Any:
    """Return the form of the filter with lists to choose from: only what is visible to the user in this inspection.

    `saved` of the form are the filters that the user has saved here.
    """
    visible = Measure.objects.visible_to(user, inspection)
    areas = {category.area_id: category.area for category in categories}
    units = list(_units(visible))
    leaders, forces, saved = _choices_of(visible, inspection, user)
    form: Any = filtered.form
    form.saved = saved
    choices: dict[str, Choices] = {
        "unit": [(unit.pk, str(unit)) for unit in units if unit.leads],
        "supporting": [(unit.pk, str(unit)) for unit in units if unit.supports],
        "leader": leaders,
        "task_force": forces,
        "area": [(area.pk, _short(area.number, str(area))) for area in areas.values()],
        "category": [(category.pk, _short(category.number, str(category))) for category in categories],
    }
    for name in ("mode", "kind", "overdue", "incomplete"):
        choices[name] = [choice for choice in form.fields[name].choices if choice[0]]
    for name, listed in choices.items():
        form.fields[name].widget = forms.Select(choices=[("", _("all")), *listed])
    form.fields["issue"].widget = HiddenChoice(_issue_of(form, inspection, user))
    form.fields["lead_unit"].widget = HiddenChoice(choices["unit"])
    form.fields["issue_status"].widget = HiddenChoice([(key, str(word)) for key, word in Issue.Status.choices])
    for name in FROM_LINKS:
        form.fields[name].widget = HiddenChoice(_words_of(form, name))
    form.fields["status"].widget = forms.CheckboxSelectMultiple(choices=form.fields["status"].choices)
    form.fields["q"].widget.input_type = "search"
    return form


def _units(visible: Any) -> Any:
    """Return the units that lead or support one of these measures, each with which of the two; one query."""
    leads, supports = Q(pk__in=visible.values("lead_unit")), Q(pk__in=visible.values("supporting_units"))
    parts = {
        "leads": Case(When(leads, then=True), default=False),
        "supports": Case(When(supports, then=True), default=False),
    }
    return Unit.objects.filter(leads | supports).annotate(**parts)


def _choices_of(visible: Any, inspection: Inspection, user: Viewer) -> tuple[Choices, Choices, list[SavedFilter]]:
    """Return the leaders of these measures by name, the task forces of their issues in their order, and the filters
    that the user has saved here; one query.
    """
    people = User.objects.filter(pk__in=visible.values("leader")).order_by()
    teams = inspection.task_forces.filter(pk__in=visible.values("issue__task_force")).order_by()
    own = SavedFilter.objects.visible_to(user).filter(inspection=inspection).order_by()
    nothing = Value("", output_field=CharField())
    named = people.values_list(Value("leader"), Value(0), "pk", "name", nothing).union(
        teams.values_list(Value("force"), "position", "pk", "name", nothing),
        own.values_list(Value("saved"), Value(0), "pk", "name", "query"),
        all=True,
    )
    rows: dict[str, list[Any]] = {"leader": [], "force": [], "saved": []}
    for kind, place, pk, name, query in named:
        rows[kind].append((place, name, pk, query))
    leaders, forces, saved = (sorted(of_kind) for of_kind in rows.values())
    return (
        [(pk, name) for _place, name, pk, _query in leaders],
        [(pk, name) for _place, name, pk, _query in forces],
        [SavedFilter(pk=pk, name=name, query=query) for _place, name, pk, query in saved],
    )


def _short(number: str, title: str) -> str:
    return Truncator(f"{number} {title}".strip()).chars(TITLE)


def active_filters(form: Any, address: QueryDict) -> list[dict[str, str]]:
    """Say which filters are set, each with the address of the list without it."""
    filters = []
    for name, field in form.fields.items():
        for value in address.getlist(name):
            if not value:
                continue
            rest = address.copy()
            rest.setlist(name, [other for other in address.getlist(name) if other != value])
            rest.pop("page", None)
            words = {str(key): word for key, word in getattr(field.widget, "choices", None) or []}
            word = str(words.get(value, value))
            filters.append({"label": str(field.label), "value": word, "url": f"?{rest.urlencode()}"})
    return filters


SEVERAL = ("status",)
"""Filters that take several values at once."""
SAVED_BESIDE_FILTERS = {"sort": tuple(SORTS), "level": LEVELS}


def query_to_save(address: QueryDict, filtered: MeasureFilter) -> str:
    """Return the filters of an address with order and folding, as they are saved; "" where there is no filter in it.

    `filtered` is the filter made of that address. What is no filter, or is not right, is left out: what is saved
    always works.
    """
    query, errors = QueryDict(mutable=True), filtered.form.errors
    for name in MeasureFilter.base_filters:
        values = [value for value in address.getlist(name) if value]
        if values and name not in errors:
            query.setlist(name, values if name in SEVERAL else values[-1:])
    if not query:
        return ""
    for name, known in SAVED_BESIDE_FILTERS.items():
        if address.get(name) in known:
            query.setlist(name, [str(address[name])])
    return query.urlencode()


class SaveFilterForm(forms.Form):
    """The name under which the filters of `query`, an address, are saved."""

    name = forms.CharField(max_length=30, label=gettext_lazy("Name"))
    query = forms.CharField(max_length=SavedFilter.LONGEST, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_query(self) -> str:
        address = QueryDict(self.cleaned_data["query"])
        return query_to_save(address, MeasureFilter(address, queryset=Measure.objects.none(), today=self.today))
