"""What the APIs of all apps share: problem documents, pages of rows, verbs that call one service, the schema."""

from core.api.answers import Answering
from core.api.batch import InBatches
from core.api.exceptions import PROBLEM, BadQuestion, Problem, problem
from core.api.pagination import Pages
from core.api.schema import Schema
from core.api.serializers import Happened, Name, Nothing, Typed, WallTime
from core.api.viewsets import Filters, Rows, Single, Verbs, look, verb

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
