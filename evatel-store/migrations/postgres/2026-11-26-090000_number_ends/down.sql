-- What was refused is on its way again; what never came counts as given back.
ALTER TABLE number_events DROP COLUMN reason;
ALTER TABLE dids DROP COLUMN reason;
DO $$
DECLARE known TEXT;
BEGIN
    FOR known IN SELECT conname FROM pg_constraint
    WHERE conrelid = 'dids'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%port-in-pending%'
    LOOP EXECUTE format('ALTER TABLE dids DROP CONSTRAINT %I', known); END LOOP;
END $$;
UPDATE dids SET state = CASE state WHEN 'port-in-rejected' THEN 'port-in-pending' WHEN 'cancelled' THEN 'returned-to-itsp' ELSE state END;
ALTER TABLE dids
    ADD CONSTRAINT dids_state_check CHECK (state IN ('assigned', 'available', 'ordered', 'port-in-pending', 'port-out-pending', 'ported-out', 'quarantined', 'reserved', 'returned-to-itsp', 'suspended')),
    ADD CHECK ((target_kind IS NOT NULL) = (account_id IS NOT NULL OR (state = 'port-in-pending' AND holder_account_id IS NOT NULL))),
    ADD CHECK ((holder_reseller_id IS NOT NULL OR holder_account_id IS NOT NULL) = (state = 'reserved' OR (state = 'port-in-pending' AND target_kind IS NOT NULL)));
