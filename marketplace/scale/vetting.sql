-- What companies ask: four sets each of those that vet, and groups whose members must meet the fourth.
-- Each worker stands somehow to about five groups, a fifth of them to the first, of the largest company.

INSERT INTO vetting_requirementset (id, reference, name, note, on_all, revision, created_at, company_id, created_by_id)
SELECT (n - 1) * 4 + k, pg_temp.reference('R', (n - 1) * 4 + k), (ARRAY['Every visit', 'Work on site', 'Certified', 'Members'])[k],
       '', k = 1 AND mod(n, 5) = 0, 0, now() - interval '1 year', company_id, member_id
FROM vetting CROSS JOIN generate_series(1, 4) AS k;

CREATE TEMP TABLE asked ON COMMIT DROP AS
SELECT n, a.* FROM vetting CROSS JOIN LATERAL (VALUES
  (1, 1, 'language', '{"language": "English"}'::jsonb), (1, 2, 'not_blocked', '{}'),
  (2, 1, 'distance', '{"miles": 100}'), (2, 2, 'credential', '{"kind": "background-check", "name": "Background check", "amount": "", "region": ""}'),
  (2, 3, 'on_time', '{"percent": 60, "window": "recent", "newcomers": true}'),
  (3, 1, 'distance', '{"miles": 50}'),
  (3, 2, 'credential', '{"kind": "general-liability", "name": "General liability insurance", "amount": "1000000", "region": ""}'),
  (3, 3, 'credential', '{"kind": "background-check", "name": "Background check", "amount": "", "region": ""}'),
  (3, 4, 'test', jsonb_build_object('test', pg_temp.reference('T', 2 * n - 1), 'name', 'Test 1', 'survey', false)),
  (3, 5, 'agreement', jsonb_build_object('agreement', pg_temp.reference('AG', n), 'title', 'Confidentiality')),
  (3, 6, 'satisfaction', '{"percent": 75, "window": "recent", "newcomers": true}'),
  (4, 1, 'credential', '{"kind": "background-check", "name": "Background check", "amount": "", "region": ""}'),
  (4, 2, 'satisfaction', '{"percent": 60, "window": "all_time", "newcomers": true}')) AS a (k, position, kind, facts);

INSERT INTO vetting_requirement (kind, "values", position, requirement_set_id)
SELECT kind, facts, position, (n - 1) * 4 + k FROM asked ORDER BY n, k, position;

INSERT INTO vetting_requirementoverride (note, made_at, made_by_id, requirement_set_id, worker_id)
SELECT 'Known to us.', now() - interval '60 days', member_id, (n - 1) * 4 + 3, 1 + pg_temp.pick(n, 51, %(workers)s)
FROM vetting WHERE mod(n, 10) = 1;

INSERT INTO vetting_group (id, reference, name, kind, description, created_at, checked_at, company_id, created_by_id, requirement_set_id)
SELECT g, pg_temp.reference('G', g), 'Group ' || g, (ARRAY['public', 'invitation', 'private'])[1 + mod(g, 3)], '',
  now() - interval '1 year', now() - interval '25 hours', company_id, member_id, CASE WHEN mod(g, 5) > 0 THEN (n - 1) * 4 + 4 END
FROM generate_series(1, %(groups)s) AS g JOIN vetting ON n = 1 + mod(g - 1, (SELECT count(*) FROM vetting));

CREATE TEMP TABLE cleared ON COMMIT DROP AS
SELECT c.worker_id FROM vetting_credential c JOIN shares k ON k.id = c.kind_id
WHERE k.slug = 'background-check' AND c.status = 'verified' AND c.is_shown AND c.expires_on >= current_date;

INSERT INTO vetting_groupmembership (status, reason, changed_at, joined_at, asks_exception, group_id, worker_id)
SELECT status, '', since, CASE WHEN status IN ('member', 'lapsed', 'removed') THEN since END, false, g, i
FROM (SELECT DISTINCT i, CASE k WHEN 0 THEN 1 ELSE 1 + pg_temp.pick(i * 8 + k, 61, %(groups)s) END AS g
      FROM generate_series(1, %(workers)s) AS i CROSS JOIN generate_series(0, 5) AS k
      WHERE k > 0 OR pg_temp.pick(i, 62, 5) = 0) AS chosen
LEFT JOIN cleared ON worker_id = i
CROSS JOIN LATERAL (SELECT pg_temp.pick(i * 4096 + g, 63, 100) AS luck,
                           now() - make_interval(days => 1 + pg_temp.pick(i * 4096 + g, 64, 300)) AS since) AS chance
CROSS JOIN LATERAL (SELECT CASE WHEN worker_id IS NOT NULL OR mod(g, 5) = 0 THEN
    CASE WHEN luck < 85 THEN 'member' WHEN luck < 90 THEN 'invited' WHEN luck < 93 THEN 'applied'
         WHEN luck < 96 THEN 'declined' ELSE 'removed' END
  ELSE CASE WHEN luck < 40 THEN 'invited' WHEN luck < 60 THEN 'applied' WHEN luck < 85 THEN 'declined'
            ELSE 'lapsed' END END AS status) AS s;

-- Every company that vets has favorites, the largest most, and some it has blocked; a few workers block it.
INSERT INTO vetting_companymark (company_id, worker_id, standing, note, marked_by_id, marked_at)
SELECT DISTINCT ON (company_id, worker) company_id, worker, CASE WHEN mod(k, 10) = 0 THEN 'blocked' ELSE 'favorite' END, '',
       member_id, now() - interval '90 days'
FROM vetting CROSS JOIN LATERAL generate_series(1, CASE WHEN company_id = 1 THEN 400 ELSE 20 END) AS k
CROSS JOIN LATERAL (SELECT 1 + pg_temp.pick(company_id * 1000 + k, 63, %(workers)s) AS worker) AS w
ORDER BY company_id, worker, k;

INSERT INTO vetting_workermark (company_id, worker_id, standing, marked_at)
SELECT DISTINCT company_id, 1 + pg_temp.pick(company_id * 1000 + k, 64, %(workers)s), 'blocked', now() - interval '90 days'
FROM vetting CROSS JOIN generate_series(1, 5) AS k;
