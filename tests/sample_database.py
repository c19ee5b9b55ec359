"""The sample inspection, loaded once for all tests of a module.

It lies in a transaction around those of the tests: each begins with the sample as it was loaded, files included, and
what it changes is gone afterwards. A module that uses it has no test that expects an empty database, or commits.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from issues.models import Inspection
from rectify.demo.sample import load_sample

AS_OF = date(2025, 6, 11)
"""A Wednesday in the tenth week of the sample."""


def loaded_once() -> Callable[..., Iterator[Path]]:
    """Return a fixture that loads the sample for a module and gives the folder in which its files lie."""

    @pytest.fixture(scope="module")
    def kept(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
        folder: Path = tmp_path_factory.mktemp("sample")
        store = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder / "files"}}
        with django_db_blocker.unblock(), transaction.atomic():
            with override_settings(DATA_DIR=folder, STORAGES={"default": store}, LANGUAGE_CODE="en"):
                load_sample(as_of=AS_OF)
            yield folder
            transaction.set_rollback(True)

    return kept


def copy_for_a_test(kept: Path, tmp_path: Path) -> Inspection:
    """Give a test its own copy of the sample's files, and the inspection as it was loaded."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return Inspection.objects.select_related("organisation").get(code="demo")
