from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    from conduct.catalogue import establish

    kinds = apps.get_model("conduct", "ViolationKind")
    establish(kinds, apps.get_model("conduct", "LadderStep"))
    versions = apps.get_model("conduct", "PolicyVersion")
    versions.objects.filter(release=None, published_by=None).update(release=F("number"))


class Migration(migrations.Migration):
    dependencies = [("conduct", "0002_violations")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
