"""What a company owes, asks for or is given back is in its own currency, whoever writes it.

A payout is in the currency of the transfer that took it out of the earnings.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION payments_own_currency() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    row_now jsonb := to_jsonb(NEW);
    own text;
BEGIN
    IF TG_ARGV[0] = 'company' THEN
        SELECT currency INTO own FROM accounts_company
            WHERE id = (row_now ->> 'company_id')::bigint;
    ELSE
        SELECT currency INTO own FROM payments_transfer
            WHERE id = (row_now ->> 'transfer_id')::bigint;
    END IF;
    IF row_now ->> 'currency' <> own THEN
        RAISE EXCEPTION '% is not the currency of this %', row_now ->> 'currency', TG_ARGV[0]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER funding_own_currency BEFORE INSERT ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_own_currency('company');
CREATE TRIGGER invoice_own_currency BEFORE INSERT ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_own_currency('company');
CREATE TRIGGER credit_note_own_currency BEFORE INSERT ON payments_creditnote
    FOR EACH ROW EXECUTE FUNCTION payments_own_currency('company');
CREATE TRIGGER statement_own_currency BEFORE INSERT ON payments_statement
    FOR EACH ROW EXECUTE FUNCTION payments_own_currency('company');
CREATE TRIGGER payout_own_currency BEFORE INSERT ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_own_currency('transfer');
"""

DROP = "DROP FUNCTION payments_own_currency() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_refund_guards")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
