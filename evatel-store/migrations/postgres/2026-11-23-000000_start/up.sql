-- Text ids are made by the store; times are microseconds since 1970 UTC; words are checked here and parsed above.
-- COLLATE "C" sorts and compares text by its bytes, as SQLite does, whatever the server's locale is.

CREATE TABLE meta (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    revision BIGINT NOT NULL CHECK (revision >= 0)
);
INSERT INTO meta (id, revision) VALUES (1, 0);

CREATE TABLE resellers (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    is_default BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX resellers_one_default ON resellers (is_default) WHERE is_default;

CREATE TABLE accounts (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    reseller_id TEXT COLLATE "C" NOT NULL REFERENCES resellers (id),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('company', 'professional')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'suspended')),
    language TEXT COLLATE "C" NOT NULL CHECK (language IN ('en', 'fr')),
    records_calls BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    -- The ledger: both columns change in one conditional UPDATE only.
    max_legs INTEGER NOT NULL DEFAULT 10 CHECK (max_legs BETWEEN 0 AND 10000),
    active_legs INTEGER NOT NULL DEFAULT 0 CHECK (active_legs >= 0)
);
CREATE UNIQUE INDEX accounts_one_default ON accounts (is_default) WHERE is_default;

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    extension TEXT COLLATE "C" NOT NULL CHECK (length(extension) BETWEEN 2 AND 6 AND extension ~ '^[0-9]+$'),
    UNIQUE (account_id, extension)
);

CREATE TABLE pins (
    user_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT COLLATE "C" NOT NULL CHECK (hash ~ '^[$]argon2id[$]'),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    locked_until_us BIGINT
);

CREATE TABLE trunks (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    peer TEXT COLLATE "C" NOT NULL UNIQUE CHECK (position(chr(10) IN peer) = 0),
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('e164', 'national10', 'national11'))
);

CREATE TABLE dids (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    number TEXT COLLATE "C" NOT NULL UNIQUE CHECK (number ~ '^[+][1-9][0-9]*$'),
    trunk_id TEXT COLLATE "C" NOT NULL REFERENCES trunks (id),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    target_kind TEXT COLLATE "C" NOT NULL CHECK (target_kind IN ('smart-number')),
    target_user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id)
);
CREATE INDEX dids_account ON dids (account_id);

CREATE TABLE devices (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    -- MD5 of `id:realm:secret` (RFC 7616 §3.4.2); the secret itself is nowhere.
    ha1 TEXT COLLATE "C" NOT NULL CHECK (ha1 ~ '^[0-9a-f]{32}$')
);
CREATE INDEX devices_user ON devices (user_id);

CREATE TABLE contacts (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    number TEXT COLLATE "C" NOT NULL CHECK (number ~ '^[+][1-9][0-9]*$'),
    UNIQUE (user_id, name)
);

CREATE TABLE restrictions (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    -- At most one owner; none is the system.
    reseller_id TEXT COLLATE "C" REFERENCES resellers (id) ON DELETE CASCADE,
    account_id TEXT COLLATE "C" REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE,
    matches TEXT COLLATE "C" NOT NULL CHECK (matches ~ '^(class:[a-z]|prefix:[1-9])'),
    effect TEXT COLLATE "C" NOT NULL CHECK (effect IN ('allow', 'deny')),
    CHECK (num_nonnulls(reseller_id, account_id, user_id) <= 1)
);

CREATE TABLE emergency_places (
    account_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES accounts (id),
    street TEXT COLLATE "C" NOT NULL CHECK (length(street) BETWEEN 1 AND 80 AND position(chr(10) IN street) = 0),
    city TEXT COLLATE "C" NOT NULL CHECK (length(city) BETWEEN 1 AND 80 AND position(chr(10) IN city) = 0),
    province TEXT COLLATE "C" NOT NULL CHECK (province ~ '^[A-Z][A-Z]$'),
    callback TEXT COLLATE "C" NOT NULL REFERENCES dids (number),
    trunk_id TEXT COLLATE "C" NOT NULL REFERENCES trunks (id)
);

-- One row for each leg that counts towards `accounts.active_legs`.
CREATE TABLE reservations (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    holder TEXT COLLATE "C" NOT NULL CHECK (length(holder) BETWEEN 1 AND 64),
    made_at_us BIGINT NOT NULL
);

-- The call log outlives what it tells of, so it references nothing.
CREATE TABLE leg_entries (
    leg_id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(leg_id) BETWEEN 1 AND 64),
    call_id TEXT COLLATE "C" NOT NULL CHECK (length(call_id) BETWEEN 1 AND 64),
    account_id TEXT COLLATE "C",
    direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    caller TEXT COLLATE "C" NOT NULL,
    callee TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    authoriser TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C",
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('allow', 'deny')),
    rule TEXT COLLATE "C" NOT NULL,
    started_at_us BIGINT NOT NULL,
    answered_at_us BIGINT,
    ended_at_us BIGINT,
    hangup_q850 INTEGER CHECK (hangup_q850 BETWEEN 0 AND 127),
    recording TEXT COLLATE "C"
);
CREATE INDEX leg_entries_call ON leg_entries (call_id);
CREATE INDEX leg_entries_started ON leg_entries (started_at_us);
CREATE INDEX leg_entries_open ON leg_entries (leg_id) WHERE ended_at_us IS NULL;

CREATE TABLE transcripts (
    id BIGINT PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
    call_id TEXT COLLATE "C" NOT NULL CHECK (length(call_id) BETWEEN 1 AND 64),
    at_us BIGINT NOT NULL,
    who TEXT COLLATE "C" NOT NULL CHECK (who IN ('caller', 'callee', 'assistant', 'system')),
    text TEXT COLLATE "C" NOT NULL
);
CREATE INDEX transcripts_call ON transcripts (call_id, id);
