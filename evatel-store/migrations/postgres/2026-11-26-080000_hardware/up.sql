-- What stands on the desk, where somebody has said so. A telephone is with one account at a time.
ALTER TABLE devices ADD COLUMN mac TEXT COLLATE "C" CHECK (mac ~ '^([0-9a-f]{2}:){5}[0-9a-f]{2}$');
ALTER TABLE devices ADD COLUMN model TEXT COLLATE "C" CHECK (length(model) BETWEEN 1 AND 80 AND position(chr(10) IN model) = 0);
CREATE UNIQUE INDEX devices_mac ON devices (mac);
