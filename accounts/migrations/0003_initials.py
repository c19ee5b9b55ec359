from typing import Any

from django.db import migrations, models

from core.search import initials_of


def fill(apps: Any, schema_editor: Any) -> None:
    """Units and people that were there before get their initials."""
    units, users = apps.get_model("accounts", "Unit"), apps.get_model("accounts", "User")
    for unit in units.objects.only("name", "short_name").iterator():
        units.objects.filter(pk=unit.pk).update(initials=initials_of(unit.name, unit.short_name))
    for user in users.objects.only("name").iterator():
        users.objects.filter(pk=user.pk).update(initials=initials_of(user.name))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tokens_and_answers")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="initials",
            field=models.CharField(blank=True, editable=False, max_length=170, verbose_name="initials"),
        ),
        migrations.AddField(
            model_name="user",
            name="initials",
            field=models.CharField(blank=True, editable=False, max_length=130, verbose_name="initials"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
