"""Where a page lies: the line above its heading. The apps have the levels that they know in a module of this name."""

from typing import NamedTuple

from django.urls import reverse


class Crumb(NamedTuple):
    """One level of the way to a page; without an address it is plain text."""

    label: str
    url: str = ""


def crumb(label: str, viewname: str, *args: object, query: str = "") -> Crumb:
    """Return a level that has a page of its own: its label, the name of its address with arguments, a query string."""
    url = reverse(viewname, args=args)
    return Crumb(label, f"{url}?{query}" if query else url)


def breadcrumbs(*levels: Crumb | str) -> list[Crumb]:
    """Return the way to a page. The last level is the page itself, and a page does not link to itself."""
    crumbs = [level if isinstance(level, Crumb) else Crumb(level) for level in levels]
    return [*crumbs[:-1], Crumb(crumbs[-1].label)]
