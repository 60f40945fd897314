from django.db import migrations

INDUSTRIES = [
    ("audio-video", "Audio and video"),
    ("construction-trades", "Construction and trades"),
    ("delivery-logistics", "Delivery and logistics"),
    ("electrical", "Electrical"),
    ("events", "Events"),
    ("facilities", "Facilities and maintenance"),
    ("healthcare-equipment", "Healthcare equipment"),
    ("information-technology", "Information technology"),
    ("inspection-survey", "Inspection and survey"),
    ("networking-telecom", "Networking and telecom"),
    ("point-of-sale", "Point of sale"),
    ("retail-merchandising", "Retail and merchandising"),
    ("security-systems", "Security systems"),
]


def add_industries(apps, schema_editor):
    Industry = apps.get_model("accounts", "Industry")
    for slug, name in INDUSTRIES:
        Industry.objects.get_or_create(slug=slug, defaults={"name": name})


class Migration(migrations.Migration):
    """The industries a new site starts with; operations staff edit them in admin."""

    dependencies = [("accounts", "0003_worker_search")]

    operations = [migrations.RunPython(add_industries, migrations.RunPython.noop)]
