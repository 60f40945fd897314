"""The record is append-only, whoever writes, also from ``psql``.

Written as plain SQL and not with django-pgtrigger, whose triggers a session can switch off
with ``SET pgtrigger.ignore``; the same as the guards of the ledger. Every refusal is a
``check_violation``, so that Django raises ``IntegrityError``.
"""

import pgtrigger.migrations
from django.db import migrations

GUARDS = """
CREATE FUNCTION activity_refuse() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;

-- The test runner empties tables between tests: only in a database named as tests name
-- theirs, and only when the connection asks for it.
CREATE FUNCTION activity_refuse_truncate() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('squarely.test_database', true), '') <> 'yes'
            OR left(current_database(), 5) <> 'test_' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: the record is append-only', TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- The dispatcher notes its work in two columns; every other, also one added later, is final.
CREATE TRIGGER event_read_only BEFORE UPDATE ON activity_event FOR EACH ROW
    WHEN (to_jsonb(OLD) - ARRAY['dispatched_at', 'tries']
          IS DISTINCT FROM to_jsonb(NEW) - ARRAY['dispatched_at', 'tries'])
    EXECUTE FUNCTION activity_refuse();
CREATE TRIGGER event_kept BEFORE DELETE ON activity_event
    FOR EACH ROW EXECUTE FUNCTION activity_refuse();
CREATE TRIGGER event_not_truncated BEFORE TRUNCATE ON activity_event
    FOR EACH STATEMENT EXECUTE FUNCTION activity_refuse_truncate();
"""

DROP = "DROP FUNCTION activity_refuse(), activity_refuse_truncate() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="event", name="event_read_only"),
        pgtrigger.migrations.RemoveTrigger(model_name="event", name="event_kept"),
        pgtrigger.migrations.RemoveTrigger(model_name="event", name="event_not_truncated"),
        migrations.RunSQL(GUARDS, DROP),
    ]
