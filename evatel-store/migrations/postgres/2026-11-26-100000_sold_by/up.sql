-- Who sold what an account pays for, and who billed it: an account may go to another reseller.

ALTER TABLE subscriptions ADD COLUMN reseller_id TEXT COLLATE "C" REFERENCES resellers (id);
UPDATE subscriptions SET reseller_id = accounts.reseller_id FROM accounts WHERE accounts.id = subscriptions.account_id;
ALTER TABLE subscriptions ALTER COLUMN reseller_id SET NOT NULL;

ALTER TABLE charges ADD COLUMN reseller_id TEXT COLLATE "C" REFERENCES resellers (id);
UPDATE charges SET reseller_id = accounts.reseller_id FROM accounts WHERE accounts.id = charges.account_id;
ALTER TABLE charges ALTER COLUMN reseller_id SET NOT NULL;
