-- What stands on the desk, where somebody has said so. A telephone is with one account at a time.
ALTER TABLE devices ADD COLUMN mac TEXT CHECK (mac GLOB '[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]');
ALTER TABLE devices ADD COLUMN model TEXT CHECK (length(model) BETWEEN 1 AND 80 AND instr(model, char(10)) = 0);
CREATE UNIQUE INDEX devices_mac ON devices (mac);
