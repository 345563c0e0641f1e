-- What a person costs is sold as an option again.
ALTER TABLE catalogue_items ADD COLUMN kind_next TEXT NOT NULL DEFAULT 'option'
    CHECK (kind_next IN ('device', 'fee', 'number', 'option', 'plan'));
UPDATE catalogue_items SET kind_next = CASE WHEN kind = 'seat' THEN 'option' ELSE kind END;
ALTER TABLE catalogue_items DROP COLUMN kind;
ALTER TABLE catalogue_items RENAME COLUMN kind_next TO kind;
