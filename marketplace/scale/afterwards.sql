-- What grows around the work: threads, ratings, events, the ledger.

INSERT INTO messaging_thread (id, opened_at, last_message_at, waiting_for, assignment_id, company_id, worker_id)
SELECT g, starts_at - interval '2 days', starts_at, '', g, company_id, worker_id FROM facts WHERE has_worker;

-- The worker asks, the company answers within the hour or two: three messages, and twenty in one of 50 threads.
CREATE TEMP TABLE talk ON COMMIT DROP AS
SELECT g, k, company_id, worker_id, member_id, is_question, wait,
       starts_at - interval '2 days' + make_interval(hours => k) + wait AS posted_at
FROM facts CROSS JOIN generate_series(1, 20) AS k
CROSS JOIN LATERAL (SELECT mod(k, 2) = 1 AS is_question) AS side
CROSS JOIN LATERAL (SELECT make_interval(mins => CASE WHEN is_question THEN 0 ELSE pg_temp.pick(g, 11, 55) END) AS wait) AS w
WHERE has_worker AND (k <= 3 OR pg_temp.pick(g, 10, 50) = 0);

INSERT INTO messaging_message (side, visibility, body, has_contact_details, posted_at, key, author_id, company_id, thread_id)
SELECT CASE WHEN is_question THEN 'worker' ELSE 'company' END, 'parties',
  'Message number ' || k || '. ' || repeat('The site contact was helpful. ', 4), false, posted_at, 'scale-' || g || '-' || k,
  CASE WHEN is_question THEN %(companies)s * 3 + worker_id ELSE member_id END, company_id, g
FROM talk;

INSERT INTO activity_event (kind, subject_kind, subject_key, company_key, acting_as, data, at, dispatched_at, tries, user_id)
SELECT 'message.posted', 'assignments.assignment', g, company_id, CASE WHEN is_question THEN 'worker' ELSE 'client' END,
  CASE WHEN is_question THEN '{"side": "worker", "visibility": "parties"}'::jsonb ELSE jsonb_build_object(
    'side', 'company', 'visibility', 'parties', 'waited', 3600 + extract(epoch FROM wait)) END,
  posted_at, posted_at, 0, CASE WHEN is_question THEN %(companies)s * 3 + worker_id ELSE member_id END
FROM talk;

INSERT INTO scorecards_rating (by, overall, mark_1, mark_2, mark_3, comment, rated_at, published_at, assignment_id,
                               company_id, rated_by_id, worker_id)
SELECT side, (ARRAY['excellent', 'satisfied', 'excellent', 'unsatisfied', 'excellent'])[1 + mod(g + length(side), 5)],
  4, 5, 4, '', decided_at + interval '1 day', decided_at + interval '2 days', g, company_id,
  CASE side WHEN 'company' THEN member_id ELSE %(companies)s * 3 + worker_id END, worker_id
FROM facts CROSS JOIN (VALUES ('company'), ('worker')) AS sides (side) WHERE stage = 'paid' AND mod(g, 5) < 4;

INSERT INTO activity_event (kind, subject_kind, subject_key, company_key, acting_as, data, at, dispatched_at, tries, user_id)
SELECT step.kind, 'assignments.assignment', g, company_id, 'client', '{}'::jsonb, step.at, step.at, 0, member_id
FROM facts CROSS JOIN LATERAL (VALUES
  ('assignment.created', facts.created_at, true), ('assignment.sent', wanted_sent_at, stage <> 'draft'),
  ('assignment.assigned', starts_at - interval '3 days', has_worker),
  ('assignment.checked_in', starts_at, is_submitted OR stage = 'in_progress'),
  ('assignment.submitted', done_at, is_submitted), ('assignment.approved', decided_at, is_approved),
  ('assignment.paid', decided_at + interval '25 days', stage = 'paid')) AS step (kind, at, happened)
WHERE step.happened;

CREATE TEMP TABLE funds ON COMMIT DROP AS
SELECT i AS company_id, 50000000 + 600 * coalesce(n, 0) AS amount FROM generate_series(1, %(companies)s) AS i
LEFT JOIN (SELECT company_id, count(*) AS n FROM facts GROUP BY company_id) counted ON company_id = i;

INSERT INTO payments_ledgeraccount (id, kind, provider, currency, balance, company_id)
SELECT i, 'company_cash', '', 'USD', 0, i FROM generate_series(1, %(companies)s) AS i;
INSERT INTO payments_ledgeraccount (id, kind, provider, currency, balance, worker_id)
SELECT %(companies)s + i, 'worker_earnings', '', 'USD', 0, i FROM generate_series(1, %(workers)s) AS i;
INSERT INTO payments_ledgeraccount (id, kind, provider, currency, balance)
VALUES (%(companies)s + %(workers)s + 1, 'platform_fees', '', 'USD', 0),
       (%(companies)s + %(workers)s + 2, 'outside', 'sandbox', 'USD', 0);

INSERT INTO payments_ledgeraccount (id, kind, provider, currency, balance, company_id)
SELECT %(companies)s + %(workers)s + 2 + i, 'company_reserved', '', 'USD', 0, i FROM generate_series(1, %(companies)s) AS i;

INSERT INTO payments_transfer (id, kind, key, currency, memo, at, company_id, amount)
SELECT %(assignments)s + %(companies)s + g, 'reservation', 'reserve:' || g, 'USD', '', wanted_sent_at, company_id, price + fee
FROM facts WHERE stage = 'pending_approval';
INSERT INTO payments_transfer (id, kind, key, currency, memo, at, company_id, amount)
SELECT g, 'payment', 'invoice:' || g, 'USD', '', decided_at + make_interval(days => 25 + mod(g, 7)), company_id, price + fee
FROM facts WHERE stage = 'paid';
INSERT INTO payments_transfer (id, kind, key, currency, memo, at, company_id, amount)
SELECT %(assignments)s + company_id, 'funding', 'scale-funding:' || company_id, 'USD', 'Opening funds',
       now() - interval '3 years', company_id, amount
FROM funds;

INSERT INTO payments_posting (side, amount, at, account_id, transfer_id)
SELECT leg.side, leg.amount, decided_at + make_interval(days => 25 + mod(g, 7)), leg.account, g
FROM facts CROSS JOIN LATERAL (VALUES
  ('debit', price + fee, company_id), ('credit', price::numeric, %(companies)s + worker_id),
  ('credit', fee, %(companies)s + %(workers)s + 1)) AS leg (side, amount, account)
WHERE stage = 'paid'
UNION ALL
SELECT leg.side, amount, now() - interval '3 years', leg.account, %(assignments)s + company_id
FROM funds CROSS JOIN LATERAL (VALUES
  ('debit', %(companies)s + %(workers)s + 2), ('credit', company_id::int)) AS leg (side, account);

INSERT INTO payments_posting (side, amount, at, account_id, transfer_id)
SELECT leg.side, price + fee, wanted_sent_at, leg.account, %(assignments)s + %(companies)s + g
FROM facts CROSS JOIN LATERAL (VALUES
  ('debit', company_id), ('credit', %(companies)s + %(workers)s + 2 + company_id)) AS leg (side, account)
WHERE stage = 'pending_approval';

UPDATE payments_ledgeraccount a SET balance = b.balance FROM (
  SELECT account_id, sum(CASE side WHEN 'credit' THEN amount ELSE -amount END) AS balance
  FROM payments_posting GROUP BY account_id) b
WHERE b.account_id = a.id AND a.kind IN ('company_cash', 'company_reserved', 'worker_earnings');
