"""What the APIs of all apps share: problem documents, pages of rows, verbs that call one service, the schema."""

from core.api.answers import Answering
from core.api.batches import InBatches
from core.api.pages import Pages
from core.api.problems import PROBLEM, BadQuestion, Problem, problem
from core.api.rows import Filters, Rows, Single, Verbs, look, verb
from core.api.schema import Schema
from core.api.shapes import Happened, Name, Nothing, Typed, WallTime

__all__ = [
    "PROBLEM",
    "Answering",
    "BadQuestion",
    "Filters",
    "Happened",
    "InBatches",
    "Name",
    "Nothing",
    "Pages",
    "Problem",
    "Rows",
    "Schema",
    "Single",
    "Typed",
    "Verbs",
    "WallTime",
    "look",
    "problem",
    "verb",
]
