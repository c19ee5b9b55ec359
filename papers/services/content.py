"""What a paper says, before it is printed: stored as canonical text, so that its hash stands for every word of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from json import loads
from typing import Any

from audit.services import canonical


@dataclass
class Task:
    """A measure as a plan prints it; `deadline` is a day as text, or the words that stand for one."""

    code: str
    text: str
    leader: str = ""
    lead_unit: str = ""
    supporting: str = ""
    deadline: str = ""
    mode: str = ""
    stages: list[str] = field(default_factory=list)


@dataclass
class Part:
    """An issue as a paper prints it. `account` is what was done, paragraph by paragraph, as it is printed."""

    issue: int
    code: str
    number: str
    text: str
    extent: str = "full"
    status_line: str = ""
    completion: str = ""
    is_sustained: bool = False
    is_claimed: bool = False
    account: str = ""
    goal: str = ""
    leader: str = ""
    lead_unit: str = ""
    task_force: str = ""
    tasks: list[Task] = field(default_factory=list)


@dataclass
class Branch:
    """An area, a category or a problem heading; without a title it is a level that the plan does not have."""

    number: str = ""
    title: str = ""
    branches: list["Branch"] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def all_parts(self) -> Iterator[Part]:
        """Walk the issues here and below, in order."""
        yield from self.parts
        for below in self.branches:
            yield from below.all_parts()


@dataclass
class Comment:
    """A comment of the inspection office and how it was worked in."""

    text: str
    answer: str
    by: str = ""


@dataclass
class Content:
    """All that a paper says. `shown` is what the audience was shown of each issue when it was made, by whose decision.

    `counts` are those of the whole inspection: what is withheld counts in the totals.
    """

    title: str
    addressees: str = ""
    preamble: str = ""
    areas: list[Branch] = field(default_factory=list)
    closing: str = ""
    signature: str = ""
    dated: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    disclosures: dict[str, str] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    as_of: str = ""

    @property
    def day(self) -> date | None:
        """The day under the paper."""
        return date.fromisoformat(self.dated) if self.dated else None

    def parts(self) -> Iterator[Part]:
        """Walk the issues in the order of the paper."""
        for area in self.areas:
            yield from area.all_parts()


def text_of(content: Content) -> str:
    """Return the canonical text that is stored and hashed."""
    return canonical(asdict(content))


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def content_from(text: str) -> Content:
    """Return the content that a canonical text tells."""
    data: dict[str, Any] = loads(text)
    data["areas"] = [_branch(area) for area in data["areas"]]
    data["comments"] = [Comment(**comment) for comment in data["comments"]]
    return Content(**data)


def _branch(data: dict[str, Any]) -> Branch:
    below = [_branch(branch) for branch in data["branches"]]
    return Branch(data["number"], data["title"], below, [_part(part) for part in data["parts"]])


def _part(data: dict[str, Any]) -> Part:
    return Part(**{**data, "tasks": [Task(**task) for task in data["tasks"]]})
