"""The counter of case numbers: a sequence, so that two openings never wait for each other."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("escalations", "0002_rounds_and_proposals")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE escalations_case_numbers START 1001 OWNED BY escalations_case.number",
            "DROP SEQUENCE escalations_case_numbers",
        )
    ]
