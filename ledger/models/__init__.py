"""Sources of the ledger, and the official papers that are made from it, and what a person keeps of it."""

from ledger.models.paper import PaperComment, PaperVersion
from ledger.models.saved import SavedFilter
from ledger.models.source import Import, Notice, StagedRow

__all__ = ["Import", "Notice", "PaperComment", "PaperVersion", "SavedFilter", "StagedRow"]
