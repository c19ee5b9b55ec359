"""Entries of the schedule, each created once: what an administrator changes in them is kept."""

from django.db import migrations


def seed(apps, _schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    entries = apps.get_model("django_celery_beat", "PeriodicTask").objects
    often, _created = intervals.get_or_create(every=15, period="seconds")
    entries.get_or_create(
        name="jobs: wake up workers for what is due",
        defaults={"task": "jobs.tasks.sweep", "queue": "rest", "interval": often, "expire_seconds": 10},
    )


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
