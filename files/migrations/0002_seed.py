"""Entries of the schedule, each created once: what an administrator changes in them is kept."""

from django.db import migrations


def seed(apps, _schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    entries = apps.get_model("django_celery_beat", "PeriodicTask").objects
    half_minute, _created = intervals.get_or_create(every=30, period="seconds")
    # Not once a day: the interval of an entry that never ran starts again with the machine.
    six_hours, _created = intervals.get_or_create(every=6, period="hours")
    entries.get_or_create(
        name="files: scan and convert what waits",
        defaults={"task": "files.tasks.sweep", "queue": "rest", "interval": half_minute, "expire_seconds": 25},
    )
    entries.get_or_create(
        name="files: remove what belongs to nothing",
        defaults={"task": "files.tasks.tidy", "queue": "rest", "interval": six_hours, "expire_seconds": 3600},
    )


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
