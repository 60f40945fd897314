-- Cases: of 100, 9 open in some way, 81 resolved, 10 withdrawn; twenty lines of timeline each.
-- References are checked row by row, since indexes cannot be built while checks are waiting.

SET CONSTRAINTS ALL IMMEDIATE;

CREATE TEMP TABLE disputed ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY work.id) AS place, work.id, work.company_id, work.worker_id, worker.user_id
FROM assignments_assignment AS work JOIN accounts_workerprofile AS worker ON worker.id = work.worker_id;

CREATE TEMP TABLE matters ON COMMIT DROP AS
SELECT g, d.id AS assignment_id, d.company_id, d.worker_id, d.user_id,
       (ARRAY['payment_dispute', 'conduct', 'other', 'approval_late', 'payment_late', 'circumvention'])
         [1 + mod((g - 1) / (SELECT max(place) FROM disputed), 6)] AS kind,
       CASE WHEN n < 3 THEN 'open' WHEN n < 5 THEN 'in_review' WHEN n < 7 THEN 'waiting_client'
            WHEN n < 8 THEN 'waiting_worker' WHEN n < 9 THEN 'proposed' WHEN n < 90 THEN 'resolved'
            ELSE 'withdrawn' END AS status, n,
       now() - CASE WHEN n < 9 THEN make_interval(mins => mod(g * 7, 4000))
                    ELSE make_interval(days => 3 + mod(g, 700), mins => mod(g * 13, 1400)) END AS opened_at
FROM generate_series(1, %(cases)s) AS g
JOIN disputed AS d ON d.place = 1 + mod(g - 1, (SELECT max(place) FROM disputed))
CROSS JOIN LATERAL (SELECT mod(g * 7919, 100) AS n) AS bucket;

INSERT INTO escalations_case (id, number, kind, side, status, priority, what_happened, outcome, outcome_words,
  opened_at, first_answer_due_at, first_answered_at, update_due_at, closed_at, round, assignee_id,
  assignment_id, company_id, opened_by_id, worker_id)
SELECT g, 1000000 + g, kind, 'worker', status, 1 + mod(g, 3),
  'The price was cut after the work was done, and nobody answers. ' || repeat('I have photos of each step. ', 8),
  'pay_in_full', 'Pay what was agreed.', opened_at, opened_at + interval '24 hours',
  CASE WHEN n >= 3 THEN opened_at + make_interval(mins => mod(g * 11, 2000)) END,
  opened_at + interval '72 hours', CASE WHEN n >= 9 THEN opened_at + make_interval(hours => 20 + mod(g, 90)) END,
  1, CASE WHEN mod(g, 4) > 0 THEN %(first_agent)s + mod(g, %(agents)s) END,
  assignment_id, company_id, user_id, worker_id
FROM matters;

INSERT INTO escalations_caseentry (case_id, kind, visibility, author_id, acting_as, body, key, at)
SELECT g, CASE WHEN k = 1 OR mod(k, 4) = 0 THEN 'act' WHEN mod(k, 7) = 0 THEN 'note' ELSE 'message' END,
  CASE WHEN mod(k, 7) = 0 THEN 'staff' ELSE 'parties' END,
  CASE WHEN mod(k, 2) = 0 THEN %(first_agent)s + mod(g, %(agents)s) ELSE user_id END,
  CASE WHEN mod(k, 2) = 0 THEN 'staff' ELSE 'worker' END,
  CASE WHEN k = 1 THEN 'Opened the case: payment dispute.' WHEN mod(k, 4) = 0 THEN 'Asked the client for an answer.'
       ELSE 'The manager on site signed for all of it, and the photos show the labels that were asked for.' END,
  'scale-' || g || '-' || k, opened_at + make_interval(mins => k * 17)
FROM matters CROSS JOIN generate_series(1, %(lines)s) AS k;

INSERT INTO escalations_decision (case_id, round, effect, words, applied, decided_by_id, decided_at)
SELECT g, 1, 'as_it_is', 'The photos show what was asked for.', '["No money was moved."]', %(first_agent)s, opened_at + interval '20 hours'
FROM matters WHERE status = 'resolved';
