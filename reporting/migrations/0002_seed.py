"""Entries of the schedule, each created once: what an administrator changes in them is kept.

Friday 17:00 is when the week of most inspections ends. The second entry rolls up what ends at another time, and what
was missed because the machine was off.
"""

from django.db import migrations


TASK = "reporting.tasks.roll_up"


def seed(apps, _schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    entries = apps.get_model("django_celery_beat", "PeriodicTask").objects
    often, _created = intervals.get_or_create(every=5, period="minutes")
    friday, _created = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="0", hour="17", day_of_week="5", day_of_month="*", month_of_year="*", timezone="Asia/Shanghai"
    )
    entries.get_or_create(
        name="reporting: weekly roll-up",
        defaults={"task": TASK, "crontab": friday, "queue": "rest", "expire_seconds": 3600},
    )
    entries.get_or_create(
        name="reporting: make up missed roll-ups",
        defaults={"task": TASK, "interval": often, "queue": "rest", "expire_seconds": 280},
    )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
