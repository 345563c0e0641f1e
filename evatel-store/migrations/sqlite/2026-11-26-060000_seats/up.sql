-- A person of an account may have a price. The table is not made anew: what references it would go with it.
ALTER TABLE catalogue_items ADD COLUMN kind_next TEXT NOT NULL DEFAULT 'option'
    CHECK (kind_next IN ('device', 'fee', 'number', 'option', 'plan', 'seat'));
UPDATE catalogue_items SET kind_next = kind;
ALTER TABLE catalogue_items DROP COLUMN kind;
ALTER TABLE catalogue_items RENAME COLUMN kind_next TO kind;
