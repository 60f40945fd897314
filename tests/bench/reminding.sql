-- Of the work that lies still at the moment `at`, 10,000 assignments and workers have something due
-- within the hour before it. What would fall due by itself then (proofs that expire) is put off.

UPDATE vetting_credential SET expires_on = expires_on + 400
 WHERE status = 'verified' AND expires_on BETWEEN %(at)s::date - 40 AND %(at)s::date + 40;
UPDATE vetting_attempt SET expires_on = expires_on + 400
 WHERE status = 'passed' AND expires_on BETWEEN %(at)s::date - 40 AND %(at)s::date + 40;

CREATE TEMP TABLE chosen AS
SELECT id, company_id, status, row_number() OVER (PARTITION BY status ORDER BY id) AS n
  FROM assignments_assignment AS work
 WHERE status <> 'paid'
    OR id IN (SELECT id FROM assignments_assignment AS unrated
               WHERE status = 'paid' AND NOT EXISTS (
                     SELECT FROM scorecards_rating AS given WHERE given.assignment_id = unrated.id)
               ORDER BY id LIMIT 1000);
CREATE INDEX ON chosen (status, n);
ANALYZE chosen;

-- message_unanswered 1,500; confirm 500; check_in_missed 500; change_unanswered 500.
UPDATE messaging_thread SET waiting_for = 'company', waiting_since = %(at)s - interval '24 hours 30 minutes'
 WHERE assignment_id IN (SELECT id FROM chosen WHERE status = 'assigned' AND n <= 1500);
UPDATE assignments_assignment SET wants_confirmation = true, starts_at = %(at)s + interval '23 hours 30 minutes',
       ends_at = %(at)s + interval '30 hours', assigned_at = %(at)s - interval '5 days'
 WHERE id IN (SELECT id FROM chosen WHERE status = 'assigned' AND n BETWEEN 1501 AND 2000);
UPDATE assignments_assignment SET starts_at = %(at)s - interval '20 minutes', ends_at = %(at)s + interval '3 hours'
 WHERE id IN (SELECT id FROM chosen WHERE status = 'assigned' AND n BETWEEN 2001 AND 2500);
INSERT INTO assignments_changerequest (assignment_id, key, kind, side, amount, reason, status, asked_at, asked_by_id, answer)
SELECT work.id, 'bench-' || work.id, 'raise_budget', 'worker', 20, 'More ports', 'open', %(at)s - interval '24 hours 30 minutes',
       worker.user_id, ''
  FROM chosen JOIN assignments_assignment AS work USING (id)
  JOIN accounts_workerprofile AS worker ON worker.id = work.worker_id
 WHERE chosen.status = 'assigned' AND n BETWEEN 2501 AND 3000;

-- deliverables_due 500; approval_waiting 1,500.
UPDATE assignments_deliverablerequest SET due_at = %(at)s + interval '23 hours 30 minutes'
 WHERE assignment_id IN (SELECT id FROM chosen WHERE status = 'in_progress' AND n <= 500);
UPDATE assignments_assignment SET submitted_at = %(at)s - interval '24 hours 30 minutes'
 WHERE id IN (SELECT id FROM chosen WHERE status = 'pending_approval' AND n <= 1500);

-- applications_waiting 1,000; unfilled 500.
UPDATE assignments_assignment SET starts_at = %(at)s + interval '10 days', ends_at = %(at)s + interval '11 days'
 WHERE id IN (SELECT id FROM chosen WHERE status = 'sent' AND n <= 1000);
UPDATE assignments_application SET applied_at = %(at)s - interval '24 hours 30 minutes'
 WHERE assignment_id IN (SELECT id FROM chosen WHERE status = 'sent' AND n <= 1000);
INSERT INTO assignments_application (status, note, is_counteroffer, pricing, flat_price, starts_at, ends_at,
       red_scorecard_seen, revision_seen, applied_at, decline_reason, worker_id, assignment_id)
SELECT 'open', '', false, 'flat', 100, %(at)s, %(at)s, false, 0, %(at)s - interval '24 hours 30 minutes', '', 1, id
  FROM chosen WHERE status = 'sent' AND n <= 1000
   AND NOT EXISTS (SELECT FROM assignments_application AS bid WHERE bid.assignment_id = chosen.id);
UPDATE assignments_assignment SET starts_at = %(at)s + interval '47 hours 30 minutes', ends_at = %(at)s + interval '50 hours'
 WHERE id IN (SELECT id FROM chosen WHERE status = 'sent' AND n BETWEEN 1001 AND 1500);

-- payment_due 1,500; rate_client 1,000; payout_details_missing 500.
UPDATE payments_invoice SET due_on = %(at)s::date + 3
 WHERE id IN (SELECT id FROM chosen WHERE status = 'invoiced' AND n <= 1500);
UPDATE assignments_assignment SET approved_at = %(at)s - interval '48 hours 30 minutes'
 WHERE id IN (SELECT id FROM chosen WHERE status = 'paid');
CREATE TEMP TABLE first_earners AS
SELECT DISTINCT ON (worker.id) worker.id AS worker_id, bill.id AS invoice_id
  FROM accounts_workerprofile AS worker
  JOIN payments_invoice AS bill ON bill.worker_id = worker.id AND bill.paid_at IS NULL
 WHERE NOT EXISTS (SELECT FROM payments_invoice AS paid WHERE paid.worker_id = worker.id AND paid.paid_at IS NOT NULL)
   AND bill.due_on <> %(at)s::date + 3
 ORDER BY worker.id LIMIT 500;
UPDATE payments_invoice SET paid_at = %(at)s - interval '30 minutes', transfer_id = -id
 WHERE id IN (SELECT invoice_id FROM first_earners);
UPDATE payments_ledgeraccount SET balance = 100
 WHERE kind = 'worker_earnings' AND worker_id IN (SELECT worker_id FROM first_earners);

-- credential_expiring 250; pass_expiring 150; membership_lapsing 100.
UPDATE vetting_credential SET expires_on = %(at)s::date + 30
 WHERE id IN (SELECT DISTINCT ON (worker_id) id FROM vetting_credential WHERE status = 'verified' ORDER BY worker_id, id LIMIT 250);
UPDATE vetting_attempt SET expires_on = %(at)s::date + 30
 WHERE id IN (SELECT passed.id FROM vetting_attempt AS passed WHERE passed.status = 'passed' AND NOT EXISTS (
                     SELECT FROM vetting_attempt AS later WHERE later.test_id = passed.test_id
                        AND later.worker_id = passed.worker_id AND later.number > passed.number)
               ORDER BY passed.id LIMIT 150);
UPDATE vetting_groupmembership SET lapses_on = %(at)s::date + 30
 WHERE id IN (SELECT standing.id FROM vetting_groupmembership AS standing
                JOIN vetting_group AS pool ON pool.id = standing.group_id AND pool.kind <> 'private'
               WHERE standing.status = 'member' ORDER BY standing.id LIMIT 100);
