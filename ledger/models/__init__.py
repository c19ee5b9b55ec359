"""Sources of the ledger, and the official papers that are made from it."""

from ledger.models.paper import PaperComment, PaperVersion
from ledger.models.source import Import, Notice, StagedRow

__all__ = ["Import", "Notice", "PaperComment", "PaperVersion", "StagedRow"]
