"""Entries of the schedule, each created once: what an administrator changes in them is kept."""

from django.db import migrations


def seed(apps, _schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    entries = apps.get_model("django_celery_beat", "PeriodicTask").objects
    ten_minutes, _created = intervals.get_or_create(every=10, period="minutes")
    entries.get_or_create(
        name="bulletins: draft what was rolled up",
        defaults={"task": "bulletins.tasks.draft_bulletins", "queue": "rest", "interval": ten_minutes, "expire_seconds": 540},
    )


class Migration(migrations.Migration):
    dependencies = [("bulletins", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
