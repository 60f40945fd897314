"""What the database guarantees about money, whoever writes, also from ``psql``.

Written as plain SQL and not with django-pgtrigger, whose triggers a session can switch off
with ``SET pgtrigger.ignore``. Every refusal is a ``check_violation``, so that Django raises
``IntegrityError``. Functions have a fixed ``search_path`` with ``pg_temp`` last: a temporary
table of the same name cannot catch what they write.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the books are append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;

-- The test runner empties tables between tests: only in a database named as tests name
-- theirs, and only when the connection asks for it.
CREATE FUNCTION payments_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('squarely.test_database', true), '') <> 'yes'
            OR left(current_database(), 5) <> 'test_' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: the books are append-only', TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payments_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.balance <> 0 THEN
            RAISE EXCEPTION 'a ledger account opens with balance 0'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.kind, NEW.company_id, NEW.worker_id, NEW.provider, NEW.currency)
            IS DISTINCT FROM
            (OLD.id, OLD.kind, OLD.company_id, OLD.worker_id, OLD.provider, OLD.currency) THEN
        RAISE EXCEPTION 'kind, owner and currency of a ledger account are final'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance is moved only by the insert of a posting'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payments_apply_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made record;
BEGIN
    SELECT currency, amount, at, (
        SELECT sum(posting.amount) FROM payments_posting posting
        WHERE posting.transfer_id = transfer.id AND posting.side = NEW.side
    ) AS posted INTO made FROM payments_transfer transfer WHERE transfer.id = NEW.transfer_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'transfer % does not exist', NEW.transfer_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF made.posted > made.amount THEN
        RAISE EXCEPTION 'transfer % is complete: it takes no more postings', NEW.transfer_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF made.at <> NEW.at THEN
        RAISE EXCEPTION 'a posting has the time of its transfer' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE payments_ledgeraccount
        SET balance = balance + CASE NEW.side WHEN 'credit' THEN NEW.amount ELSE -NEW.amount END
        WHERE id = NEW.account_id AND currency = made.currency AND kind IN (
            'company_cash', 'company_reserved', 'worker_earnings', 'payout_in_transit');
    IF NOT FOUND AND NOT EXISTS (
        SELECT FROM payments_ledgeraccount
        WHERE id = NEW.account_id AND currency = made.currency
            AND kind IN ('platform_fees', 'outside')
    ) THEN
        RAISE EXCEPTION 'a posting is in the currency of its account and of its transfer'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payments_check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    debits numeric;
    credits numeric;
BEGIN
    SELECT coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0),
           coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0)
        INTO debits, credits FROM payments_posting WHERE transfer_id = NEW.id;
    IF debits <> NEW.amount OR credits <> NEW.amount THEN
        RAISE EXCEPTION 'transfer % of % does not balance: debits %, credits %',
            NEW.id, NEW.amount, debits, credits USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- Arguments: the columns that may change.
CREATE FUNCTION payments_only_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - TG_ARGV::text[] <> to_jsonb(NEW) - TG_ARGV::text[] THEN
        RAISE EXCEPTION 'only % of % may change', array_to_string(TG_ARGV, ', '), TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Arguments: the columns that are set once.
CREATE FUNCTION payments_set_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF to_jsonb(OLD) -> name <> 'null' AND to_jsonb(OLD) -> name <> to_jsonb(NEW) -> name THEN
            RAISE EXCEPTION '% of % is set once', name, TG_TABLE_NAME
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE FUNCTION payments_check_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    invoice record;
    work numeric;
    fee numeric;
BEGIN
    SELECT * INTO invoice FROM payments_invoice
        WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    SELECT coalesce(sum(amount) FILTER (WHERE kind <> 'fee'), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'fee'), 0)
        INTO work, fee FROM payments_invoiceline WHERE invoice_id = invoice.id;
    IF work <> invoice.worker_amount OR fee <> invoice.fee_amount THEN
        RAISE EXCEPTION 'the lines of invoice % do not come to its amounts', invoice.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

FIXED_PATH = """
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN SELECT oid FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace
                AND proname LIKE 'payments\\_%' AND prorettype = 'trigger'::regtype LOOP
        EXECUTE format(
            'ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER account_guarded BEFORE INSERT OR UPDATE ON payments_ledgeraccount
    FOR EACH ROW EXECUTE FUNCTION payments_guard_account();
CREATE TRIGGER account_kept BEFORE DELETE ON payments_ledgeraccount
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER account_not_truncated BEFORE TRUNCATE ON payments_ledgeraccount
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_truncate();

CREATE TRIGGER transfer_kept BEFORE UPDATE OR DELETE ON payments_transfer
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER transfer_not_truncated BEFORE TRUNCATE ON payments_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_truncate();
CREATE CONSTRAINT TRIGGER transfer_balances AFTER INSERT ON payments_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_transfer();

CREATE TRIGGER posting_kept BEFORE UPDATE OR DELETE ON payments_posting
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER posting_not_truncated BEFORE TRUNCATE ON payments_posting
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_truncate();
CREATE TRIGGER posting_applied AFTER INSERT ON payments_posting
    FOR EACH ROW EXECUTE FUNCTION payments_apply_posting();

CREATE TRIGGER invoice_only_changes BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION
    payments_only_changes('paid_at', 'transfer_id', 'withdrawn_at', 'withdrawn_reason');
CREATE TRIGGER invoice_set_once BEFORE UPDATE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('paid_at', 'transfer_id', 'withdrawn_at');
CREATE TRIGGER invoice_kept BEFORE DELETE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER invoice_not_truncated BEFORE TRUNCATE ON payments_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_truncate();
CREATE CONSTRAINT TRIGGER invoice_has_its_lines AFTER INSERT ON payments_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_invoice('id');
CREATE TRIGGER invoice_line_kept BEFORE UPDATE OR DELETE ON payments_invoiceline
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER invoice_line_not_truncated BEFORE TRUNCATE ON payments_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_truncate();
CREATE CONSTRAINT TRIGGER invoice_line_fits AFTER INSERT ON payments_invoiceline
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_check_invoice('invoice_id');

CREATE TRIGGER funding_only_changes BEFORE UPDATE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes(
        'status', 'failure', 'transfer_id', 'settled_at', 'lease_until', 'tries');
CREATE TRIGGER funding_set_once BEFORE UPDATE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('transfer_id', 'settled_at');
CREATE TRIGGER funding_kept BEFORE DELETE ON payments_funding
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER provider_event_only_changes BEFORE UPDATE ON payments_providerevent
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes('applied_at', 'error');
CREATE TRIGGER provider_event_set_once BEFORE UPDATE ON payments_providerevent
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('applied_at');
CREATE TRIGGER provider_event_kept BEFORE DELETE ON payments_providerevent
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();

CREATE TRIGGER reservation_only_changes BEFORE UPDATE ON payments_reservation
    FOR EACH ROW EXECUTE FUNCTION payments_only_changes('amount', 'revision', 'closed_at');
CREATE TRIGGER reservation_set_once BEFORE UPDATE ON payments_reservation
    FOR EACH ROW EXECUTE FUNCTION payments_set_once('closed_at');
CREATE TRIGGER reservation_kept BEFORE DELETE ON payments_reservation
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
"""

DROP = """
DROP FUNCTION payments_refuse(), payments_refuse_truncate(), payments_guard_account(),
    payments_apply_posting(), payments_check_transfer(), payments_only_changes(),
    payments_set_once(), payments_check_invoice() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_amounts_and_revisions")]

    operations = [migrations.RunSQL(FUNCTIONS + FIXED_PATH + TRIGGERS, DROP)]
