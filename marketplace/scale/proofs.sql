-- What workers have proved: three to four credentials each, attempts on tests, agreements signed.
-- Company 1 and every second other one vet their workers: each has two tests and an agreement.

INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, email, full_name, time_zone)
VALUES (%(companies)s * 3 + %(workers)s + 1, '!', false, true, true, now() - interval '3 years',
        'reviewer@scale.test', 'Reviewer', 'America/New_York');

CREATE TEMP TABLE vetting ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY i) AS n, i AS company_id, (i - 1) * 3 + 1 AS member_id
FROM generate_series(1, %(companies)s) AS i WHERE i = 1 OR mod(i, 2) = 0;

CREATE TEMP TABLE shares ON COMMIT DROP AS
SELECT k.*, share FROM vetting_credentialkind k JOIN (VALUES
  ('identity', 70), ('background-check', 60), ('driver-license', 50), ('general-liability', 45),
  ('drug-test', 30), ('osha-10', 30), ('low-voltage-license', 20), ('workers-compensation', 15),
  ('comptia-network', 12), ('bicsi-technician', 8), ('electrician-license', 5)) AS s (slug, share) USING (slug);

CREATE TEMP TABLE proofs ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY w.i, kind_id) AS id, w.i AS worker_id, p.*,
       CASE WHEN stage < 90 THEN 'verified' WHEN stage < 94 THEN 'pending' WHEN stage < 96 THEN 'returned'
            WHEN stage < 98 THEN 'refused' ELSE 'withdrawn' END AS status
FROM generate_series(1, %(workers)s) AS w (i) CROSS JOIN LATERAL (
  SELECT id AS kind_id, slug, needs_amount, needs_document, needs_state, has_expiry, share,
         current_date - 5 - pg_temp.pick(w.i * 64 + id, 23, 800) AS issued_on,
         pg_temp.pick(w.i * 64 + id, 22, 100) AS stage, pg_temp.pick(w.i * 64 + id, 24, 100) AS luck
  FROM shares WHERE pg_temp.pick(w.i * 64 + id, 21, 100) < share) AS p;

INSERT INTO vetting_credential (id, reference, key, status, issuer, number, region, amount, issued_on, expires_on,
  is_shown, revision, submitted_at, decided_at, reason, decided_by_id, kind_id, worker_id)
SELECT p.id, pg_temp.reference('K', p.id), 'scale-' || p.id, status, 'Issuer', p.id::text,
  CASE WHEN needs_state THEN w.region ELSE '' END,
  CASE WHEN needs_amount THEN (ARRAY[500000, 1000000, 1000000, 2000000])[1 + mod(luck, 4)] END, issued_on,
  CASE WHEN has_expiry THEN issued_on + 730 END, luck < 95, 1, issued_on + interval '1 day',
  CASE WHEN status NOT IN ('pending', 'withdrawn') THEN issued_on + interval '2 days' END,
  CASE WHEN status IN ('returned', 'refused') THEN 'The number cannot be read.' ELSE '' END,
  CASE WHEN status NOT IN ('pending', 'withdrawn') THEN %(companies)s * 3 + %(workers)s + 1 END, kind_id, worker_id
FROM proofs p JOIN accounts_workerprofile w ON w.id = worker_id;

INSERT INTO vetting_credentialdocument (reference, file, name, content_type, size, added_at, credential_id, worker_id)
SELECT 'scale-' || id, 'scale/document.pdf', 'document.pdf', 'application/pdf', 80000, issued_on + interval '1 day', id, worker_id
FROM proofs WHERE needs_document;

-- Tests: 2n - 1 and 2n of the nth that vets; three questions, of which all must be right.

INSERT INTO vetting_test (id, reference, name, is_survey, is_listed, counts_from, created_at, company_id, created_by_id)
SELECT 2 * n - k, pg_temp.reference('T', 2 * n - k), 'Test ' || 2 - k, false, mod(n, 4) = 0, 1,
       now() - interval '2 years', company_id, member_id
FROM vetting CROSS JOIN generate_series(0, 1) AS k;

