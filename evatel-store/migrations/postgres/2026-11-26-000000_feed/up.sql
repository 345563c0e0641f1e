-- Which rows each revision touched; `*` in place of a table is all of them.
CREATE TABLE changes (
    revision BIGINT NOT NULL CHECK (revision >= 0),
    table_name TEXT COLLATE "C" NOT NULL CHECK (length(table_name) BETWEEN 1 AND 64),
    row_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (revision, table_name, row_id)
);
CREATE INDEX accounts_reseller ON accounts (reseller_id);
