"""The figures of the burn-up chart, which static/js/charts.js draws; bars and small lines of rates, drawn here."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.templatetags.components import percent
from issues.models import Inspection
from measures.models import Measure
from reporting.queries import Point

register = template.Library()
SPARK = (96, 24)


@register.inclusion_tag("reporting/_burn_up.html")
def burn_up(points: Sequence[Point], counted: int) -> dict[str, Any]:
    """Planned and signed off by week, `counted` being all that counts; with the table behind it."""
    return {"points": points, "counted": counted, "summary": _summary(points), "drawing": _drawing(points, counted)}


@register.inclusion_tag("reporting/_burn_up_on_wall.html")
def burn_up_on_wall(points: Sequence[Point], counted: int) -> dict[str, Any]:
    return burn_up(points, counted)


def _drawing(points: Sequence[Point], counted: int) -> dict[str, Any]:
    """Return what static/js/charts.js draws: the figures of the table, and every word that it writes beside them."""
    done = [point.signed_off for point in points if point.signed_off is not None]
    return {
        "weeks": [_week(point) for point in points],
        "counted": counted,
        "words": {
            "planned": f"{_('to be done')} {points[-1].planned}" if points else "",
            "signed_off": f"{_('signed off')} {done[-1]}" if done else "",
            "today": _("today"),
        },
    }


def _week(point: Point) -> dict[str, Any]:
    day = date_format(point.ends_on, "SHORT_DATE_FORMAT")
    figures = [f"{_('Planned')} {point.planned}"]
    if point.signed_off is not None:
        figures += [f"{_('Signed off')} {point.signed_off}", f"{_('Gap')} {signed_number(point.gap)}"]
    return {
        "at": round(point.ends_at.timestamp()),
        "day": f"{point.ends_on.month}/{point.ends_on.day}",
        "title": f"{day} · {_('today')}" if point.is_present else _("week until %(day)s") % {"day": day},
        "figures": figures,
        "planned": point.planned,
        "signed_off": point.signed_off,
        "is_present": point.is_present,
    }


@register.filter
def signed_number(number: int | None) -> str:
    """Write a difference of two counts with its sign: `+3`, `−1`, `0`; nothing where there is none."""
    if not number:
        return "" if number is None else "0"
    return f"{'+' if number > 0 else '−'}{abs(number)}"


def _summary(points: Sequence[Point]) -> str:
    """The chart in a sentence, for people who hear the page."""
    present = next((p for p in reversed(points) if p.signed_off is not None), None)
    if present is None:
        return _("Planned and signed off by week; nothing has happened yet.")
    figures = {"planned": present.planned, "done": present.signed_off}
    return _("Planned and signed off by week: by today %(planned)d were due, %(done)d are signed off.") % figures


@register.inclusion_tag("reporting/_rate.html")
def rate(label: str, share: float | None, done: int, of: int, elapsed: float | None, url: str = "") -> dict[str, Any]:
    """A rate with its denominator as a bar, the line of time across it, and how far ahead or behind it is."""
    gap = share - elapsed if share is not None and elapsed is not None else None
    return {
        "label": label,
        "rate": percent(share),
        "done": done,
        "of": of,
        "url": url,
        "width": round(1000 * (share or 0)),
        "line": round(1000 * elapsed) if elapsed is not None else None,
        "elapsed": percent(elapsed),
        "gap": points_of(abs(gap)) if gap is not None else "",
        "is_behind": gap is not None and gap < -0.0005,
        "is_level": gap is not None and abs(gap) <= 0.0005,
    }


@register.filter
def points_of(share: float | None) -> str:
    """Write a difference of two rates in percentage points, with at most one decimal."""
    return "" if share is None else f"{share * 100:.1f}".removesuffix(".0")


@register.filter
def signed(share: float | None) -> str:
    """Write a change of a rate with its sign: `+3.2`, `−1`, `0`."""
    points = points_of(abs(share)) if share is not None else ""
    if share is None or points == "0":
        return points
    return f"{'+' if share > 0 else '−'}{points}"


@register.filter
def size_of(number: int | None) -> int:
    """Write a change without its sign; an arrow says which way."""
    return abs(number or 0)


@register.simple_tag
def belonging(parameter: str, key: int | None) -> str:
    """Return the filter of the ledger for one row of a table; what has no unit or leader has a filter of its own."""
    return f"{parameter}={key}" if key is not None else f"lacking={parameter}"


@register.filter
def unreported_since(moment: datetime) -> str:
    """Return the filter of the list of what is under way without a report since the moment."""
    return urlencode({"unreported_since": moment.isoformat()})


@register.simple_tag(takes_context=True)
def soon_of(context: Mapping[str, Any], inspection: Inspection) -> str:
    """Return the filters of the list of what falls due within the days that the inspection counts as soon."""
    until = context["today"] + timedelta(days=inspection.due_soon_days)
    filters = {"status": Measure.UNFINISHED, "due_after": context["today"], "due_before": until, "sort": "deadline"}
    return urlencode(filters, doseq=True)


@register.inclusion_tag("reporting/_sparkline.html")
def sparkline(shares: Sequence[float | None]) -> dict[str, Any]:
    """A small line of rates, the oldest first; the words beside it say the last one."""
    width, height = SPARK
    known = [(number, share) for number, share in enumerate(shares) if share is not None]
    step = (width - 6) / max(len(shares) - 1, 1)
    places = [(round(3 + number * step, 1), round(height - 3 - (height - 6) * share, 1)) for number, share in known]
    rates = _(", ").join(percent(share) for _number, share in known) or _("nothing yet")
    return {
        "line": " ".join(f"{x},{y}" for x, y in places),
        "last": places[-1] if places else None,
        "rates": rates,
        "width": width,
        "height": height,
    }
