"""Supervision (跟踪督办): urging, and what the public has to say."""

from supervision.models.feedback import PublicFeedback
from supervision.models.urge import Urge, UrgeQuerySet

__all__ = ["PublicFeedback", "Urge", "UrgeQuerySet"]
