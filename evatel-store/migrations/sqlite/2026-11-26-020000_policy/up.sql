-- Restrictions of devices, exceptions, PINs, hours and trunks; routes; limits on toll and what the ledger counts.

CREATE TABLE restrictions_next (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    -- At most one owner; none is the system.
    reseller_id TEXT REFERENCES resellers (id) ON DELETE CASCADE,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    device_id TEXT REFERENCES devices (id) ON DELETE CASCADE,
    set_by TEXT NOT NULL CHECK (set_by IN ('system', 'reseller', 'account', 'user', 'device')),
    matches TEXT NOT NULL CHECK (matches GLOB 'class:[a-z]*' OR matches GLOB 'country:[A-Z][A-Z]' OR matches GLOB 'code:[2-8]11'
        OR matches GLOB 'prefix:[1-9]*'),
    effect TEXT NOT NULL CHECK (effect IN ('allow', 'require-pin', 'deny')),
    -- Hours of the week and their zone, both or none.
    hours TEXT,
    zone TEXT,
    trunk_id TEXT REFERENCES trunks (id),
    CHECK ((hours IS NULL) = (zone IS NULL)),
    CHECK (((reseller_id IS NOT NULL) + (account_id IS NOT NULL) + (user_id IS NOT NULL) + (device_id IS NOT NULL)) <= 1)
) STRICT;
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT id, name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        CASE matches WHEN 'class:domestic' THEN 'class:canada' ELSE matches END, effect
    FROM restrictions;
-- What was one class is several now; an older rule goes on holding for all of its numbers.
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT substr(id, 1, 48) || '-us48', name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        'class:us48', effect
    FROM restrictions WHERE matches = 'class:domestic';
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT substr(id, 1, 48) || '-alaska-hawaii', name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        'class:alaska-hawaii', effect
    FROM restrictions WHERE matches = 'class:domestic';
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT substr(id, 1, 48) || '-us-territory', name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        'class:us-territory', effect
    FROM restrictions WHERE matches = 'class:nanp-international';
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT substr(id, 1, 48) || '-high-risk', name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        'class:high-risk', effect
    FROM restrictions WHERE matches = 'class:international' AND effect = 'deny';
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT substr(id, 1, 48) || '-personal', name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        'class:personal', effect
    FROM restrictions WHERE matches = 'class:unknown' AND effect = 'deny';
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, set_by, matches, effect)
    SELECT substr(id, 1, 48) || '-special', name, reseller_id, account_id, user_id, CASE WHEN user_id IS NOT NULL THEN 'user' WHEN account_id IS NOT NULL THEN 'account'
        WHEN reseller_id IS NOT NULL THEN 'reseller' ELSE 'system' END,
        'class:special', effect
    FROM restrictions WHERE matches = 'class:unknown' AND effect = 'deny';
DROP TABLE restrictions;
ALTER TABLE restrictions_next RENAME TO restrictions;

CREATE TABLE routes (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    trunk_id TEXT NOT NULL REFERENCES trunks (id),
    matches TEXT NOT NULL CHECK (matches GLOB 'class:[a-z]*' OR matches GLOB 'country:[A-Z][A-Z]' OR matches GLOB 'code:[2-8]11'
        OR matches GLOB 'prefix:[1-9]*'),
    -- Words with commas between.
    classes TEXT NOT NULL,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 65535),
    weight INTEGER NOT NULL CHECK (weight BETWEEN 0 AND 65535),
    -- Micro-units of the system's currency a minute.
    price_micros INTEGER CHECK (price_micros >= 0),
    UNIQUE (trunk_id, matches)
) STRICT;

CREATE TABLE limits (
    -- `system`, `reseller:ID`, `account:ID`, `user:ID`; the other columns make the row go with its owner.
    owner TEXT PRIMARY KEY NOT NULL,
    reseller_id TEXT REFERENCES resellers (id) ON DELETE CASCADE,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    toll_legs INTEGER CHECK (toll_legs >= 0),
    legs_a_minute INTEGER CHECK (legs_a_minute >= 0),
    spend_a_day_micros INTEGER CHECK (spend_a_day_micros >= 0),
    max_length_s INTEGER CHECK (max_length_s BETWEEN 1 AND 14400),
    approves_countries INTEGER NOT NULL CHECK (approves_countries IN (0, 1)),
    joins_outside INTEGER CHECK (joins_outside IN (0, 1)),
    CHECK (((reseller_id IS NOT NULL) + (account_id IS NOT NULL) + (user_id IS NOT NULL)) <= 1)
) STRICT;

CREATE TABLE approved_countries (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    country TEXT NOT NULL CHECK (country GLOB '[A-Z][A-Z]'),
    PRIMARY KEY (account_id, country)
) STRICT;

-- What the ledger counts for each owner of a limit; each column changes in one conditional UPDATE only.
CREATE TABLE leg_counts (
    owner TEXT PRIMARY KEY NOT NULL,
    toll_legs INTEGER NOT NULL DEFAULT 0 CHECK (toll_legs >= 0),
    -- The minute and the day, both since 1970 UTC, that the two counts after them are of.
    minute INTEGER NOT NULL DEFAULT 0,
    minute_legs INTEGER NOT NULL DEFAULT 0 CHECK (minute_legs >= 0),
    day INTEGER NOT NULL DEFAULT 0,
    day_micros INTEGER NOT NULL DEFAULT 0 CHECK (day_micros >= 0)
) STRICT;

ALTER TABLE reservations ADD COLUMN price_micros INTEGER NOT NULL DEFAULT 0;

-- Which owners' counts a reservation is in.
CREATE TABLE reservation_counts (
    reservation_id TEXT NOT NULL REFERENCES reservations (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    PRIMARY KEY (reservation_id, owner)
) STRICT;
