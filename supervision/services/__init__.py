"""The verbs of supervision: urging, and the life of what the public writes."""

from supervision.services.feedback import TooManyMessages, answer_feedback, close_feedback, leave_feedback
from supervision.services.urging import urge_measure, urge_unit

__all__ = [
    "TooManyMessages",
    "answer_feedback",
    "close_feedback",
    "leave_feedback",
    "urge_measure",
    "urge_unit",
]
