from django.db import migrations

from core.search import drop_pairs, make_pairs


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX issue_text_pairs ON issues_issue USING gin (text_pairs(text))")


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS issue_text_pairs")


class Migration(migrations.Migration):
    """Search by words of two characters and more: an index that only PostgreSQL knows."""

    dependencies = [
        ("issues", "0002_calendar"),
    ]

    operations = [
        migrations.RunPython(make_pairs, drop_pairs),
        migrations.RunPython(make_index, drop_index),
    ]
