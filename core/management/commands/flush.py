"""Emptying a database means deleting events too, so the guards are lifted for it, in the open."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from core import guards


class Command(flush.Command):
    """Django's `flush` with the guards lifted meanwhile; the test runner empties its database with it."""

    def handle(self, **options: Any) -> None:
        with guards.lifted(connections[options["database"]]):
            super().handle(**options)
