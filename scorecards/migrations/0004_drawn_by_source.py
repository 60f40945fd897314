from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0003_moderation_and_replies")]

    operations = [
        migrations.AddField(
            model_name="companyscorecard",
            name="drawn_at",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="workerscorecard",
            name="drawn_at",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="workerscorecard",
            name="trend",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
