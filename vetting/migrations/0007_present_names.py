"""Requirements say the present names of the groups, tests and credentials they refer to."""

from django.db import migrations

GROUPS = """
UPDATE vetting_requirement AS asked
   SET "values" = asked."values" || jsonb_build_object(
       'name', pool.name, 'private', pool.kind = 'private', 'open', pool.kind = 'public')
  FROM vetting_group AS pool
 WHERE asked.kind = 'group' AND asked."values" ->> 'group' = pool.reference
"""
TESTS = """
UPDATE vetting_requirement AS asked
   SET "values" = asked."values" || jsonb_build_object('name', test.name)
  FROM vetting_test AS test
 WHERE asked.kind = 'test' AND asked."values" ->> 'test' = test.reference
"""
CREDENTIALS = """
UPDATE vetting_requirement AS asked
   SET "values" = asked."values" || jsonb_build_object(
       'name', kind.name, 'by_company', kind.reviewed_by = 'company')
  FROM vetting_credentialkind AS kind
 WHERE asked.kind = 'credential' AND asked."values" ->> 'kind' = kind.slug
"""


class Migration(migrations.Migration):
    dependencies = [("vetting", "0006_group_requirements")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (GROUPS, TESTS, CREDENTIALS)
    ]
