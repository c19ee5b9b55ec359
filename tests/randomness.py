"""What the tests draw at random: from fixed seeds in `make test`, which repeats itself, freely in the long run.

`make test-slow` is the long run: it takes the tests that draw too (`drawn`, and those of hypothesis, whose profiles
are in `conftest.py`), with more seeds, each another one in every run. A failure names its seed or its example; that is
added here or there to the test, among `failed` or as an `@example`, and is tried first from then on.
"""

import os
import sys
from random import Random, SystemRandom

import hypothesis

FREELY = os.environ.get("HYPOTHESIS_PROFILE") == "long"
LONGER = 10


def seeds(count: int, *failed: int, longer: int = LONGER) -> list[int]:
    """Return so many seeds, in the long run `longer` times as many, behind those of failures of before."""
    drawn = SystemRandom().sample(range(2**31), count * longer) if FREELY else range(count)
    return [*failed, *drawn]


def chance(seed: int) -> Random:
    """Return a source of numbers of this seed, in the long run of another one, which a failure shows as output."""
    if FREELY:
        seed = SystemRandom().randrange(2**31)
        sys.stdout.write(f"chance({seed})\n")
    return Random(seed)


def examples(count: int) -> int:
    """Return how many examples hypothesis tries where `count` are enough for `make test`."""
    return int(count * hypothesis.settings.default.max_examples / 100)
