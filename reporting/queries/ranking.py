"""Lead units by their rank, and how rank and rate have changed since the last whole week."""

from dataclasses import dataclass

from reporting.queries.burnup import UnitLastWeek
from reporting.queries.standings import PartFigures, ranks_of


@dataclass(frozen=True)
class RankedUnit:
    """A lead unit in the ranking: its figures, its rank, and how both have changed since the last whole week.

    `risen` is by how many places it is higher than then, `gained` by how much its rate grew (0.1 is ten points); None
    where it had no rank, or no rate, then.
    """

    part: PartFigures
    rank: int | None
    risen: int | None = None
    gained: float | None = None


def ranking(units: list[PartFigures], before: dict[int | None, UnitLastWeek]) -> list[RankedUnit]:
    """Rank the lead units of the present, the best first; what belongs to no unit comes last."""
    ranks = ranks_of({unit.key: unit.measures for unit in units})
    ranked = [_ranked(unit, ranks.get(unit.key), before.get(unit.key)) for unit in units]
    return sorted(ranked, key=lambda each: (each.part.key is None, each.rank is None, each.rank or 0))


def _ranked(unit: PartFigures, rank: int | None, before: UnitLastWeek | None) -> RankedUnit:
    if before is None:
        return RankedUnit(unit, rank)
    risen = before.rank - rank if before.rank and rank else None
    rate, rate_before = unit.measures.rate, before.measures.rate
    gained = rate - rate_before if rate is not None and rate_before is not None else None
    return RankedUnit(unit, rank, risen, gained)
