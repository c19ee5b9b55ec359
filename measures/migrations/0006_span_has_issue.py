import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0005_fill_history'),
    ]

    operations = [
        migrations.AlterField(
            model_name='measurespan',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measure_spans', to='issues.issue', verbose_name='issue'),
        ),
    ]
