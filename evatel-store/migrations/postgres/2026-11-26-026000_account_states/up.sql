-- An account is on trial, waits or is closed as well.
ALTER TABLE accounts DROP CONSTRAINT accounts_status_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_status_check CHECK (status IN ('active', 'closed', 'pending', 'suspended', 'trial'));
ALTER TABLE accounts ALTER COLUMN status SET DEFAULT 'trial';
