from django.db import migrations, models

import accounts.models


def give_references(apps, schema_editor):
    Membership = apps.get_model("accounts", "Membership")
    for membership in Membership.objects.filter(reference=None).iterator():
        membership.reference = accounts.models.member_reference()
        membership.save(update_fields=["reference"])


class Migration(migrations.Migration):
    """A public reference for each membership: add, fill, constrain."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("membership", "reference", models.CharField(max_length=12, null=True)),
        migrations.RunPython(give_references, migrations.RunPython.noop),
        migrations.AlterField(
            "membership",
            "reference",
            models.CharField(default=accounts.models.member_reference, max_length=12, unique=True),
        ),
    ]
