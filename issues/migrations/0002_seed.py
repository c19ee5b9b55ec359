"""The calendar of working days for 2025 and 2026, later years are entered by the office; search by two characters."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

from core.search import drop_pairs, make_pairs

FOLDER = Path(__file__).resolve().parent.parent / "calendar"


def seed(apps, schema_editor):
    day_model = apps.get_model("issues", "CalendarDay")
    for year in (2025, 2026):
        with (FOLDER / f"{year}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                day = date.fromisoformat(row["day"])
                day_model.objects.get_or_create(day=day, defaults={"kind": row["kind"], "name": row["name"]})


def make_index(apps, schema_editor):
    """An index that only PostgreSQL has."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX issue_text_pairs ON issues_issue USING gin (text_pairs(text))")


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS issue_text_pairs")


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]
    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(make_pairs, drop_pairs),
        migrations.RunPython(make_index, drop_index),
    ]
