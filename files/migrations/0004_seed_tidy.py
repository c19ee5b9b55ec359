"""The entry in the schedule that removes what killed processes left, made once: what is changed in it stays."""

from django.db import migrations


def seed(apps, _schema_editor):
    # Not once a day: an entry that never ran begins to count anew when the machine starts.
    interval, _made = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=6, period="hours"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="files: remove what belongs to nothing",
        defaults={"task": "files.tasks.tidy", "interval": interval, "queue": "rest", "expire_seconds": 3600},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0003_seed_sweep"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
