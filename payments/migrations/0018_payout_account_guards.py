"""Whose account it is at the provider is final (see ``0003_ledger_guards``)."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER payout_account_only_changes BEFORE UPDATE ON payments_payoutaccount
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'begun_at', 'left_at', 'lease_until', 'tries');
CREATE TRIGGER payout_account_kept BEFORE DELETE ON payments_payoutaccount
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
"""

DROP = """
DROP TRIGGER payout_account_only_changes ON payments_payoutaccount;
DROP TRIGGER payout_account_kept ON payments_payoutaccount;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_payout_accounts")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
