"""What the trail records: one enum of verbs per app, in the app's module `verbs`, each a subclass of `Verb`."""

from enum import StrEnum
from typing import Any, Protocol


class Recordable(Protocol):
    """A row that events may be about: its model says by which word the trail names its kind."""

    @property
    def KIND(self) -> str: ...

    @property
    def pk(self) -> Any: ...


class Verb(StrEnum):
    """Base of the enums. A member is written as `(name, label, kind)` or `(name, label, kind, action)`.

    `name` is what an event stores and never changes; `label` is the translatable sentence part that a history shows;
    `kind` is the kind of object that the event is about, the `KIND` of its model; `action` is the last part of the
    address under which the API offers the verb, "" where it is no action on a row.
    """

    label: Any
    kind: str
    action: str

    # The defaults are for the type checker alone, which takes `MeasureVerb("start_measure")` for a call of this.
    def __new__(cls, name: str, label: Any = "", kind: str = "", action: str = "") -> "Verb":
        member = str.__new__(cls, name)
        member._value_ = name
        member.label, member.kind, member.action = label, kind, action
        return member

    def __str__(self) -> str:
        return str(self.value)


def all_verbs() -> dict[str, Verb]:
    """Return every verb of every app by its name. For callers that run after the apps are loaded."""
    return {verb.value: verb for verbs in Verb.__subclasses__() for verb in verbs}
