CREATE TABLE new_subscriptions (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    -- The number that it is paid for; it ends when the number is released.
    number TEXT,
    item_id TEXT NOT NULL REFERENCES catalogue_items (id),
    catalogue INTEGER NOT NULL,
    price TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
    upcoming_from_us INTEGER,
    upcoming_quantity INTEGER CHECK (upcoming_quantity BETWEEN 0 AND 10000),
    started_at_us INTEGER NOT NULL,
    CHECK ((upcoming_from_us IS NULL) = (upcoming_quantity IS NULL))
) STRICT;
INSERT INTO new_subscriptions (id, account_id, user_id, number, item_id, catalogue, price, quantity, upcoming_from_us, upcoming_quantity, started_at_us)
SELECT id, account_id, user_id, number, item_id, catalogue, price, quantity, upcoming_from_us, upcoming_quantity, started_at_us
FROM subscriptions;
DROP TABLE subscriptions;
ALTER TABLE new_subscriptions RENAME TO subscriptions;
CREATE INDEX subscriptions_account ON subscriptions (account_id);
CREATE INDEX subscriptions_number ON subscriptions (number);

CREATE TABLE new_charges (
    quote_id TEXT NOT NULL,
    line INTEGER NOT NULL CHECK (line >= 1),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    at_us INTEGER NOT NULL,
    item_id TEXT NOT NULL REFERENCES catalogue_items (id),
    kind TEXT NOT NULL CHECK (kind IN ('month', 'next-month', 'one-off')),
    amount_micros INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    PRIMARY KEY (quote_id, line)
) STRICT;
INSERT INTO new_charges (quote_id, line, account_id, at_us, item_id, kind, amount_micros, currency)
SELECT quote_id, line, account_id, at_us, item_id, kind, amount_micros, currency
FROM charges;
DROP TABLE charges;
ALTER TABLE new_charges RENAME TO charges;
CREATE INDEX charges_account ON charges (account_id, at_us);
