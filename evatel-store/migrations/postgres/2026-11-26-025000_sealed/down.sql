ALTER TABLE meta DROP COLUMN sealed_with;

-- What is sealed cannot be opened here: such devices go, and their restrictions with them.
DELETE FROM devices WHERE ha1 IS NULL;
ALTER TABLE devices DROP COLUMN secret;
ALTER TABLE devices ALTER COLUMN ha1 SET NOT NULL;
