ALTER TABLE meta DROP COLUMN sealed_with;

-- What is sealed cannot be opened here: such devices go, and their restrictions with them. To drop the table would take
-- those of the others too, so they are put aside.
DELETE FROM devices WHERE ha1 IS NULL;
CREATE TABLE restrictions_aside AS SELECT * FROM restrictions WHERE device_id IS NOT NULL;
CREATE TABLE devices_plain (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    ha1 TEXT NOT NULL CHECK (length(ha1) = 32 AND ha1 NOT GLOB '*[^0-9a-f]*')
) STRICT;
INSERT INTO devices_plain (id, user_id, name, ha1) SELECT id, user_id, name, ha1 FROM devices;
DROP TABLE devices;
ALTER TABLE devices_plain RENAME TO devices;
CREATE INDEX devices_user ON devices (user_id);
INSERT INTO restrictions SELECT * FROM restrictions_aside WHERE id NOT IN (SELECT id FROM restrictions);
DROP TABLE restrictions_aside;
