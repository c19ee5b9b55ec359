from django.db import migrations

INDEXES = {
    "measure_text_pairs": "measures_measure USING gin (text_pairs(text))",
    "measure_code_begins": "measures_measure (code varchar_pattern_ops)",
}


def make_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON {columns}")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    """Search by words of two characters and more, and by the beginning of a code: indexes that only PostgreSQL knows."""

    dependencies = [
        ("issues", "0002_seed"),
        ("measures", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(make_indexes, drop_indexes),
    ]
