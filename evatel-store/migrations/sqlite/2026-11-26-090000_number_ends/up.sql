-- Orders and ports in that come to nothing, with the other carrier's reason.

-- SQLite changes no CHECK, so the table is made anew; who points to it stands aside meanwhile.
CREATE TABLE kept_places AS SELECT * FROM emergency_places;
DROP TABLE emergency_places;
CREATE TABLE new_dids (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    number TEXT NOT NULL UNIQUE CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    trunk_id TEXT NOT NULL REFERENCES trunks (id),
    state TEXT NOT NULL CHECK (state IN ('assigned', 'available', 'cancelled', 'ordered', 'port-in-pending', 'port-in-rejected', 'port-out-pending', 'ported-out', 'quarantined', 'reserved', 'returned-to-itsp', 'suspended')),
    -- One owner: an account, whose reseller its own row names, or a reseller's pool, or neither: the operator's.
    reseller_id TEXT REFERENCES resellers (id),
    account_id TEXT REFERENCES accounts (id),
    target_kind TEXT CHECK (target_kind IN ('receptionist', 'smart-number')),
    target_user_id TEXT REFERENCES users (id),
    -- For whom it is reserved, or who gets it when it has come.
    holder_reseller_id TEXT REFERENCES resellers (id),
    holder_account_id TEXT REFERENCES accounts (id),
    former_account_id TEXT REFERENCES accounts (id),
    until_us INTEGER,
    -- JSON; where it differs from its account's.
    emergency_address TEXT,
    events INTEGER NOT NULL CHECK (events >= 1),
    -- Why the other carrier does not let it go.
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 80 AND instr(reason, char(10)) = 0),
    CHECK (reseller_id IS NULL OR account_id IS NULL),
    CHECK ((account_id IS NOT NULL) = (state IN ('assigned', 'port-out-pending', 'suspended'))),
    CONSTRAINT dids_target CHECK ((target_kind IS NULL) = (target_user_id IS NULL)),
    CHECK ((target_kind IS NOT NULL) = (account_id IS NOT NULL OR (state IN ('port-in-pending', 'port-in-rejected') AND holder_account_id IS NOT NULL))),
    CHECK (holder_reseller_id IS NULL OR holder_account_id IS NULL),
    CHECK ((holder_reseller_id IS NOT NULL OR holder_account_id IS NOT NULL) = (state = 'reserved' OR (state IN ('port-in-pending', 'port-in-rejected') AND target_kind IS NOT NULL))),
    CHECK ((former_account_id IS NOT NULL) = (state = 'quarantined')),
    CHECK ((until_us IS NOT NULL) = (state IN ('quarantined', 'reserved'))),
    CHECK ((reason IS NOT NULL) = (state = 'port-in-rejected'))
) STRICT;
INSERT INTO new_dids (id, number, trunk_id, state, reseller_id, account_id, target_kind, target_user_id, holder_reseller_id, holder_account_id, former_account_id, until_us, emergency_address, events)
SELECT id, number, trunk_id, state, reseller_id, account_id, target_kind, target_user_id, holder_reseller_id, holder_account_id, former_account_id, until_us, emergency_address, events FROM dids;
DROP TABLE dids;
ALTER TABLE new_dids RENAME TO dids;
CREATE INDEX dids_account ON dids (account_id);
CREATE INDEX dids_reseller ON dids (reseller_id);
CREATE INDEX dids_until ON dids (until_us);
CREATE TABLE emergency_places (
    account_id TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    street TEXT NOT NULL CHECK (length(street) BETWEEN 1 AND 80 AND instr(street, char(10)) = 0),
    city TEXT NOT NULL CHECK (length(city) BETWEEN 1 AND 80 AND instr(city, char(10)) = 0),
    province TEXT NOT NULL CHECK (province GLOB '[A-Z][A-Z]'),
    callback TEXT NOT NULL REFERENCES dids (number),
    trunk_id TEXT NOT NULL REFERENCES trunks (id)
) STRICT;
INSERT INTO emergency_places SELECT * FROM kept_places;
DROP TABLE kept_places;

ALTER TABLE number_events ADD COLUMN reason TEXT CHECK (length(reason) BETWEEN 1 AND 80 AND instr(reason, char(10)) = 0);
