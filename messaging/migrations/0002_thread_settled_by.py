from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="settled_by",
            field=models.CharField(
                blank=True,
                choices=[("company", "Company"), ("worker", "Worker")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
    ]
