"""Which columns and lists a workbook of the ledger has; the caller describes them."""

from dataclasses import dataclass

from core.fields import Field


@dataclass(frozen=True)
class LedgerLayout:
    """`columns` are printed, `hidden` ones follow behind them; each of the `lists` is a sheet of its own."""

    columns: tuple[Field, ...]
    hidden: tuple[Field, ...] = ()
    lists: tuple[tuple[str, tuple[Field, ...]], ...] = ()
