"""What of a bulletin an audience may read: rows of issues that are withheld vanish, and are still counted."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bulletins.models import Bulletin
from bulletins.queries import Row
from bulletins.services.papers.sections import Section, sections_of
from issues.models import Disclosure, Issue
from issues.queries import DisclosedIssues, disclosed_to, known_names
from issues.queries.naming import FAMILY, HEADS

LISTS = ("signed_off", "closed", "overdue", "returned", "due")
POST = re.compile(rf"(?:{HEADS}|员|人|组|办|站|部|局|处|科|室|中心|领导|公司|街道)$")
WITH_FAMILY_NAME = re.compile(rf"{FAMILY}(?:副)?(?:{HEADS})")
MASK = "×××"
NOT_NAMED = "（不公开的方面）"


def disclosed_rows(rows: Iterable[Row], disclosed: DisclosedIssues) -> list[Row]:
    """Keep the rows of issues disclosed in full; of one that is redacted its redacted text, and no measure."""
    result = []
    for row in rows:
        if row["issue"] in disclosed.full:
            result.append(row)
        elif row["measure"] is None and row["issue"] in disclosed.redacted:
            result.append({**row, "text": disclosed.of(row["issue"]).text})
    return result


def public_sections(bulletin: Bulletin) -> tuple[Section, ...]:
    """Return the parts of a bulletin as the public reads them today: no leaders, reasons or names, nothing withheld.

    What is withheld later vanishes from bulletins that are published already: disclosure is looked up at each reading.
    """
    disclosed = disclosed_to(Disclosure.Audience.PUBLIC, bulletin.inspection)
    names = names_of_people(known_names())
    content = public_content(bulletin.content, disclosed, names, headings=headings_of(disclosed))
    texts = {field: without_names(words, names) for field, words in bulletin.texts.items()}
    return sections_of(content, texts, for_public=True)


def headings_of(disclosed: DisclosedIssues) -> set[str]:
    """Return the titles of the areas above what is disclosed; one above withheld issues alone is withheld too."""
    above = Issue.objects.filter(pk__in=disclosed.full | disclosed.redacted).order_by()
    return set(above.values_list("problem__category__area__title", flat=True))


def public_content(
    content: Mapping[str, Any], disclosed: DisclosedIssues, names: Iterable[str], *, headings: Collection[str]
) -> dict[str, Any]:
    """Return the content without what is withheld from the public; `unlisted` counts what a list leaves out.

    An area whose title is not among `headings` keeps its figures, so that the table still adds up.
    """
    names = list(names)
    areas = [area if area["title"] in headings else {**area, "title": NOT_NAMED} for area in content["areas"]]
    lists = {name: disclosed_rows(content[name], disclosed) for name in LISTS}
    hidden = {name: content["unlisted"][name] + len(content[name]) - len(rows) for name, rows in lists.items()}
    public = {
        name: [{**row, "leader": "", "reason": "", "text": without_names(row["text"], names)} for row in rows]
        for name, rows in lists.items()
    }
    corrects = content["corrects"]
    if corrects:
        corrects = {**corrects, "reason": without_names(corrects["reason"], names)}
    return {**content, **public, "areas": areas, "unlisted": hidden, "corrects": corrects}


def names_of_people(known: Iterable[str]) -> list[str]:
    """Keep the names that are no mere posts: a leader who is known as 副局长 is named by the post, which is public."""
    return [name for name in known if not POST.search(name) or WITH_FAMILY_NAME.fullmatch(name)]


def without_names(text: str, names: Iterable[str]) -> str:
    """Return the text with each name of a person struck out."""
    for name in names:
        text = text.replace(name, MASK)
    return text
