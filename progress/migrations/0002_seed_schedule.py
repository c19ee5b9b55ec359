"""The roll-up's entries in the schedule, made once: whatever an administrator changes in them stays.

Friday 17:00 is when the week of most inspections ends. The second entry rolls up what ends at another time, and what
was missed because the machine was off.
"""

from django.db import migrations

TASK = "progress.tasks.roll_up"


def seed(apps, _schema_editor):
    tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects
    friday, _made = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="0", hour="17", day_of_week="5", day_of_month="*", month_of_year="*", timezone="Asia/Shanghai"
    )
    often, _made = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=5, period="minutes"
    )
    tasks.get_or_create(
        name="progress: weekly roll-up",
        defaults={"task": TASK, "crontab": friday, "queue": "rest", "expire_seconds": 3600},
    )
    tasks.get_or_create(
        name="progress: make up missed roll-ups",
        defaults={"task": TASK, "interval": often, "queue": "rest", "expire_seconds": 280},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
