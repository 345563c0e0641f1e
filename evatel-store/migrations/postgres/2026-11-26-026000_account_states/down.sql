-- What may be called on trial may be called still; what waits or is closed may not.
UPDATE accounts SET status = CASE WHEN status IN ('active', 'trial') THEN 'active' ELSE 'suspended' END;
ALTER TABLE accounts ALTER COLUMN status DROP DEFAULT;
ALTER TABLE accounts DROP CONSTRAINT accounts_status_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_status_check CHECK (status IN ('active', 'suspended'));
