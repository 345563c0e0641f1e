-- What may be called on trial may be called still; what waits or is closed may not.
ALTER TABLE accounts ADD COLUMN status_next TEXT NOT NULL DEFAULT 'suspended' CHECK (status_next IN ('active', 'suspended'));
UPDATE accounts SET status_next = CASE WHEN status IN ('active', 'trial') THEN 'active' ELSE 'suspended' END;
ALTER TABLE accounts DROP COLUMN status;
ALTER TABLE accounts RENAME COLUMN status_next TO status;