INSERT INTO vetting_testversion (id, number, instructions, pass_mark, wait_hours, random_order, shows_answers,
                                 valid_days, most_attempts, created_at, published_at, published_by_id, test_id)
SELECT id, 1, '', 80, 24, false, false, 365, 3, created_at, created_at, created_by_id, id FROM vetting_test;
UPDATE vetting_test SET current_id = id;

INSERT INTO vetting_question (id, reference, position, kind, text, points, choices, tolerance, version_id)
SELECT (id - 1) * 3 + q, pg_temp.reference('Q', (id - 1) * 3 + q), q, 'true_false', 'Cable ' || q || ' may be cut anywhere.', 1,
  '[{"key": "true", "text": "True", "right": false}, {"key": "false", "text": "False", "right": true}]', 0, id
FROM vetting_test CROSS JOIN generate_series(1, 3) AS q;

-- A third of the workers has taken the first company's test, each has taken two of others: 80 of 100 passed.
CREATE TEMP TABLE taken ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY t.test_id, w.i) AS id, w.i AS worker_id, t.test_id,
       now() - make_interval(days => 1 + pg_temp.pick(w.i * 4 + k, 31, 430), mins => k) AS started_at,
       CASE WHEN pg_temp.pick(w.i * 4 + k, 32, 100) < 80 THEN 3 ELSE pg_temp.pick(w.i, 33, 3) END AS points
FROM generate_series(1, %(workers)s) AS w (i) CROSS JOIN generate_series(0, 2) AS k CROSS JOIN LATERAL (
  SELECT CASE k WHEN 0 THEN 1 ELSE 2 * (1 + pg_temp.pick(w.i, 34, (SELECT count(*) FROM vetting))) - k + 1 END AS test_id) AS t
WHERE k = 0 AND pg_temp.pick(w.i, 35, 3) = 0 OR k > 0 AND test_id > 1;

INSERT INTO vetting_attempt (id, reference, number, status, started_at, submitted_at, finished_at, timed_out, points,
                             possible, score, expires_on, test_id, version_id, worker_id)
SELECT id, pg_temp.reference('AT', id), 1, CASE WHEN points = 3 THEN 'passed' ELSE 'failed' END, started_at,
  started_at + interval '20 minutes', started_at + interval '20 minutes', false, points, 3, round(points * 100 / 3.0, 2),
  CASE WHEN points = 3 THEN (started_at AT TIME ZONE 'UTC')::date + 365 END, test_id, test_id, worker_id
FROM taken;

INSERT INTO vetting_answer (position, value, revision, answered_at, points, "right", attempt_id, question_id)
SELECT q, CASE WHEN q <= points THEN '"false"'::jsonb ELSE '"true"' END, 1, started_at + make_interval(mins => 5 * q),
       (q <= points)::int, q <= points, id, (test_id - 1) * 3 + q
FROM taken CROSS JOIN generate_series(1, 3) AS q;

INSERT INTO vetting_agreement (id, reference, title, current, created_at, company_id, created_by_id)
SELECT n, pg_temp.reference('AG', n), 'Confidentiality', 1, now() - interval '2 years', company_id, member_id FROM vetting;
INSERT INTO vetting_agreementversion (id, number, text, note, published_at, agreement_id, published_by_id)
SELECT n, 1, 'What is seen on site stays there.', '', now() - interval '2 years', n, member_id FROM vetting;

INSERT INTO vetting_agreementsignature (reference, typed_name, signed_at, version_id, worker_id)
SELECT pg_temp.reference('S', row_number() OVER (ORDER BY signed, i)), 'Worker ' || i,
       now() - make_interval(days => 1 + pg_temp.pick(i, 41, 600)), signed, i
FROM generate_series(1, %(workers)s) AS i CROSS JOIN LATERAL (
  SELECT 1 AS signed WHERE pg_temp.pick(i, 42, 5) < 2
  UNION SELECT 1 + pg_temp.pick(i * 2 + k, 43, (SELECT count(*) FROM vetting)) FROM generate_series(0, 1) AS k) AS s;
