"""Search the assignments of one company through one index.

PostgreSQL cannot change the expression of a generated column, so the column is made anew.
"""

import django.contrib.postgres.indexes
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat

WORDS = (
    SearchVector("title", weight="A", config="english")
    + SearchVector("description", weight="C", config="english")
    + SearchVector("city", weight="B", config="english")
)
OF_COMPANY = SearchVector(
    Concat(Value("ofcompany", models.TextField()), Cast(F("company"), models.TextField())),
    weight="D",
    config="simple",
)
FOUND_BY_WORKERS = django.contrib.postgres.indexes.GinIndex(
    fields=["search"], condition=Q(status="sent", is_listed=True), name="assignment_find_words"
)


def column(expression):
    return models.GeneratedField(
        expression=expression, output_field=SearchVectorField(), db_persist=True
    )


class Migration(migrations.Migration):
    dependencies = [("assignments", "0016_bids_with_expenses_and_proposals")]

    operations = [
        migrations.RemoveIndex("assignment", "assignment_find_words"),
        migrations.RemoveField("assignment", "search"),
        migrations.AddField("assignment", "search", column(WORDS + OF_COMPANY)),
        migrations.AddIndex("assignment", FOUND_BY_WORKERS),
        migrations.AddIndex(
            "assignment",
            django.contrib.postgres.indexes.GinIndex(fields=["search"], name="assignment_words"),
        ),
    ]
