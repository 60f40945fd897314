-- Books of one trade many times over: money in, set aside, paid with its fee, what was left given back, paid out.
-- Twelve postings in 5.5 transfers for each piece of work, in the order in which they would be written.

INSERT INTO accounts_user (id, password, email, full_name, time_zone, date_joined)
SELECT i, '!', 'user' || i || '@books.test', 'User ' || i, 'UTC', now() FROM generate_series(1, %(workers)s) AS i;

INSERT INTO accounts_company (id, name, slug, currency, created_at)
SELECT i, 'Company ' || i, 'company-' || i, 'USD', now() FROM generate_series(1, %(companies)s) AS i;

INSERT INTO accounts_workerprofile (id, reference, created_at, user_id)
SELECT i, 'W-' || i, now(), i FROM generate_series(1, %(workers)s) AS i;

INSERT INTO payments_companybooks (credit_limit, last_invoice_number, company_id)
SELECT 0, %(work)s / %(companies)s, i FROM generate_series(1, %(companies)s) AS i;

INSERT INTO payments_bankaccount (id, provider, token, bank_name, last_digits, added_at, worker_id)
SELECT i, 'sandbox', 'token-' || i, 'Bank', '1234', now(), i FROM generate_series(1, %(workers)s) AS i;

-- Keys: 1 fees, 2 outside; then cash and reserved of each company, earnings and transit of each worker.
INSERT INTO payments_ledgeraccount (id, kind, provider, currency, balance, company_id, worker_id)
SELECT 1, 'platform_fees', '', 'USD', 0, NULL::bigint, NULL::bigint
UNION ALL SELECT 2, 'outside', 'sandbox', 'USD', 0, NULL, NULL
UNION ALL SELECT 1 + 2 * i + k, CASE k WHEN 0 THEN 'company_cash' ELSE 'company_reserved' END, '', 'USD', 0, i, NULL
FROM generate_series(1, %(companies)s) AS i, generate_series(0, 1) AS k
UNION ALL SELECT 1 + 2 * (%(companies)s + i) + k, CASE k WHEN 0 THEN 'worker_earnings' ELSE 'payout_in_transit' END,
                 '', 'USD', 0, NULL, i
FROM generate_series(1, %(workers)s) AS i, generate_series(0, 1) AS k;

CREATE TEMP TABLE work ON COMMIT DROP AS
SELECT g, company, worker, 1 + 2 * company AS cash, 2 + 2 * company AS reserved, 1 + 2 * (%(companies)s + worker) AS earned,
       2 + 2 * (%(companies)s + worker) AS transit, price, price / 10 AS fee, mod(g, 2) * 11.00 AS rest,
       now() - interval '3 years' + g * interval '3 years' / %(work)s AS at
FROM generate_series(1, %(work)s) AS g
CROSS JOIN LATERAL (SELECT 1 + mod(g - 1, %(companies)s) AS company, 1 + mod(g * 7, %(workers)s) AS worker,
                           100.00 + mod(g * 13, 400) AS price) AS of;

INSERT INTO payments_transfer (id, kind, key, currency, memo, at, company_id, amount)
SELECT 6 * g + step, kind, kind || ':' || g, 'USD', 'A-' || g, at, company, amount FROM work CROSS JOIN LATERAL (VALUES
  (0, 'funding', price + fee + rest + 1), (1, 'reservation', price + fee + rest), (2, 'payment', price + fee),
  (3, 'release', rest), (4, 'payout', price), (5, 'payout_sent', price)) AS made (step, kind, amount)
WHERE amount > 0;

INSERT INTO payments_posting (transfer_id, at, account_id, side, amount)
SELECT 6 * g + step, at, account, side, amount FROM work CROSS JOIN LATERAL (VALUES
  (0, 2, 'debit', price + fee + rest + 1), (0, cash, 'credit', price + fee + rest + 1),
  (1, cash, 'debit', price + fee + rest), (1, reserved, 'credit', price + fee + rest),
  (2, reserved, 'debit', price + fee), (2, earned, 'credit', price), (2, 1, 'credit', fee),
  (3, reserved, 'debit', rest), (3, cash, 'credit', rest), (4, earned, 'debit', price), (4, transit, 'credit', price),
  (5, transit, 'debit', price), (5, 2, 'credit', price)) AS line (step, account, side, amount)
WHERE amount > 0;

INSERT INTO payments_funding (provider, method, amount, currency, key, status, requested_at, settled_at, company_id,
                              requested_by_id, transfer_id)
SELECT 'sandbox', 'card', price + fee + rest + 1, 'USD', 'funding-' || g, 'settled', at, at, company, 1, 6 * g FROM work;

INSERT INTO payments_reservation (basis, amount, reference, key, made_at, closed_at, company_id)
SELECT 'cash', price + fee + rest, 'A-' || g, 'A-' || g, at, at, company FROM work;

INSERT INTO payments_invoice (id, number, reference, title, currency, worker_amount, fee_amount, total, terms_days,
                              issued_at, due_on, paid_at, company_id, worker_id, transfer_id)
SELECT g, 1 + (g - 1) / %(companies)s, 'A-' || g, 'Work', 'USD', price, fee, price + fee, 0, at, at, at, company, worker,
       6 * g + 2 FROM work;

INSERT INTO payments_invoiceline (kind, description, quantity, unit_price, amount, invoice_id)
SELECT kind, 'Work', 1, amount, amount, g FROM work CROSS JOIN LATERAL (VALUES ('price', price), ('fee', fee)) AS l (kind, amount);

INSERT INTO payments_payout (reference, provider, amount, currency, key, status, requested_at, paid_at, worker_id,
                             bank_account_id, transfer_id, sent_id)
SELECT 'P-' || g, 'sandbox', price, 'USD', 'payout-' || g, 'paid_out', at, at, worker, worker, 6 * g + 4, 6 * g + 5 FROM work;

UPDATE payments_ledgeraccount a SET balance = b.balance FROM (
  SELECT account_id, sum(CASE side WHEN 'credit' THEN amount ELSE -amount END) AS balance
  FROM payments_posting GROUP BY account_id) b
WHERE b.account_id = a.id AND a.kind NOT IN ('platform_fees', 'outside');
