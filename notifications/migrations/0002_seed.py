"""The mail channel and the entries of the schedule, each created once: what an administrator changes is kept."""

from django.db import migrations


def seed(apps, _schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    entries = apps.get_model("django_celery_beat", "PeriodicTask").objects
    minute, _created = intervals.get_or_create(every=1, period="minutes")
    morning, _created = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="30", hour="8", day_of_week="*", day_of_month="*", month_of_year="*", timezone="Asia/Shanghai"
    )
    apps.get_model("notifications", "Channel").objects.get_or_create(kind="mail", defaults={"name": "SMTP"})
    for name, task, when in (
        ("notifications: reminders of the day", "remind", {"crontab": morning, "expire_seconds": 3600}),
        ("notifications: read the outbox", "read_outbox", {"interval": minute, "expire_seconds": 55}),
        ("notifications: deliver what is due", "deliver", {"interval": minute, "expire_seconds": 55}),
        ("notifications: send webhooks", "send_webhooks", {"interval": minute, "expire_seconds": 55}),
    ):
        entries.get_or_create(name=name, defaults={"task": f"notifications.tasks.{task}", "queue": "rest", **when})


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
