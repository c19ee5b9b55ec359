"""Seed the calendar of working days for 2025 and 2026; later years are entered by the office."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).resolve().parent.parent / "calendar"


def seed(apps, schema_editor):
    day_model = apps.get_model("issues", "CalendarDay")
    for year in (2025, 2026):
        with (FOLDER / f"{year}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                day = date.fromisoformat(row["day"])
                day_model.objects.get_or_create(day=day, defaults={"kind": row["kind"], "name": row["name"]})


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
