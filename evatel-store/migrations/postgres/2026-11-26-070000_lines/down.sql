ALTER TABLE reservations DROP COLUMN trunk_id;
ALTER TABLE trunk_contracts DROP COLUMN second_calls;
ALTER TABLE trunk_contracts DROP COLUMN second_us;
ALTER TABLE trunk_contracts DROP COLUMN calls;
