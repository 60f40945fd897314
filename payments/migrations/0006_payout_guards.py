"""What the database guarantees about payouts, whoever writes (see ``0003_ledger_guards``)."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER payout_only_changes BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'arrives_on', 'paid_at', 'came_back_at', 'sent_id', 'restored_id',
        'lease_until', 'tries');
CREATE TRIGGER payout_set_once BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_set_once(
        'paid_at', 'came_back_at', 'sent_id', 'restored_id');
CREATE TRIGGER payout_kept BEFORE DELETE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payout_attempt_kept BEFORE UPDATE OR DELETE ON payments_payoutattempt
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER bank_account_only_changes BEFORE UPDATE ON payments_bankaccount
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes('removed_at', 'refused_at');
CREATE TRIGGER bank_account_set_once BEFORE UPDATE ON payments_bankaccount
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('removed_at');
CREATE TRIGGER bank_account_kept BEFORE DELETE ON payments_bankaccount
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
"""

DROP = """
DROP TRIGGER payout_only_changes ON payments_payout;
DROP TRIGGER payout_set_once ON payments_payout;
DROP TRIGGER payout_kept ON payments_payout;
DROP TRIGGER payout_attempt_kept ON payments_payoutattempt;
DROP TRIGGER bank_account_only_changes ON payments_bankaccount;
DROP TRIGGER bank_account_set_once ON payments_bankaccount;
DROP TRIGGER bank_account_kept ON payments_bankaccount;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_payouts")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
