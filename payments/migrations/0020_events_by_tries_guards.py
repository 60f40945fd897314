"""How often applying an event failed may be counted on it."""

from django.db import migrations

CHANGES = """
DROP TRIGGER provider_event_only_changes ON payments_providerevent;
CREATE TRIGGER provider_event_only_changes BEFORE UPDATE ON payments_providerevent
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes({columns});
"""
BEFORE = "'applied_at', 'error', 'note'"


class Migration(migrations.Migration):
    dependencies = [("payments", "0019_events_by_tries")]

    operations = [
        migrations.RunSQL(
            CHANGES.format(columns=f"{BEFORE}, 'tries'"), CHANGES.format(columns=BEFORE)
        )
    ]
