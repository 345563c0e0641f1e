-- What the ledger counts towards the caps of a trunk; each column changes in one conditional UPDATE only.
ALTER TABLE trunk_contracts ADD COLUMN calls INTEGER NOT NULL DEFAULT 0 CHECK (calls >= 0);
-- The beginning of the second, since 1970 UTC, that the count after it is of.
ALTER TABLE trunk_contracts ADD COLUMN second_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trunk_contracts ADD COLUMN second_calls INTEGER NOT NULL DEFAULT 0 CHECK (second_calls >= 0);
-- The trunk on which a reservation has a place. It may be gone by the end of the leg, so nothing is referenced.
ALTER TABLE reservations ADD COLUMN trunk_id TEXT COLLATE "C";
