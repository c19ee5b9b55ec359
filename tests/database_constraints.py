"""How the tests of constraints speak: raw rows, past every service, and the database names what it refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def constraints_of(app: str) -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    """Every named constraint of an app: name → (model, constraint)."""
    return {
        constraint.name: (model, constraint)
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


def _words(model: type[models.Model], constraint: models.BaseConstraint) -> str:
    """What the database says: SQLite tells the columns of a unique constraint and the name of a check."""
    if connection.vendor != "sqlite":
        return f'constraint "{constraint.name}"'
    if isinstance(constraint, models.UniqueConstraint):
        columns = (model._meta.get_field(field).column for field in constraint.fields)
        return "UNIQUE constraint failed: " + ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return f"CHECK constraint failed: {constraint.name}"


@contextmanager
def refused_by(app: str, name: str) -> Iterator[None]:
    """The block is refused by the database for the sake of this constraint and of no other."""
    model, constraint = constraints_of(app)[name]
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    first_line = str(caught.value).splitlines()[0]
    assert first_line.endswith(_words(model, constraint)), first_line


def put(model: type[models.Model], **values: Any) -> None:
    """Insert one row past everything but the database."""
    model._base_manager.bulk_create([model(**values)])


def change(row: models.Model, **values: Any) -> None:
    """Change one row past everything but the database."""
    changed = type(row)._base_manager.filter(pk=row.pk).update(**values)
    assert changed == 1
