DROP TABLE number_events;
-- Numbers that nobody has in service are lost: the older schema has no place for them.
CREATE TABLE kept_places AS SELECT * FROM emergency_places;
DROP TABLE emergency_places;
CREATE TABLE old_dids (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    number TEXT NOT NULL UNIQUE CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    trunk_id TEXT NOT NULL REFERENCES trunks (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    target_kind TEXT NOT NULL CHECK (target_kind IN ('smart-number')),
    target_user_id TEXT NOT NULL REFERENCES users (id)
) STRICT;
INSERT INTO old_dids SELECT id, number, trunk_id, account_id, target_kind, target_user_id FROM dids
WHERE state IN ('assigned', 'port-out-pending') AND target_kind = 'smart-number';
DROP TABLE dids;
ALTER TABLE old_dids RENAME TO dids;
CREATE INDEX dids_account ON dids (account_id);
DELETE FROM kept_places WHERE callback NOT IN (SELECT number FROM dids);
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

DROP TABLE trunk_contracts;
DROP TABLE itsps;
