"""What the database guarantees about refunds, whoever writes (see ``0003_ledger_guards``)."""

from django.db import migrations

FUNCTION = """
-- The row of the funding is locked, so that two refunds of one are counted one after the other.
CREATE FUNCTION payments_check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    source record;
    taken numeric;
BEGIN
    SELECT * INTO source FROM payments_funding WHERE id = NEW.funding_id FOR NO KEY UPDATE;
    IF source.status <> 'settled' OR (source.company_id, source.provider, source.currency)
            IS DISTINCT FROM (NEW.company_id, NEW.provider, NEW.currency) THEN
        RAISE EXCEPTION 'refund % is not of money that arrived for its company', NEW.reference
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT sum(amount) INTO taken FROM payments_refund
        WHERE funding_id = NEW.funding_id AND status IN ('ordered', 'refunded');
    IF taken > source.amount THEN
        RAISE EXCEPTION 'refunds of % are more than the % that was added', taken, source.amount
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION payments_check_refund() SET search_path = pg_catalog, %I, '
        'pg_temp', current_schema());
END $$;
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER refund_fits AFTER INSERT OR UPDATE OF status ON payments_refund
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION payments_check_refund();
CREATE TRIGGER refund_only_changes BEFORE UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'ended_at', 'sent_id', 'restored_id', 'provider_reference',
        'lease_until', 'tries');
CREATE TRIGGER refund_set_once BEFORE UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('sent_id', 'restored_id', 'provider_reference');
CREATE TRIGGER refund_kept BEFORE DELETE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();

DROP TRIGGER funding_only_changes ON payments_funding;
CREATE TRIGGER funding_only_changes BEFORE UPDATE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'transfer_id', 'settled_at', 'lease_until', 'tries',
        'provider_reference', 'pay_url');
DROP TRIGGER funding_set_once ON payments_funding;
CREATE TRIGGER funding_set_once BEFORE UPDATE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_set_once(
        'transfer_id', 'settled_at', 'provider_reference');
DROP TRIGGER payout_only_changes ON payments_payout;
CREATE TRIGGER payout_only_changes BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'arrives_on', 'paid_at', 'came_back_at', 'sent_id', 'restored_id',
        'lease_until', 'tries', 'provider_reference');
DROP TRIGGER payout_set_once ON payments_payout;
CREATE TRIGGER payout_set_once BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_set_once(
        'paid_at', 'came_back_at', 'sent_id', 'restored_id', 'provider_reference');
"""

DROP = """
DROP FUNCTION payments_check_refund() CASCADE;
DROP TRIGGER refund_only_changes ON payments_refund;
DROP TRIGGER refund_set_once ON payments_refund;
DROP TRIGGER refund_kept ON payments_refund;
DROP TRIGGER funding_only_changes ON payments_funding;
CREATE TRIGGER funding_only_changes BEFORE UPDATE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'transfer_id', 'settled_at', 'lease_until', 'tries');
DROP TRIGGER funding_set_once ON payments_funding;
CREATE TRIGGER funding_set_once BEFORE UPDATE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('transfer_id', 'settled_at');
DROP TRIGGER payout_only_changes ON payments_payout;
CREATE TRIGGER payout_only_changes BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'arrives_on', 'paid_at', 'came_back_at', 'sent_id', 'restored_id',
        'lease_until', 'tries');
DROP TRIGGER payout_set_once ON payments_payout;
CREATE TRIGGER payout_set_once BEFORE UPDATE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_set_once(
        'paid_at', 'came_back_at', 'sent_id', 'restored_id');
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_refunds")]

    operations = [migrations.RunSQL(FUNCTION + TRIGGERS, DROP)]
