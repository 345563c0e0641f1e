-- What is sold: the catalogue, what resellers make of it, what accounts have bought, quotes and what was billed.

CREATE TABLE catalogue (
    one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    edition INTEGER NOT NULL CHECK (edition >= 0)
);
INSERT INTO catalogue (one, edition) VALUES (1, 0);

CREATE TABLE catalogue_items (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('device', 'fee', 'number', 'option', 'plan')),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    -- JSON, in whole micro-units with their currency.
    price TEXT COLLATE "C" NOT NULL,
    resale TEXT COLLATE "C" NOT NULL CHECK (resale IN ('at-least-list', 'fixed', 'free')),
    revised_in INTEGER NOT NULL CHECK (revised_in >= 1),
    is_retired BOOLEAN NOT NULL
);

-- The items that a reseller may sell; a reseller without a row may sell all.
CREATE TABLE offer_assignments (
    reseller_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES resellers (id),
    -- JSON: a list of items.
    items TEXT COLLATE "C" NOT NULL
);

CREATE TABLE offer_choices (
    reseller_id TEXT COLLATE "C" NOT NULL REFERENCES resellers (id),
    item_id TEXT COLLATE "C" NOT NULL REFERENCES catalogue_items (id),
    is_offered BOOLEAN NOT NULL,
    retail TEXT COLLATE "C",
    PRIMARY KEY (reseller_id, item_id)
);

CREATE TABLE subscriptions (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE SET NULL,
    -- The number that it is paid for; it ends when the number is released.
    number TEXT COLLATE "C",
    item_id TEXT COLLATE "C" NOT NULL REFERENCES catalogue_items (id),
    catalogue INTEGER NOT NULL,
    price TEXT COLLATE "C" NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
    upcoming_from_us BIGINT,
    upcoming_quantity INTEGER CHECK (upcoming_quantity BETWEEN 0 AND 10000),
    started_at_us BIGINT NOT NULL,
    CHECK ((upcoming_from_us IS NULL) = (upcoming_quantity IS NULL))
);
CREATE INDEX subscriptions_account ON subscriptions (account_id);
CREATE INDEX subscriptions_number ON subscriptions (number);

-- A quote is confirmed once: whoever confirms takes its row away.
CREATE TABLE quotes (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    -- JSON.
    quote TEXT COLLATE "C" NOT NULL,
    expires_at_us BIGINT NOT NULL
);
CREATE INDEX quotes_account ON quotes (account_id);

-- What was billed, line by line, as the confirmed quote had it.
CREATE TABLE charges (
    quote_id TEXT COLLATE "C" NOT NULL,
    line INTEGER NOT NULL CHECK (line >= 1),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    at_us BIGINT NOT NULL,
    item_id TEXT COLLATE "C" NOT NULL REFERENCES catalogue_items (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('month', 'next-month', 'one-off')),
    amount_micros BIGINT NOT NULL,
    currency TEXT COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    PRIMARY KEY (quote_id, line)
);
CREATE INDEX charges_account ON charges (account_id, at_us);
