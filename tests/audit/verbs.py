"""Verbs that only tests record."""

from audit.verbs import Verb


class TrialVerb(Verb):
    """Something that happened, of no kind in particular."""

    HAPPENED = "happened", "happened", ""
    FIRST = "first", "came first", ""
    SECOND = "second", "came second", ""
    THIRD = "third", "came third", ""
    FOURTH = "fourth", "came fourth", ""
    EFFECT = "effect", "had its effect", ""
