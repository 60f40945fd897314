"""The codes the site comes with, and the mark of every cancellation so far."""

from django.db import migrations
from django.db.models import Case, CharField, Value, When

from assignments import reasons


def fill(apps, schema_editor):
    reasons.establish(apps.get_model("assignments", "Reason"))
    cancellations = apps.get_model("assignments", "Cancellation").objects.filter(mark=None)
    cancellations.update(
        mark=Case(
            When(reason=reasons.DECISION, then=Value("none")),
            When(late_notice=True, then=Value("cancelled_late")),
            default=Value("cancelled"),
            output_field=CharField(),
        )
    )


class Migration(migrations.Migration):
    dependencies = [("assignments", "0005_reason_codes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
