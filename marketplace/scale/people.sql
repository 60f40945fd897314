-- People: one company for every 50 assignments, three members each; one worker for every 5.
-- Spread over 300 towns of the continental United States, skills drawn from 30 trades.

CREATE TEMP TABLE towns ON COMMIT DROP AS
SELECT i AS town, 'Town ' || i AS city,
       (ARRAY['OH','IL','MI','PA','NY','TX','CA','WA','CO','GA'])[1 + mod(i, 10)] AS region,
       lpad((10000 + i * 283)::text, 5, '0') AS zip,
       30 + mod(i * 7, 170) / 10.0 AS latitude, -121 + mod(i * 13, 460) / 10.0 AS longitude
FROM generate_series(0, 299) AS i;

CREATE TEMP TABLE trades ON COMMIT DROP AS
SELECT i - 1 AS trade, word FROM unnest(string_to_array(
  'router switch printer cable kiosk display server tablet camera badge scanner antenna battery '
  'modem firewall terminal signage projector rack sensor laptop phone monitor keyboard adapter '
  'console drone meter pump valve', ' ')) WITH ORDINALITY AS t (word, i);

INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, email, full_name, time_zone)
SELECT i, '!', false, false, true, now() - interval '3 years',
       'member' || i || '@scale.test', 'Member ' || i, 'America/New_York'
FROM generate_series(1, %(companies)s * 3) AS i;

INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, email, full_name, time_zone)
SELECT %(companies)s * 3 + i, '!', false, false, true, now() - interval '3 years',
       'worker' || i || '@scale.test', 'Worker ' || i, 'America/New_York'
FROM generate_series(1, %(workers)s) AS i;

INSERT INTO accounts_company (id, name, slug, about, website, city, region, currency, default_terms_days,
                              default_cancellation_percent, created_at, industry_id)
SELECT i, 'Company ' || i, 'company-' || i, 'Posts field work.', '', t.city, t.region, 'USD', 30, 50,
       now() - interval '3 years', (SELECT min(id) FROM accounts_industry) + mod(i, 10)
FROM generate_series(1, %(companies)s) AS i JOIN towns t ON t.town = mod(i, 300);

INSERT INTO accounts_membership (reference, roles, joined_at, company_id, user_id)
SELECT pg_temp.reference('M', i),
       ARRAY[(ARRAY['administrator', 'manager', 'controller'])[1 + mod(i, 3)]],
       now() - interval '3 years', 1 + (i - 1) / 3, i
FROM generate_series(1, %(companies)s * 3) AS i;

INSERT INTO accounts_workerprofile (id, reference, headline, about, skills, languages, tools, city, region,
                                    postal_code, country, latitude, longitude, travel_miles, phone, available,
                                    created_at, user_id)
SELECT i, pg_temp.reference('W', i), 'Field work', 'Own van, own tools.',
       ARRAY[a.word, b.word], ARRAY['English'], ARRAY[]::varchar[], t.city, t.region, t.zip, 'US',
       t.latitude, t.longitude, 50, CASE WHEN mod(i, 8) > 0 THEN '312 555 0100' ELSE '' END, true, now() - interval '3 years', %(companies)s * 3 + i
FROM generate_series(1, %(workers)s) AS i
JOIN towns t ON t.town = mod(i * 11, 300)
JOIN trades a ON a.trade = mod(i, 30) JOIN trades b ON b.trade = mod(i * 7 + 3, 30);

INSERT INTO accounts_workerprofile_industries (workerprofile_id, industry_id)
SELECT i, (SELECT min(id) FROM accounts_industry) + industry FROM generate_series(1, %(workers)s) AS i
CROSS JOIN LATERAL (SELECT DISTINCT pg_temp.pick(i, salt, 10) AS industry FROM unnest(ARRAY[61, 62]) AS salt) AS two;

INSERT INTO payments_companybooks (credit_limit, last_invoice_number, company_id)
SELECT 10000000, 0, i FROM generate_series(1, %(companies)s) AS i;
