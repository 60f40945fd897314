import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0007_room_to_update_in_place")]

    operations = [
        migrations.AlterField(
            model_name="companyscorecard",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scorecards",
                to="accounts.company",
            ),
        ),
        migrations.AlterField(
            model_name="workerscorecard",
            name="worker",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scorecards",
                to="accounts.workerprofile",
            ),
        ),
    ]
