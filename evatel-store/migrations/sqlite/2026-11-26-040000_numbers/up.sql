-- Numbers from the order to the day they leave, with their history; carriers and what their lines may carry.

CREATE TABLE itsps (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0)
) STRICT;

CREATE TABLE trunk_contracts (
    trunk_id TEXT PRIMARY KEY NOT NULL REFERENCES trunks (id) ON DELETE CASCADE,
    itsp_id TEXT NOT NULL REFERENCES itsps (id),
    max_calls INTEGER CHECK (max_calls BETWEEN 1 AND 100000),
    max_calls_per_second INTEGER CHECK (max_calls_per_second BETWEEN 1 AND 100000)
) STRICT;
CREATE INDEX trunk_contracts_itsp ON trunk_contracts (itsp_id);
-- Until now a trunk was a carrier; those of one name are lines to one.
INSERT INTO itsps (id, name) SELECT 'its-' || substr(min(id), 5), name FROM trunks GROUP BY name;
INSERT INTO trunk_contracts (trunk_id, itsp_id)
SELECT trunks.id, itsps.id FROM trunks INNER JOIN itsps ON itsps.name = trunks.name;

-- SQLite drops no NOT NULL, so the table is made anew; who points to it stands aside meanwhile.
CREATE TABLE kept_places AS SELECT * FROM emergency_places;
DROP TABLE emergency_places;
CREATE TABLE new_dids (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    number TEXT NOT NULL UNIQUE CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    trunk_id TEXT NOT NULL REFERENCES trunks (id),
    state TEXT NOT NULL CHECK (state IN ('assigned', 'available', 'ordered', 'port-in-pending', 'port-out-pending', 'ported-out', 'quarantined', 'reserved', 'returned-to-itsp', 'suspended')),
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
    CHECK (reseller_id IS NULL OR account_id IS NULL),
    CHECK ((account_id IS NOT NULL) = (state IN ('assigned', 'port-out-pending', 'suspended'))),
    CONSTRAINT dids_target CHECK ((target_kind IS NULL) = (target_user_id IS NULL)),
    CHECK ((target_kind IS NOT NULL) = (account_id IS NOT NULL OR (state = 'port-in-pending' AND holder_account_id IS NOT NULL))),
    CHECK (holder_reseller_id IS NULL OR holder_account_id IS NULL),
    CHECK ((holder_reseller_id IS NOT NULL OR holder_account_id IS NOT NULL) = (state = 'reserved' OR (state = 'port-in-pending' AND target_kind IS NOT NULL))),
    CHECK ((former_account_id IS NOT NULL) = (state = 'quarantined')),
    CHECK ((until_us IS NOT NULL) = (state IN ('quarantined', 'reserved')))
) STRICT;
INSERT INTO new_dids (id, number, trunk_id, state, account_id, target_kind, target_user_id, events)
SELECT id, number, trunk_id, 'assigned', account_id, target_kind, target_user_id, 1 FROM dids;
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

-- What was done with a number. It outlives the number, so it references nothing; entries are added, never changed.
CREATE TABLE number_events (
    number TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    at_us INTEGER NOT NULL,
    done_by TEXT NOT NULL CHECK (length(done_by) BETWEEN 1 AND 80 AND instr(done_by, char(10)) = 0),
    verb TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    reseller_id TEXT,
    account_id TEXT,
    PRIMARY KEY (number, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO number_events (number, sequence, at_us, done_by, verb, to_state, reseller_id, account_id)
SELECT dids.number, 1, 0, 'migration', 'import', 'assigned', accounts.reseller_id, dids.account_id
FROM dids INNER JOIN accounts ON accounts.id = dids.account_id;
CREATE TRIGGER number_events_keep_what_was BEFORE UPDATE ON number_events
BEGIN SELECT RAISE(ABORT, 'the history of a number is append-only'); END;
CREATE TRIGGER number_events_keep_all BEFORE DELETE ON number_events
BEGIN SELECT RAISE(ABORT, 'the history of a number is append-only'); END;
CREATE TRIGGER number_events_replace_nothing BEFORE INSERT ON number_events
WHEN EXISTS (SELECT 1 FROM number_events WHERE number = NEW.number AND sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'the history of a number is append-only'); END;
