-- Which rows each revision touched; `*` in place of a table is all of them.
CREATE TABLE changes (
    revision INTEGER NOT NULL CHECK (revision >= 0),
    table_name TEXT NOT NULL CHECK (length(table_name) BETWEEN 1 AND 64),
    row_id TEXT NOT NULL,
    PRIMARY KEY (revision, table_name, row_id)
) STRICT;
CREATE INDEX accounts_reseller ON accounts (reseller_id);
