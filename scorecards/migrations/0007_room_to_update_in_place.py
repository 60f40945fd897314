from django.db import migrations

ROOM = 45
"""Percent of a page that inserts fill: the rest holds a second copy of every row in it, so that
to draw everybody anew writes no index and makes the table no larger."""

TABLES = ("scorecards_companyscorecard", "scorecards_workerscorecard")


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0006_known_editions")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET (fillfactor = {ROOM})",
            f"ALTER TABLE {table} RESET (fillfactor)",
        )
        for table in TABLES
    ]
