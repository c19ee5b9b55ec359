"""The mail channel, the cursors of the chains that are there, and the entries of the schedule, each made once."""

from django.db import migrations


def seed_channel(apps, _schema_editor):
    channels = apps.get_model("notifications", "Channel").objects
    if not channels.filter(kind="mail").exists():
        channels.create(kind="mail", name="SMTP")


def seed_cursors(apps, _schema_editor):
    """What happened before there were notices is told to nobody."""
    cursors = apps.get_model("notifications", "Cursor").objects
    for chain in apps.get_model("audit", "Chain").objects.filter(key__startswith="inspection:"):
        cursors.get_or_create(chain=chain, defaults={"seq": chain.head_seq})


def seed_schedule(apps, _schema_editor):
    morning, _made = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="30", hour="8", day_of_week="*", day_of_month="*", month_of_year="*", timezone="Asia/Shanghai"
    )
    minute, _made = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=1, period="minutes"
    )
    entries = apps.get_model("django_celery_beat", "PeriodicTask").objects
    for name, task, when in (
        ("notifications: reminders of the day", "remind", {"crontab": morning, "expire_seconds": 3600}),
        ("notifications: tell what has happened", "read_trail", {"interval": minute, "expire_seconds": 55}),
        ("notifications: deliver what is due", "deliver", {"interval": minute, "expire_seconds": 55}),
    ):
        fields = {"task": f"notifications.tasks.{task}", "queue": "rest", **when}
        entries.get_or_create(name=name, defaults=fields)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("audit", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.RunPython(seed_channel, migrations.RunPython.noop),
        migrations.RunPython(seed_cursors, migrations.RunPython.noop),
        migrations.RunPython(seed_schedule, migrations.RunPython.noop),
    ]
