from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_event_guards")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("data__has_key", "waited")),
                fields=["company_key", "at"],
                name="event_waited",
            ),
        ),
    ]
