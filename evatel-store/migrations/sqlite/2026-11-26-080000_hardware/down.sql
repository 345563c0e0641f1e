DROP INDEX devices_mac;
ALTER TABLE devices DROP COLUMN model;
ALTER TABLE devices DROP COLUMN mac;
