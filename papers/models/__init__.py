"""The Notice, and the official papers that are made from the ledger."""

from papers.models.notice import Notice
from papers.models.paper import PaperComment, PaperVersion

__all__ = ["Notice", "PaperComment", "PaperVersion"]
