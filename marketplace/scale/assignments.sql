-- Assignments: of 100, 3 drafts, 5 sent, 4 assigned, 2 in progress, 3 pending approval, 8 invoiced,
-- 65 paid, 8 cancelled, 2 voided. Six of ten of a company that vets ask one of its sets. Company 1 owns `largest` of 100; what waits for approval is on immediate terms, the rest on 30 days.

CREATE TEMP TABLE plan ON COMMIT DROP AS
SELECT g, p.stage, company_id, 1 + pg_temp.pick(g, 4, %(workers)s) AS worker_id,
       1 + (company_id - 1) * 3 AS member_id, pg_temp.reference('A', g) AS reference,
       50 + pg_temp.pick(g, 5, 450) AS price, pg_temp.pick(g, 6, 300) AS town, a.word AS first, b.word AS second,
       initcap(a.word) || ' and ' || b.word AS title,
       date_trunc('hour', now()) + CASE p.stage
         WHEN 'draft' THEN make_interval(days => 3 + mod(g, 20))
         WHEN 'sent' THEN make_interval(days => 1 + mod(g, 20), mins => mod(g, 600))
         WHEN 'assigned' THEN make_interval(days => 1 + mod(g, 6))
         WHEN 'in_progress' THEN make_interval(hours => -3)
         WHEN 'pending_approval' THEN make_interval(days => -1 - mod(g, 3))
         WHEN 'invoiced' THEN make_interval(days => -4 - mod(g, 25))
         ELSE make_interval(days => -40 - mod(g, 690))
       END AS starts_at
FROM generate_series(1, %(assignments)s) AS g
CROSS JOIN LATERAL (SELECT pg_temp.pick(g, 1, 100) AS n) AS bucket
CROSS JOIN LATERAL (SELECT CASE WHEN n < 3 THEN 'draft' WHEN n < 8 THEN 'sent' WHEN n < 12 THEN 'assigned'
    WHEN n < 14 THEN 'in_progress' WHEN n < 17 THEN 'pending_approval' WHEN n < 25 THEN 'invoiced'
    WHEN n < 90 THEN 'paid' WHEN n < 98 THEN 'cancelled' ELSE 'voided' END AS stage) AS p
CROSS JOIN LATERAL (SELECT CASE WHEN mod(g * 61 + 37, 100) < %(largest)s THEN 1
    ELSE 1 + pg_temp.pick(g, 3, %(companies)s) END AS company_id) AS whose
JOIN trades a ON a.trade = pg_temp.pick(g, 7, 30) JOIN trades b ON b.trade = pg_temp.pick(g, 8, 30);

CREATE TEMP TABLE facts ON COMMIT DROP AS
SELECT plan.*, stage NOT IN ('draft', 'sent', 'voided') AS has_worker,
       stage IN ('invoiced', 'paid') AS is_approved,
       stage IN ('pending_approval', 'invoiced', 'paid') AS is_submitted,
       starts_at - interval '7 days' AS created_at, starts_at - interval '6 days' AS wanted_sent_at,
       round(price * 0.10, 2) AS fee, starts_at + interval '3 hours' AS done_at,
       starts_at + interval '3 hours' + make_interval(hours => 4 + mod(g, 90)) AS decided_at
FROM plan;
UPDATE facts SET wanted_sent_at = now() - make_interval(hours => 1 + mod(g, 330)),
                 created_at = now() - make_interval(hours => 3 + mod(g, 330)) WHERE stage = 'sent';
UPDATE facts SET created_at = now() - interval '1 day' WHERE stage = 'draft';
UPDATE facts SET decided_at = least(decided_at, now() - interval '1 hour') WHERE is_approved;

INSERT INTO payments_reservation (id, basis, amount, reference, key, made_at, closed_at, company_id, revision)
SELECT g, CASE WHEN stage = 'pending_approval' THEN 'cash' ELSE 'credit' END, price + fee, reference, 'send:' || reference, wanted_sent_at,
       CASE WHEN stage IN ('invoiced', 'paid', 'cancelled', 'voided') THEN decided_at END, company_id, 0
FROM facts WHERE stage <> 'draft';

INSERT INTO payments_invoice (id, number, reference, title, currency, worker_amount, fee_amount, total, terms_days,
                              issued_at, due_on, paid_at, withdrawn_reason, company_id, worker_id, transfer_id)
SELECT g, row_number() OVER (PARTITION BY company_id ORDER BY decided_at, g), reference,
       title, 'USD', price, fee, price + fee, 30, decided_at,
       (decided_at AT TIME ZONE 'UTC')::date + 30,
       CASE WHEN stage = 'paid' THEN decided_at + make_interval(days => 25 + mod(g, 7)) END, '', company_id,
       worker_id, CASE WHEN stage = 'paid' THEN g END
FROM facts WHERE is_approved;

INSERT INTO payments_invoiceline (kind, description, quantity, unit_price, amount, invoice_id)
SELECT 'price', title, 1, price, price, g FROM facts WHERE is_approved
UNION ALL SELECT 'fee', 'Service fee', 1, fee, fee, g FROM facts WHERE is_approved;

UPDATE payments_companybooks b SET last_invoice_number = n.last FROM
  (SELECT company_id, max(number) AS last FROM payments_invoice GROUP BY company_id) n WHERE n.company_id = b.company_id;

