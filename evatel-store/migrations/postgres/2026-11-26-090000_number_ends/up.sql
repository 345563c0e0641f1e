-- Orders and ports in that come to nothing, with the other carrier's reason.

-- Those that name the states, whatever PostgreSQL calls them.
DO $$
DECLARE known TEXT;
BEGIN
    FOR known IN SELECT conname FROM pg_constraint
    WHERE conrelid = 'dids'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%port-in-pending%'
    LOOP EXECUTE format('ALTER TABLE dids DROP CONSTRAINT %I', known); END LOOP;
END $$;
ALTER TABLE dids
    -- Why the other carrier does not let it go.
    ADD COLUMN reason TEXT COLLATE "C" CHECK (length(reason) BETWEEN 1 AND 80 AND position(chr(10) IN reason) = 0);
ALTER TABLE dids
    ADD CONSTRAINT dids_state_check CHECK (state IN ('assigned', 'available', 'cancelled', 'ordered', 'port-in-pending', 'port-in-rejected', 'port-out-pending', 'ported-out', 'quarantined', 'reserved', 'returned-to-itsp', 'suspended')),
    ADD CHECK ((target_kind IS NOT NULL) = (account_id IS NOT NULL OR (state IN ('port-in-pending', 'port-in-rejected') AND holder_account_id IS NOT NULL))),
    ADD CHECK ((holder_reseller_id IS NOT NULL OR holder_account_id IS NOT NULL) = (state = 'reserved' OR (state IN ('port-in-pending', 'port-in-rejected') AND target_kind IS NOT NULL))),
    ADD CHECK ((reason IS NOT NULL) = (state = 'port-in-rejected'));

ALTER TABLE number_events ADD COLUMN reason TEXT COLLATE "C" CHECK (length(reason) BETWEEN 1 AND 80 AND position(chr(10) IN reason) = 0);
