"""An invoice gets its statement once; statements and attempts of auto-pay are kept."""

from django.db import migrations

TRIGGERS = """
DROP TRIGGER invoice_only_changes ON payments_invoice;
CREATE TRIGGER invoice_only_changes BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'paid_at', 'transfer_id', 'withdrawn_at', 'withdrawn_reason', 'statement_id');
DROP TRIGGER invoice_set_once ON payments_invoice;
CREATE TRIGGER invoice_set_once BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_set_once(
        'paid_at', 'transfer_id', 'withdrawn_at', 'statement_id');
CREATE TRIGGER statement_kept BEFORE UPDATE OR DELETE ON payments_statement
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER auto_pay_attempt_kept BEFORE UPDATE OR DELETE ON payments_autopayattempt
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
"""

DROP = """
DROP TRIGGER auto_pay_attempt_kept ON payments_autopayattempt;
DROP TRIGGER statement_kept ON payments_statement;
DROP TRIGGER invoice_set_once ON payments_invoice;
CREATE TRIGGER invoice_set_once BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('paid_at', 'transfer_id', 'withdrawn_at');
DROP TRIGGER invoice_only_changes ON payments_invoice;
CREATE TRIGGER invoice_only_changes BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION
    payments_only_changes('paid_at', 'transfer_id', 'withdrawn_at', 'withdrawn_reason');
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_statements")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
