DROP TABLE number_events;
DROP FUNCTION number_events_are_append_only();
DELETE FROM emergency_places WHERE callback NOT IN (SELECT number FROM dids WHERE state IN ('assigned', 'port-out-pending'));
-- Numbers that nobody has in service are lost: the older schema has no place for them.
DELETE FROM dids WHERE state NOT IN ('assigned', 'port-out-pending') OR target_kind <> 'smart-number';
DROP INDEX dids_account;
ALTER TABLE dids
    DROP COLUMN state, DROP COLUMN reseller_id, DROP COLUMN holder_reseller_id, DROP COLUMN holder_account_id,
    DROP COLUMN former_account_id, DROP COLUMN until_us, DROP COLUMN emergency_address, DROP COLUMN events;
ALTER TABLE dids DROP CONSTRAINT dids_target_kind_check;
ALTER TABLE dids DROP CONSTRAINT dids_target;
ALTER TABLE dids
    ADD CHECK (target_kind IN ('smart-number')),
    ALTER COLUMN account_id SET NOT NULL,
    ALTER COLUMN target_kind SET NOT NULL,
    ALTER COLUMN target_user_id SET NOT NULL;
CREATE INDEX dids_account ON dids (account_id);

DROP TABLE trunk_contracts;
DROP TABLE itsps;
