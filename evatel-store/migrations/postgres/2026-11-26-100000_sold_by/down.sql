ALTER TABLE subscriptions DROP COLUMN reseller_id;
ALTER TABLE charges DROP COLUMN reseller_id;
