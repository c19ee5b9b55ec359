"""What the ways out have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LONGEST_ERROR = 300


class NotSent(Exception):
    """The message did not go out. `is_final`: another try is no use; `is_down`: nothing gets through there now."""

    def __init__(self, reason: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(reason)
        self.is_final, self.is_down = is_final, is_down


@dataclass(frozen=True)
class Message:
    """One notification for one person, ready to be sent; addresses are absolute."""

    key: str
    kind: str
    topic: str
    at: datetime
    name: str
    username: str
    email: str
    title: str
    brief: str
    text: str
    html: str
    url: str
    inbox_url: str


def one_line(words: str) -> str:
    """Return words as one line without control characters, for headers: a name or a title cannot add another one."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def joined(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line)
