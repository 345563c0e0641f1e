DROP TABLE screening;
DROP TABLE presences;
DROP TABLE offices;
-- What the older schema cannot hold is lost: shared contacts, and all of a contact but its name and first number.
CREATE TABLE old_contacts (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    number TEXT NOT NULL CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    UNIQUE (user_id, name)
) STRICT;
INSERT INTO old_contacts (id, user_id, name, number)
SELECT id, user_id, name, number FROM contacts WHERE user_id IS NOT NULL;
DROP TABLE contacts;
ALTER TABLE old_contacts RENAME TO contacts;
