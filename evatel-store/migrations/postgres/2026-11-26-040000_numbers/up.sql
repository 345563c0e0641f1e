-- Numbers from the order to the day they leave, with their history; carriers and what their lines may carry.

CREATE TABLE itsps (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0)
);

CREATE TABLE trunk_contracts (
    trunk_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES trunks (id) ON DELETE CASCADE,
    itsp_id TEXT COLLATE "C" NOT NULL REFERENCES itsps (id),
    max_calls INTEGER CHECK (max_calls BETWEEN 1 AND 100000),
    max_calls_per_second INTEGER CHECK (max_calls_per_second BETWEEN 1 AND 100000)
);
CREATE INDEX trunk_contracts_itsp ON trunk_contracts (itsp_id);
-- Until now a trunk was a carrier; those of one name are lines to one.
INSERT INTO itsps (id, name) SELECT 'its-' || substr(min(id), 5), name FROM trunks GROUP BY name;
INSERT INTO trunk_contracts (trunk_id, itsp_id)
SELECT trunks.id, itsps.id FROM trunks INNER JOIN itsps ON itsps.name = trunks.name;

DROP INDEX dids_account;
ALTER TABLE dids ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE dids ALTER COLUMN target_kind DROP NOT NULL;
ALTER TABLE dids ALTER COLUMN target_user_id DROP NOT NULL;
ALTER TABLE dids DROP CONSTRAINT dids_target_kind_check;
ALTER TABLE dids
    ADD CHECK (target_kind IN ('receptionist', 'smart-number')),
    ADD COLUMN state TEXT COLLATE "C" NOT NULL DEFAULT 'assigned' CHECK (state IN ('assigned', 'available', 'ordered', 'port-in-pending', 'port-out-pending', 'ported-out', 'quarantined', 'reserved', 'returned-to-itsp', 'suspended')),
    -- One owner: an account, whose reseller its own row names, or a reseller's pool, or neither: the operator's.
    ADD COLUMN reseller_id TEXT COLLATE "C" REFERENCES resellers (id),
    -- For whom it is reserved, or who gets it when it has come.
    ADD COLUMN holder_reseller_id TEXT COLLATE "C" REFERENCES resellers (id),
    ADD COLUMN holder_account_id TEXT COLLATE "C" REFERENCES accounts (id),
    ADD COLUMN former_account_id TEXT COLLATE "C" REFERENCES accounts (id),
    ADD COLUMN until_us BIGINT,
    -- JSON; where it differs from its account's.
    ADD COLUMN emergency_address TEXT COLLATE "C",
    ADD COLUMN events INTEGER NOT NULL DEFAULT 1 CHECK (events >= 1);
ALTER TABLE dids ALTER COLUMN state DROP DEFAULT, ALTER COLUMN events DROP DEFAULT;
ALTER TABLE dids
    ADD CHECK (reseller_id IS NULL OR account_id IS NULL),
    ADD CHECK ((account_id IS NOT NULL) = (state IN ('assigned', 'port-out-pending', 'suspended'))),
    ADD CONSTRAINT dids_target CHECK ((target_kind IS NULL) = (target_user_id IS NULL)),
    ADD CHECK ((target_kind IS NOT NULL) = (account_id IS NOT NULL OR (state = 'port-in-pending' AND holder_account_id IS NOT NULL))),
    ADD CHECK (holder_reseller_id IS NULL OR holder_account_id IS NULL),
    ADD CHECK ((holder_reseller_id IS NOT NULL OR holder_account_id IS NOT NULL) = (state = 'reserved' OR (state = 'port-in-pending' AND target_kind IS NOT NULL))),
    ADD CHECK ((former_account_id IS NOT NULL) = (state = 'quarantined')),
    ADD CHECK ((until_us IS NOT NULL) = (state IN ('quarantined', 'reserved')));
CREATE INDEX dids_account ON dids (account_id);
CREATE INDEX dids_reseller ON dids (reseller_id);
CREATE INDEX dids_until ON dids (until_us);

-- What was done with a number. It outlives the number, so it references nothing; entries are added, never changed.
CREATE TABLE number_events (
    number TEXT COLLATE "C" NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    at_us BIGINT NOT NULL,
    done_by TEXT COLLATE "C" NOT NULL CHECK (length(done_by) BETWEEN 1 AND 80 AND position(chr(10) IN done_by) = 0),
    verb TEXT COLLATE "C" NOT NULL,
    from_state TEXT COLLATE "C",
    to_state TEXT COLLATE "C" NOT NULL,
    reseller_id TEXT COLLATE "C",
    account_id TEXT COLLATE "C",
    PRIMARY KEY (number, sequence)
);
INSERT INTO number_events (number, sequence, at_us, done_by, verb, to_state, reseller_id, account_id)
SELECT dids.number, 1, 0, 'migration', 'import', 'assigned', accounts.reseller_id, dids.account_id
FROM dids INNER JOIN accounts ON accounts.id = dids.account_id;
CREATE FUNCTION number_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the history of a number is append-only'; END $$;
CREATE TRIGGER number_events_keep_what_was BEFORE UPDATE OR DELETE ON number_events
FOR EACH ROW EXECUTE FUNCTION number_events_are_append_only();
CREATE TRIGGER number_events_keep_all BEFORE TRUNCATE ON number_events
FOR EACH STATEMENT EXECUTE FUNCTION number_events_are_append_only();
