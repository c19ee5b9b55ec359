"""What the tests of measures share."""

from tests.files.conftest import scanner

__all__ = ["scanner"]
