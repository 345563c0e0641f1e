-- A person of an account may have a price.
ALTER TABLE catalogue_items DROP CONSTRAINT catalogue_items_kind_check;
ALTER TABLE catalogue_items ADD CONSTRAINT catalogue_items_kind_check CHECK (kind IN ('device', 'fee', 'number', 'option', 'plan', 'seat'));
ALTER TABLE catalogue_items ALTER COLUMN kind SET DEFAULT 'option';
