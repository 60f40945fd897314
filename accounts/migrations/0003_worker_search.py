import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models

# array_to_string is only "stable" because some types print by the session's settings;
# of text it always prints the same, which is what a generated column asks for.
JOINED_WORDS = """
    CREATE FUNCTION joined_words(text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT pg_catalog.array_to_string($1, ' ') $$
"""


class Migration(migrations.Migration):
    """Words of worker profiles and names of people, searchable by index."""

    dependencies = [("accounts", "0002_member_reference")]

    operations = [
        migrations.RunSQL(JOINED_WORDS, "DROP FUNCTION joined_words(text[])"),
        migrations.AddField(
            "workerprofile",
            "search",
            models.GeneratedField(
                expression=(
                    SearchVector("headline", weight="A", config="english")
                    + SearchVector(
                        models.Func(
                            models.F("skills"),
                            function="joined_words",
                            output_field=models.TextField(),
                        ),
                        weight="A",
                        config="english",
                    )
                    + SearchVector("about", weight="C", config="english")
                    + SearchVector("city", weight="B", config="english")
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "workerprofile",
            django.contrib.postgres.indexes.GinIndex(fields=["search"], name="worker_search"),
        ),
        migrations.AddIndex(
            "workerprofile",
            models.Index(fields=["latitude", "longitude"], name="worker_place"),
        ),
        migrations.AddIndex(
            "user",
            django.contrib.postgres.indexes.GinIndex(
                SearchVector("full_name", config="simple"), name="user_name_words"
            ),
        ),
    ]
