-- A device's digest is sealed with a key that is not in the database; `ha1` holds those of before until the program,
-- which knows the key, has sealed them. The table is not made anew: to drop it would take the devices' restrictions with it.
ALTER TABLE devices ADD COLUMN ha1_next TEXT CHECK (length(ha1_next) = 32 AND ha1_next NOT GLOB '*[^0-9a-f]*');
UPDATE devices SET ha1_next = ha1;
ALTER TABLE devices DROP COLUMN ha1;
ALTER TABLE devices RENAME COLUMN ha1_next TO ha1;
ALTER TABLE devices ADD COLUMN secret TEXT CHECK (secret GLOB 'k1.*') CHECK ((ha1 IS NULL) <> (secret IS NULL));

-- The name of the key that all secrets are sealed with, once there is one.
ALTER TABLE meta ADD COLUMN sealed_with TEXT CHECK (length(sealed_with) = 8);
