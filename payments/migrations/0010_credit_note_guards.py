"""Credit notes are kept as they were issued."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER credit_note_kept BEFORE UPDATE OR DELETE ON payments_creditnote
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER credit_note_not_truncated BEFORE TRUNCATE ON payments_creditnote
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_truncate();
"""

DROP = """
DROP TRIGGER credit_note_kept ON payments_creditnote;
DROP TRIGGER credit_note_not_truncated ON payments_creditnote;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_credit_notes")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
