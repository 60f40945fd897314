"""Corrections and checks are kept as they were decided and made; staff may note on an event."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER adjustment_only_changes BEFORE UPDATE ON payments_adjustment
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'decided_by_id', 'decided_at', 'transfer_id');
CREATE TRIGGER adjustment_set_once BEFORE UPDATE ON payments_adjustment
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('decided_by_id', 'decided_at', 'transfer_id');
CREATE TRIGGER adjustment_kept BEFORE DELETE ON payments_adjustment
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER books_check_kept BEFORE UPDATE OR DELETE ON payments_bookscheck
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
DROP TRIGGER provider_event_only_changes ON payments_providerevent;
CREATE TRIGGER provider_event_only_changes BEFORE UPDATE ON payments_providerevent
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes('applied_at', 'error', 'note');
"""

DROP = """
DROP TRIGGER provider_event_only_changes ON payments_providerevent;
CREATE TRIGGER provider_event_only_changes BEFORE UPDATE ON payments_providerevent
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes('applied_at', 'error');
DROP TRIGGER adjustment_only_changes ON payments_adjustment;
DROP TRIGGER adjustment_set_once ON payments_adjustment;
DROP TRIGGER adjustment_kept ON payments_adjustment;
DROP TRIGGER books_check_kept ON payments_bookscheck;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_operations")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
