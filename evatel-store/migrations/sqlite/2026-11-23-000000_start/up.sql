-- Text ids are made by the store; times are microseconds since 1970 UTC; words are checked here and parsed above.

CREATE TABLE meta (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    revision INTEGER NOT NULL CHECK (revision >= 0)
) STRICT;
INSERT INTO meta (id, revision) VALUES (1, 0);

CREATE TABLE resellers (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX resellers_one_default ON resellers (is_default) WHERE is_default = 1;

CREATE TABLE accounts (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    reseller_id TEXT NOT NULL REFERENCES resellers (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    kind TEXT NOT NULL CHECK (kind IN ('company', 'professional')),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    language TEXT NOT NULL CHECK (language IN ('en', 'fr')),
    records_calls INTEGER NOT NULL CHECK (records_calls IN (0, 1)),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    -- The ledger: both columns change in one conditional UPDATE only.
    max_legs INTEGER NOT NULL DEFAULT 10 CHECK (max_legs BETWEEN 0 AND 10000),
    active_legs INTEGER NOT NULL DEFAULT 0 CHECK (active_legs >= 0)
) STRICT;
CREATE UNIQUE INDEX accounts_one_default ON accounts (is_default) WHERE is_default = 1;

CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    extension TEXT NOT NULL CHECK (length(extension) BETWEEN 2 AND 6 AND extension NOT GLOB '*[^0-9]*'),
    UNIQUE (account_id, extension)
) STRICT;

CREATE TABLE pins (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    locked_until_us INTEGER
) STRICT;

CREATE TABLE trunks (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    peer TEXT NOT NULL UNIQUE CHECK (instr(peer, char(10)) = 0),
    format TEXT NOT NULL CHECK (format IN ('e164', 'national10', 'national11'))
) STRICT;

CREATE TABLE dids (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    number TEXT NOT NULL UNIQUE CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    trunk_id TEXT NOT NULL REFERENCES trunks (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    target_kind TEXT NOT NULL CHECK (target_kind IN ('smart-number')),
    target_user_id TEXT NOT NULL REFERENCES users (id)
) STRICT;
CREATE INDEX dids_account ON dids (account_id);

CREATE TABLE devices (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    -- MD5 of `id:realm:secret` (RFC 7616 §3.4.2); the secret itself is nowhere.
    ha1 TEXT NOT NULL CHECK (length(ha1) = 32 AND ha1 NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX devices_user ON devices (user_id);

CREATE TABLE contacts (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    number TEXT NOT NULL CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    UNIQUE (user_id, name)
) STRICT;

CREATE TABLE restrictions (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    -- At most one owner; none is the system.
    reseller_id TEXT REFERENCES resellers (id) ON DELETE CASCADE,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    matches TEXT NOT NULL CHECK (matches GLOB 'class:[a-z]*' OR matches GLOB 'prefix:[1-9]*'),
    effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
    CHECK ((reseller_id IS NOT NULL) + (account_id IS NOT NULL) + (user_id IS NOT NULL) <= 1)
) STRICT;

CREATE TABLE emergency_places (
    account_id TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    street TEXT NOT NULL CHECK (length(street) BETWEEN 1 AND 80 AND instr(street, char(10)) = 0),
    city TEXT NOT NULL CHECK (length(city) BETWEEN 1 AND 80 AND instr(city, char(10)) = 0),
    province TEXT NOT NULL CHECK (province GLOB '[A-Z][A-Z]'),
    callback TEXT NOT NULL REFERENCES dids (number),
    trunk_id TEXT NOT NULL REFERENCES trunks (id)
) STRICT;

-- One row for each leg that counts towards `accounts.active_legs`.
CREATE TABLE reservations (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    holder TEXT NOT NULL CHECK (length(holder) BETWEEN 1 AND 64),
    made_at_us INTEGER NOT NULL
) STRICT;

-- The call log outlives what it tells of, so it references nothing.
CREATE TABLE leg_entries (
    leg_id TEXT PRIMARY KEY NOT NULL CHECK (length(leg_id) BETWEEN 1 AND 64),
    call_id TEXT NOT NULL CHECK (length(call_id) BETWEEN 1 AND 64),
    account_id TEXT,
    direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    caller TEXT NOT NULL,
    callee TEXT NOT NULL,
    cause TEXT NOT NULL,
    authoriser TEXT NOT NULL,
    user_id TEXT,
    decision TEXT NOT NULL CHECK (decision IN ('allow', 'deny')),
    rule TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    answered_at_us INTEGER,
    ended_at_us INTEGER,
    hangup_q850 INTEGER CHECK (hangup_q850 BETWEEN 0 AND 127),
    recording TEXT
) STRICT;
CREATE INDEX leg_entries_call ON leg_entries (call_id);
CREATE INDEX leg_entries_started ON leg_entries (started_at_us);
CREATE INDEX leg_entries_open ON leg_entries (leg_id) WHERE ended_at_us IS NULL;

CREATE TABLE transcripts (
    id INTEGER PRIMARY KEY NOT NULL,
    call_id TEXT NOT NULL CHECK (length(call_id) BETWEEN 1 AND 64),
    at_us INTEGER NOT NULL,
    who TEXT NOT NULL CHECK (who IN ('caller', 'callee', 'assistant', 'system')),
    text TEXT NOT NULL
) STRICT;
CREATE INDEX transcripts_call ON transcripts (call_id, id);
