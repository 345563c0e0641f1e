-- A device's digest is sealed with a key that is not in the database; `ha1` holds those of before until the program,
-- which knows the key, has sealed them.
ALTER TABLE devices ALTER COLUMN ha1 DROP NOT NULL;
ALTER TABLE devices ADD COLUMN secret TEXT COLLATE "C" CHECK (starts_with(secret, 'k1.'));
ALTER TABLE devices ADD CHECK ((ha1 IS NULL) <> (secret IS NULL));

-- The name of the key that all secrets are sealed with, once there is one.
ALTER TABLE meta ADD COLUMN sealed_with TEXT COLLATE "C" CHECK (length(sealed_with) = 8);
