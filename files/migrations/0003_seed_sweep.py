"""The entry in the schedule that scans and converts what waits, made once: what is changed in it stays."""

from django.db import migrations


def seed(apps, _schema_editor):
    interval, _made = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=30, period="seconds"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="files: scan and convert what waits",
        defaults={"task": "files.tasks.sweep", "interval": interval, "queue": "rest", "expire_seconds": 25},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_scans_and_renditions"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
