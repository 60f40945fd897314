"""Every visit so far began when check-in was pressed, and was due at the start of its work."""

from django.db import migrations
from django.db.models import Case, F, OuterRef, Subquery, When


def fill(apps, schema_editor):
    visits = apps.get_model("assignments", "Visit").objects.filter(arrived_at=None)
    assignments = apps.get_model("assignments", "Assignment").objects.filter(
        pk=OuterRef("assignment")
    )
    due = assignments.annotate(
        due=Case(When(is_window=True, then=F("ends_at")), default=F("starts_at"))
    )
    visits.update(arrived_at=F("checked_in_at"), expected_at=Subquery(due.values("due")))


class Migration(migrations.Migration):
    dependencies = [("assignments", "0013_doing_the_work")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
