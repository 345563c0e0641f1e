-- What is sold: the catalogue, what resellers make of it, what accounts have bought, quotes and what was billed.

CREATE TABLE catalogue (
    one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    edition INTEGER NOT NULL CHECK (edition >= 0)
) STRICT;
INSERT INTO catalogue (one, edition) VALUES (1, 0);

CREATE TABLE catalogue_items (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    kind TEXT NOT NULL CHECK (kind IN ('device', 'fee', 'number', 'option', 'plan')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    -- JSON, in whole micro-units with their currency.
    price TEXT NOT NULL,
    resale TEXT NOT NULL CHECK (resale IN ('at-least-list', 'fixed', 'free')),
    revised_in INTEGER NOT NULL CHECK (revised_in >= 1),
    is_retired INTEGER NOT NULL CHECK (is_retired IN (0, 1))
) STRICT;

-- The items that a reseller may sell; a reseller without a row may sell all.
CREATE TABLE offer_assignments (
    reseller_id TEXT PRIMARY KEY NOT NULL REFERENCES resellers (id),
    -- JSON: a list of items.
    items TEXT NOT NULL
) STRICT;

CREATE TABLE offer_choices (
    reseller_id TEXT NOT NULL REFERENCES resellers (id),
    item_id TEXT NOT NULL REFERENCES catalogue_items (id),
    is_offered INTEGER NOT NULL CHECK (is_offered IN (0, 1)),
    retail TEXT,
    PRIMARY KEY (reseller_id, item_id)
) STRICT;

CREATE TABLE subscriptions (
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
CREATE INDEX subscriptions_account ON subscriptions (account_id);
CREATE INDEX subscriptions_number ON subscriptions (number);

-- A quote is confirmed once: whoever confirms takes its row away.
CREATE TABLE quotes (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    -- JSON.
    quote TEXT NOT NULL,
    expires_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX quotes_account ON quotes (account_id);

-- What was billed, line by line, as the confirmed quote had it.
CREATE TABLE charges (
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
CREATE INDEX charges_account ON charges (account_id, at_us);
