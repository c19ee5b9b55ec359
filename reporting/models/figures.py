"""Counts of measures and of issues at one moment, with their rates. The one formula of a rate stands here."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

from measures.models import Measure

Parts = list[tuple[str, str, int]]


class Summed:
    """Figures that can be put together: those of an area are the sum of those of its categories."""

    @classmethod
    def total_of(cls, parts: Iterable[Self]) -> Self:
        """Return the sum of figures that have nothing in common."""
        sums: dict[str, int] = {}
        for part in parts:
            for name, count in vars(part).items():
                sums[name] = sums.get(name, 0) + count
        return cls(**sums)

    @classmethod
    def names(cls) -> list[str]:
        return [field.name for field in fields(cls)]  # type: ignore[arg-type]


@dataclass(frozen=True)
class MeasureFigures(Summed):
    """Counts of measures by state. `overdue` and `due_soon` are an "of which" and never summed with the states."""

    total: int = 0
    planned: int = 0
    in_progress: int = 0
    submitted: int = 0
    signed_off: int = 0
    cancelled: int = 0
    overdue: int = 0
    overdue_planned: int = 0
    due_soon: int = 0

    @property
    def counted(self) -> int:
        """The denominator of the rate: all but the cancelled ones."""
        return self.total - self.cancelled

    @property
    def rate(self) -> float | None:
        """Signed off / (all − cancelled), from 0 to 1; None where nothing counts."""
        return self.signed_off / self.counted if self.counted else None

    @property
    def parts(self) -> Parts:
        """The segments of a bar, each measure in one of them."""
        labels = dict(Measure.Status.choices)
        overdue_begun = self.overdue - self.overdue_planned
        counts = {
            "signed_off": self.signed_off,
            "submitted": self.submitted,
            "in_progress": self.in_progress - overdue_begun,
            "overdue": self.overdue,
            "planned": self.planned - self.overdue_planned,
            "cancelled": self.cancelled,
        }
        word = Measure.OVERDUE_WORD
        return [(state, str(labels.get(state, word)), count) for state, count in counts.items() if count]


@dataclass(frozen=True)
class IssueFigures(Summed):
    """Counts of issues by state; `overdue` (has an overdue measure) is an "of which", and `basically_done` one of
    the rectified ones: closed with that conclusion. `claimed`: an imported source says it is done, nobody decided."""

    total: int = 0
    open: int = 0
    in_rectification: int = 0
    awaiting_closure: int = 0
    rectified: int = 0
    basically_done: int = 0
    overdue: int = 0
    claimed: int = 0

    @property
    def rate(self) -> float | None:
        """Rectified / all, from 0 to 1; a long-term issue counts as done when it is rectified."""
        return self.rectified / self.total if self.total else None
