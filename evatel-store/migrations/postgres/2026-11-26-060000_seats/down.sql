-- What a person costs is sold as an option again.
UPDATE catalogue_items SET kind = CASE WHEN kind = 'seat' THEN 'option' ELSE kind END;
ALTER TABLE catalogue_items ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE catalogue_items DROP CONSTRAINT catalogue_items_kind_check;
ALTER TABLE catalogue_items ADD CONSTRAINT catalogue_items_kind_check CHECK (kind IN ('device', 'fee', 'number', 'option', 'plan'));
