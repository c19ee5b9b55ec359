"""The parts that pages are made of: one tag, one example in the style guide, and a partial in templates/components/.

Parts that every row of a list repeats have no partial: rendering one costs more than writing its few words again.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField, CheckboxSelectMultiple, RadioSelect, Select
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.panels import PANELS

register = template.Library()
WIDTH = 1000  # units of the segmented bar


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the vendored sprite; it is decoration beside a word."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_tag
def chip(state: str, label: str) -> SafeString:
    """A state as a word on its colour; `state` is the identifier, `label` the word."""
    return format_html('<span class="chip {}">{}</span>', state, label)


@register.inclusion_tag("components/segments.html")
def segments(parts: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """A bar in segments; `parts` are (state, label, count). The counts are its text alternative."""
    total = sum(count for _state, _label, count in parts)
    drawn, left = [], 0
    for state, _label, count in parts if total else ():
        right = left + count
        drawn.append(
            {"state": state, "x": left * WIDTH // total, "width": right * WIDTH // total - left * WIDTH // total}
        )
        left = right
    summary = _(", ").join(f"{label} {count}" for _state, label, count in parts if count) or _("nothing yet")
    return {"segments": drawn, "summary": summary, "width": WIDTH}


@register.inclusion_tag("components/tile.html")
def tile(figure: Any, label: str, of: Any = None, url: str = "", tone: str = "") -> dict[str, Any]:
    """A figure with its label, its denominator and a link to the list that makes it up; tone `alarm` or `warn`.

    A denominator that a template does not find is an empty text, and then there is none.
    """
    return {"figure": figure, "label": label, "of": None if of == "" else of, "url": url, "tone": tone}


@register.inclusion_tag("components/empty.html")
def empty(title: str, hint: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """An empty state that says what to do next."""
    return {"title": title, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("components/steps.html")
def steps(line: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A line of steps; each is a mapping with `label`, `state` (reached, current or empty), `when`, `who`."""
    return {"line": line}


@register.inclusion_tag("components/pages.html", takes_context=True)
def pages(context: Mapping[str, Any], page: Any) -> dict[str, Any]:
    """Links to the pages of a list; everything else of the address stays."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "numbers": numbers, "query": query.urlencode(), "ellipsis": page.paginator.ELLIPSIS}


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """Return the page's query string with some parameters changed; an empty value takes one out."""
    values = context["request"].GET.copy()
    for name, value in {"page": "", **changes}.items():
        if value in ("", None):
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}" if values else "?"


@register.simple_tag
def query_of(**values: Any) -> str:
    """Return a query string made of these parameters alone."""
    return "?" + urlencode({name: value for name, value in values.items() if value not in ("", None)})


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, classes: str = "") -> dict[str, Any]:
    """A form field with label, help, error and ARIA, whatever its widget is."""
    widget = bound.field.widget
    is_group = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    is_box = getattr(widget, "input_type", "") == "checkbox" and not is_group
    base = "form-check-input" if is_box else "form-select" if isinstance(widget, Select) else "form-control"
    attrs: dict[str, Any] = {"aria-describedby": _described_by(bound)} if _described_by(bound) else {}
    if is_group:
        widget.attrs.setdefault("class", "form-check-input")  # of each choice; the form has its own copy of the widget
    else:
        attrs["class"] = f"{widget.attrs.get('class', '')} {base}{' is-invalid' if bound.errors else ''}".strip()
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "is_group": is_group,
        "is_box": is_box,
        "classes": classes,
    }


def _described_by(bound: BoundField) -> str:
    ids = [f"{bound.auto_id}_help"] if bound.help_text else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    return " ".join(ids)


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, above its fields."""
    return {"form": form}


@register.filter
def short_date(day: date) -> str:
    """Write a day as lists do; the same few days stand in every row, and each is put into words once."""
    return _short_date(day, get_language() or "")


@lru_cache(maxsize=4096)
def _short_date(day: date, _language: str) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@register.filter
def days_left(deadline: date | None, today: date) -> str:
    """Say how far away a deadline is, as an office would."""
    if deadline is None:
        return _("no deadline")
    days = (deadline - today).days
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}


@register.filter
def percent(rate: float | None) -> str:
    """Write a rate (0 to 1) as a percentage with at most one decimal; a dash where there is none."""
    if rate is None:
        return "—"
    return f"{rate * 100:.1f}".removesuffix(".0") + "%"


@register.simple_tag(takes_context=True)
def panels(context: Any, slot: str) -> SafeString:
    """Render what the apps above have registered for a slot of this page."""
    parts = []
    for panel in PANELS.get(slot, []):
        panel_template = context.template.engine.get_template(panel.template)
        values = {"csrf_token": context.get("csrf_token"), **panel.context_of(context)}
        parts.append(panel_template.render(context.new(values)))
    return mark_safe("".join(parts))  # noqa: S308 - rendered templates


@register.filter
def of_page(frame: Any, inspection: Any) -> Any:
    """Return the frame of a page: the context processor knows the person, the page alone knows its inspection."""
    return frame.of_page(inspection)
