-- An account is on trial, waits or is closed as well. The table is not made anew: what references it would go with it.
ALTER TABLE accounts ADD COLUMN status_next TEXT NOT NULL DEFAULT 'trial'
    CHECK (status_next IN ('active', 'closed', 'pending', 'suspended', 'trial'));
UPDATE accounts SET status_next = status;
ALTER TABLE accounts DROP COLUMN status;
ALTER TABLE accounts RENAME COLUMN status_next TO status;
