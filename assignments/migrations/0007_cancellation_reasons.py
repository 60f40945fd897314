import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assignments", "0006_fill_reason_codes")]

    operations = [
        migrations.AlterField(
            model_name="cancellation",
            name="reason",
            field=models.ForeignKey(
                db_column="reason",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assignments.reason",
                to_field="code",
            ),
        ),
        migrations.AlterField(
            model_name="cancellation",
            name="mark",
            field=models.CharField(
                choices=[
                    ("none", "No mark"),
                    ("cancelled", "Cancelled"),
                    ("cancelled_late", "Cancelled late"),
                    ("abandoned", "Abandoned"),
                ],
                max_length=14,
            ),
        ),
    ]