INSERT INTO assignments_assignment (
  id, reference, status, title, description, special_instructions, skills, on_site, site_name, street, city,
  region, postal_code, latitude, longitude, contact_name, contact_phone,
  dress_code, access_instructions, support_name, support_phone, support_email, time_zone, starts_at, ends_at,
  is_window, pricing, flat_price, budget, price_is_fixed, fee_rate, terms_days, wants_confirmation,
  confirm_hours_before, wants_check_in, on_marketplace, first_to_accept, routed_groups, requirement_sets, created_at, sent_at, assigned_at,
  started_at, submitted_at, approved_at, paid_at, cancelled_at, voided_at, void_note, amount_claimed,
  resolution, revision, approved_by_id, company_id, created_by_id, industry_id, invoice_id, owner_id,
  reservation_id, worker_id)
SELECT g, reference, stage, title || ' visit ' || g,
  'Replace the ' || first || ' and test the ' || second || '. '
    || repeat('On-site visit with standard tools, photo proof and sign-off. ', 6),
  '', ARRAY[first, second], true, 'Store ' || mod(g, 900), '1 Main Street', t.city, t.region, t.zip, t.latitude,
  t.longitude, 'Site manager', '', '', '', '', '', '', 'America/New_York', starts_at, starts_at + interval '4 hours',
  false, 'flat', price, price, false, 0.10,
  CASE WHEN stage = 'pending_approval' THEN 0 ELSE 30 END, false, 24, true, stage <> 'draft', false, '{}',
  CASE WHEN v.n IS NOT NULL AND pg_temp.pick(g, 14, 10) < 6
       THEN ARRAY[(v.n - 1) * 4 + (ARRAY[1, 2, 2, 3])[1 + pg_temp.pick(g, 15, 4)]] ELSE '{}' END, f.created_at,
  CASE WHEN stage <> 'draft' THEN wanted_sent_at END,
  CASE WHEN has_worker THEN starts_at - interval '3 days' END,
  CASE WHEN is_submitted OR stage = 'in_progress' THEN starts_at END,
  CASE WHEN is_submitted THEN done_at END, CASE WHEN is_approved THEN decided_at END,
  CASE WHEN stage = 'paid' THEN decided_at + make_interval(days => 25 + mod(g, 7)) END,
  CASE WHEN stage = 'cancelled' THEN starts_at - interval '30 hours' END,
  CASE WHEN stage = 'voided' THEN starts_at - interval '4 days' END, '',
  CASE WHEN is_submitted THEN price END, CASE WHEN is_submitted THEN 'Done as described.' ELSE '' END,
  0, CASE WHEN is_approved THEN member_id END, company_id, member_id,
  (SELECT min(id) FROM accounts_industry) + pg_temp.pick(g, 9, 10), CASE WHEN is_approved THEN g END,
  member_id + pg_temp.pick(g, 12, 3),
  CASE WHEN stage <> 'draft' THEN g END, CASE WHEN has_worker THEN worker_id END
FROM facts f JOIN towns t ON t.town = f.town LEFT JOIN (SELECT company_id, n FROM vetting) v USING (company_id);

INSERT INTO assignments_cancellation (reason, note, late_notice, mark, fee, cancelled_at, assignment_id, cancelled_by_id)
SELECT 'site_not_ready', 'The site is not ready.', false, 'cancelled', 0, starts_at - interval '30 hours', g, member_id
FROM facts WHERE stage = 'cancelled';

INSERT INTO assignments_deliverablerequest (id, title, instructions, count, position, assignment_id)
SELECT g, 'Photos of the finished work', '', 1, 0, g FROM facts;

INSERT INTO assignments_deliverable (file, name, content_type, size, handed_in_at, verdict, refusal, assignment_id,
  handed_in_by_id, request_id)
SELECT 'scale/photo.jpg', 'photo.jpg', 'image/jpeg', 120000, done_at, '', '', g, %(companies)s * 3 + worker_id, g
FROM facts WHERE is_submitted;

INSERT INTO assignments_visit (checked_in_at, arrived_at, expected_at, checked_out_at, note, assignment_id, worker_id)
SELECT starts_at + make_interval(mins => mod(g, 25) - 10), starts_at + make_interval(mins => mod(g, 25) - 10), starts_at,
  CASE WHEN is_submitted THEN done_at END, '', g, worker_id
FROM facts WHERE is_submitted OR stage = 'in_progress';

INSERT INTO assignments_application (status, note, is_counteroffer, pricing, flat_price, starts_at, ends_at,
  red_scorecard_seen, revision_seen, applied_at, decided_at, decline_reason, decided_by_id, worker_id, assignment_id)
SELECT CASE WHEN has_worker AND k = 0 THEN 'accepted' WHEN has_worker OR stage = 'voided' THEN 'passed_over' ELSE 'open' END,
  'Done this many times.', k = 2, 'flat', price + CASE WHEN k = 2 THEN 25 ELSE 0 END, starts_at,
  starts_at + interval '4 hours', false, 0, wanted_sent_at + make_interval(hours => k),
  CASE WHEN has_worker THEN starts_at - interval '3 days' END, '', CASE WHEN has_worker THEN member_id END,
  1 + mod(worker_id - 1 + k * 101, %(workers)s), g
FROM facts CROSS JOIN generate_series(0, 3) AS k WHERE stage <> 'draft' AND NOT (stage = 'sent' AND k > mod(g, 4));
