-- Three labels a company; each on a few of its assignments, some taken off again.

INSERT INTO assignments_label (id, reference, name, tone, icon, created_at, company_id)
SELECT (company_id - 1) * 3 + n, pg_temp.reference('L', (company_id - 1) * 3 + n),
  (ARRAY['Rollout', 'Call first', 'Spare part waits'])[n], (ARRAY['info', 'warning', 'neutral'])[n],
  (ARRAY['flag', 'phone', 'truck'])[n], now() - interval '2 years', company_id
FROM generate_series(1, %(companies)s) AS company_id CROSS JOIN generate_series(1, 3) AS n;

INSERT INTO assignments_assignmentlabel (assignment_id, label_id, rule, note, opened_at, opened_by_id, resolved_at,
  resolved_by_id)
SELECT g, (company_id - 1) * 3 + n, '', '', created_at, member_id, CASE WHEN mod(g, 4) = 0 THEN starts_at END,
  CASE WHEN mod(g, 4) = 0 THEN member_id END
FROM facts CROSS JOIN LATERAL (SELECT 1 + pg_temp.pick(g, 13, 30) AS n) AS chosen WHERE n <= 3;
