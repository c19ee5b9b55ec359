"""The entry of the schedule that drafts bulletins, made once: whatever an administrator changes in it stays."""

from django.db import migrations


def seed(apps, _schema_editor):
    interval, _made = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=10, period="minutes"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="bulletins: draft what was rolled up",
        defaults={
            "task": "bulletins.tasks.draft_bulletins",
            "interval": interval,
            "queue": "rest",
            "expire_seconds": 9 * 60,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("bulletins", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
