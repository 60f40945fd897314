from django.db import migrations
from django.db.models import Min


def note(apps, schema_editor):
    """The versions by which rows have been drawn so far, so that the next one is a change."""
    Edition = apps.get_model("scorecards", "FormulaEdition")
    for model in ("CompanyScorecard", "WorkerScorecard"):
        rows = apps.get_model("scorecards", model).objects.values_list("formula_version")
        for version, began_at in rows.annotate(Min("computed_at")).order_by("formula_version"):
            Edition.objects.get_or_create(version=version, defaults={"began_at": began_at})


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0005_market_and_checks")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop, elidable=True)]
