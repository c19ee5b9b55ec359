"""The sweeper's entry in the schedule, made once: whatever an administrator changes in it stays."""

from django.db import migrations


def seed(apps, _schema_editor):
    interval, _made = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=15, period="seconds"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="jobs: wake up workers for what is due",
        defaults={"task": "jobs.tasks.sweep", "interval": interval, "queue": "rest", "expire_seconds": 10},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_attempts_and_language"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
