"""Charts, drawn by the server as SVG: they need no script, keep to the policy of the page and print as they look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from core.templatetags.components import percent
from issues.models import Inspection
from measures.models import Measure
from progress.queries import Point

register = template.Library()
NICE = (1, 2, 5)
WIDE, NARROW, WALL = (1100, 280), (350, 220), (860, 360)
LEFT, RIGHT, TOP, FOOT = 38, 84, 18, 26
LABEL_EVERY = 46  # units of width that the label of a week takes
TEXT_HEIGHT = 15
ROOM_FOR_WORDS = 80
SPARK = (96, 24)


@dataclass(frozen=True)
class Frame:
    """Where a moment and a count lie on the drawing."""

    width: int
    height: int
    first: datetime
    last: datetime
    top: int

    def x(self, moment: datetime) -> float:
        share = (moment - self.first) / max(self.last - self.first, timedelta(days=1))
        return round(LEFT + (self.width - LEFT - RIGHT) * share, 1)

    def y(self, count: float) -> float:
        return round(self.height - FOOT - (self.height - FOOT - TOP) * count / self.top, 1)


def ticks(most: int) -> list[int]:
    """Return the round numbers of an axis that reaches `most`, 0 the first: at most six of them."""
    steps = (nice * 10**power for power in count() for nice in NICE)
    step = next(step for step in steps if most <= 5 * step)
    return [*range(0, most, step), -(-most // step) * step or 1]


@register.inclusion_tag("components/burn_up.html")
def burn_up(points: Sequence[Point], counted: int) -> dict[str, Any]:
    """Planned and signed off by week, `counted` being all that counts; with the table behind it."""
    sizes = {"wide": WIDE, "narrow": NARROW} if points else {}
    drawn = [_drawn(points, counted, *size) | {"size": name} for name, size in sizes.items()]
    present = next((point for point in points if point.is_present), None)
    return {"charts": drawn, "points": points, "counted": counted, "present": present}


@register.inclusion_tag("components/burn_up_drawing.html")
def burn_up_on_wall(points: Sequence[Point], counted: int) -> dict[str, Any]:
    return {"chart": _drawn(points, counted, *WALL) | {"size": "large"}} if points else {}


def _drawn(points: Sequence[Point], counted: int, width: int, height: int) -> dict[str, Any]:
    marks = ticks(max([counted, *(point.planned for point in points)]))
    frame = Frame(width, height, points[0].ends_at, points[-1].ends_at, marks[-1])
    done = [(frame.x(p.ends_at), frame.y(p.signed_off)) for p in points if p.signed_off is not None]
    planned = [(frame.x(p.ends_at), frame.y(p.planned)) for p in points]
    today = next((frame.x(p.ends_at) for p in points if p.is_present), None)
    return {
        "width": width,
        "height": height,
        "right": width - RIGHT,
        "left": LEFT,
        "foot": frame.y(0),
        "label_y": height - 8,
        "top": TOP,
        "ticks": [{"y": frame.y(mark), "count": mark} for mark in marks],
        "weeks": _weeks(points, frame),
        "planned": _line(planned),
        "done": _line(done),
        "done_dots": done,
        "area": _area(done, frame.y(0)),
        "today": today,
        "ends": _ends(points, planned, done, width - RIGHT),
        "told": _told(points),
    }


def _line(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _area(places: Sequence[tuple[float, float]], foot: float) -> str:
    return _line([(places[0][0], foot), *places, (places[-1][0], foot)]) if places else ""


def _weeks(points: Sequence[Point], frame: Frame) -> list[dict[str, Any]]:
    """Each week with its label where there is room for one, and the strip that tells its figures under the pointer."""
    room = max(1, round(LABEL_EVERY * len(points) / (frame.width - LEFT - RIGHT) + 0.49))
    labelled = [point for point in points if not point.is_present][::room]
    places = [frame.x(point.ends_at) for point in points]
    edges = [places[0], *((before + behind) / 2 for before, behind in pairwise(places)), places[-1]]
    return [
        {
            "x": place,
            "label": f"{point.ends_on.month}/{point.ends_on.day}" if point in labelled else "",
            "strip": round(edge, 1),
            "strip_width": round(next_edge - edge, 1),
            "told": _week_told(point),
        }
        for point, place, (edge, next_edge) in zip(points, places, pairwise(edges), strict=True)
    ]


def _week_told(point: Point) -> str:
    day = f"{point.ends_on.month}/{point.ends_on.day}"
    if point.signed_off is None:
        return _("%(day)s: planned %(planned)d") % {"day": day, "planned": point.planned}
    told = {"day": day, "planned": point.planned, "done": point.signed_off}
    return _("%(day)s: planned %(planned)d, signed off %(done)d") % told


def _ends(
    points: Sequence[Point], planned: Sequence[tuple[float, float]], done: Sequence[tuple[float, float]], right: float
) -> list[dict[str, Any]]:
    """The words at the end of each line: beside it, and above the last dot of what is done before the end."""
    ends = [{"x": right + 6, "y": planned[-1][1], "anchor": "start", "state": "planned"}]
    ends[0] |= {"word": _("to be done"), "count": points[-1].planned}
    if done:
        (x, y), last = done[-1], next(p.signed_off for p in reversed(points) if p.signed_off is not None)
        inside = x < right - ROOM_FOR_WORDS
        place = {"x": x + 8, "y": y - 8} if inside else {"x": right + 6, "y": y}
        if not inside and abs(y - planned[-1][1]) < TEXT_HEIGHT:
            place["y"] = planned[-1][1] + (TEXT_HEIGHT if y >= planned[-1][1] else -TEXT_HEIGHT)
        ends.append({**place, "anchor": "start", "state": "done", "word": _("signed off"), "count": last})
    return ends


def _told(points: Sequence[Point]) -> str:
    """The chart in a sentence, for whoever hears the page."""
    present = next((p for p in reversed(points) if p.signed_off is not None), None)
    if present is None:
        return _("Planned and signed off by week; nothing has happened yet.")
    told = {"planned": present.planned, "done": present.signed_off}
    return _("Planned and signed off by week: by today %(planned)d were due, %(done)d are signed off.") % told


@register.inclusion_tag("components/rate.html")
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
    told = points_of(abs(share)) if share is not None else ""
    if share is None or told == "0":
        return told
    return f"{'+' if share > 0 else '−'}{told}"


@register.filter
def size_of(number: int | None) -> int:
    """Write a change without its sign; an arrow says which way."""
    return abs(number or 0)


@register.simple_tag
def belonging(parameter: str, key: int | None) -> str:
    """Return the filter of the ledger for one row of a table; what belongs to nobody has a filter of its own."""
    return f"{parameter}={key}" if key is not None else f"lacking={parameter}"


@register.filter
def unreported_since(moment: datetime) -> str:
    """Return the filter of the list of what is under way without a report since the moment."""
    return urlencode({"unreported_since": moment.isoformat()})


@register.simple_tag(takes_context=True)
def soon_of(context: Mapping[str, Any], inspection: Inspection) -> str:
    """Return the filters of the list of what falls due within the days that the inspection counts as soon."""
    until = context["today"] + timedelta(days=inspection.due_soon_days)
    asked = {"status": Measure.UNFINISHED, "due_after": context["today"], "due_before": until, "sort": "deadline"}
    return urlencode(asked, doseq=True)


@register.inclusion_tag("components/sparkline.html")
def sparkline(shares: Sequence[float | None]) -> dict[str, Any]:
    """A small line of rates, the oldest first; the words beside it say the last one."""
    width, height = SPARK
    known = [(number, share) for number, share in enumerate(shares) if share is not None]
    step = (width - 6) / max(len(shares) - 1, 1)
    places = [(round(3 + number * step, 1), round(height - 3 - (height - 6) * share, 1)) for number, share in known]
    told = _(", ").join(percent(share) for _number, share in known) or _("nothing yet")
    return {
        "line": _line(places),
        "last": places[-1] if places else None,
        "told": told,
        "width": width,
        "height": height,
    }


@register.filter
def of_states(figures: Any) -> Mapping[str, int]:
    """Return the counts of a table of states: each measure in one of them, what is overdue taken out of its state."""
    return {
        "signed_off": figures.signed_off,
        "submitted": figures.submitted,
        "in_progress": figures.in_progress - (figures.overdue - figures.overdue_planned),
        "overdue": figures.overdue,
        "planned": figures.planned - figures.overdue_planned,
        "cancelled": figures.cancelled,
    }
