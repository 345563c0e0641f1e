-- Who there is, how he proves it, and what he did.

ALTER TABLE resellers ADD COLUMN billing TEXT NOT NULL DEFAULT 'delegated' CHECK (billing IN ('delegated', 'self-billed'));
ALTER TABLE resellers ADD COLUMN status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed'));

CREATE TABLE reseller_profiles (
    reseller_id TEXT PRIMARY KEY NOT NULL REFERENCES resellers (id),
    contact TEXT,
    mail TEXT,
    number TEXT,
    address TEXT,
    product TEXT,
    domain TEXT UNIQUE,
    logo TEXT,
    mail_from TEXT
) STRICT;

ALTER TABLE accounts ADD COLUMN zone TEXT NOT NULL DEFAULT 'America/Toronto' CHECK (length(zone) BETWEEN 1 AND 64);

-- 0 only until the statement below.
ALTER TABLE users ADD COLUMN number INTEGER NOT NULL DEFAULT 0 CHECK (number = 0 OR number BETWEEN 1000 AND 99999999);
ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT 'none';
ALTER TABLE users ADD COLUMN language TEXT CHECK (language IN ('en', 'fr'));
ALTER TABLE users ADD COLUMN zone TEXT CHECK (length(zone) BETWEEN 1 AND 64);
UPDATE users SET number = 999 + ranked.place
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users) AS ranked WHERE ranked.id = users.id;
CREATE UNIQUE INDEX users_number ON users (number);

CREATE TABLE logins (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 3 AND 128),
    -- At most one owner; none is the system.
    reseller_id TEXT REFERENCES resellers (id),
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failed_at_us INTEGER,
    CHECK (reseller_id IS NULL OR user_id IS NULL)
) STRICT;
CREATE INDEX logins_user ON logins (user_id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    login_id TEXT NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    expires_at_us INTEGER NOT NULL,
    -- Where he has entered, at most one of them.
    entered_reseller_id TEXT REFERENCES resellers (id),
    entered_account_id TEXT REFERENCES accounts (id),
    CHECK (entered_reseller_id IS NULL OR entered_account_id IS NULL)
) STRICT;
CREATE INDEX sessions_login ON sessions (login_id);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    -- At most one owner; none is the system.
    reseller_id TEXT REFERENCES resellers (id),
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    scope TEXT NOT NULL CHECK (length(scope) > 0),
    made_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    used_at_us INTEGER,
    CHECK (reseller_id IS NULL OR user_id IS NULL)
) STRICT;

-- The audit outlives what it tells of, so it references nothing.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY NOT NULL,
    at_us INTEGER NOT NULL,
    who TEXT NOT NULL,
    as_whom TEXT,
    standing TEXT NOT NULL,
    action TEXT NOT NULL,
    matter TEXT NOT NULL,
    object TEXT NOT NULL,
    reseller_id TEXT,
    account_id TEXT,
    before TEXT,
    after TEXT,
    origin TEXT NOT NULL
) STRICT;
CREATE INDEX audit_account ON audit (account_id, id);
CREATE INDEX audit_reseller ON audit (reseller_id, id);
CREATE TRIGGER audit_keeps_what_was BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_replaces_nothing BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
