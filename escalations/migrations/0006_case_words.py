"""The words of a case for search: kept by the database, whoever writes or renames."""

from django.db import migrations

WORDS = """
CREATE FUNCTION escalations_case_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT setweight(to_tsvector('simple', replace(concat_ws(' ',
               NEW.number, work.reference, work.title, company.name, person.full_name), '-', ' ')),
               'A')
           || setweight(to_tsvector('english', NEW.what_happened || ' ' || NEW.outcome_words), 'C')
      INTO NEW.search
      FROM assignments_assignment AS work, accounts_company AS company,
           accounts_workerprofile AS worker JOIN accounts_user AS person ON person.id = worker.user_id
     WHERE work.id = NEW.assignment_id AND company.id = NEW.company_id AND worker.id = NEW.worker_id;
    RETURN NEW;
END $$;
CREATE TRIGGER escalations_case_words
    BEFORE INSERT OR UPDATE OF number, assignment_id, company_id, worker_id, what_happened,
                               outcome_words, search ON escalations_case
    FOR EACH ROW EXECUTE FUNCTION escalations_case_words();

CREATE FUNCTION escalations_case_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_company' THEN
        UPDATE escalations_case SET search = NULL WHERE company_id = NEW.id;
    ELSIF TG_TABLE_NAME = 'assignments_assignment' THEN
        UPDATE escalations_case SET search = NULL WHERE assignment_id = NEW.id;
    ELSE
        UPDATE escalations_case SET search = NULL
         WHERE worker_id IN (SELECT id FROM accounts_workerprofile WHERE user_id = NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER escalations_case_renamed AFTER UPDATE OF name ON accounts_company
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION escalations_case_renamed();
CREATE TRIGGER escalations_case_renamed AFTER UPDATE OF full_name ON accounts_user
    FOR EACH ROW WHEN (OLD.full_name IS DISTINCT FROM NEW.full_name)
    EXECUTE FUNCTION escalations_case_renamed();
CREATE TRIGGER escalations_case_renamed AFTER UPDATE OF title ON assignments_assignment
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title)
    EXECUTE FUNCTION escalations_case_renamed();

UPDATE escalations_case SET search = NULL;
"""

NO_WORDS = """
DROP TRIGGER escalations_case_renamed ON assignments_assignment;
DROP TRIGGER escalations_case_renamed ON accounts_user;
DROP TRIGGER escalations_case_renamed ON accounts_company;
DROP FUNCTION escalations_case_renamed();
DROP TRIGGER escalations_case_words ON escalations_case;
DROP FUNCTION escalations_case_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("escalations", "0005_desk"),
        ("assignments", "0027_reminder_indexes"),
        ("accounts", "0005_company_logos"),
    ]

    operations = [migrations.RunSQL(WORDS, NO_WORDS)]
