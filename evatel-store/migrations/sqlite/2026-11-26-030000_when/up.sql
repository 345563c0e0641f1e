-- When somebody is what, who is rung then, and contacts with more than a name and a number.

-- SQLite drops no NOT NULL, so the table is made anew; nothing points to it.
CREATE TABLE new_contacts (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    -- One owner: an account that shares it, or a user.
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    pronunciation TEXT CHECK (length(pronunciation) BETWEEN 1 AND 80 AND instr(pronunciation, char(10)) = 0),
    -- JSON: a list of names.
    nicknames TEXT NOT NULL CHECK (json_type(nicknames) = 'array'),
    number TEXT NOT NULL CHECK (number GLOB '+[1-9]*' AND substr(number, 2) NOT GLOB '*[^0-9]*'),
    -- JSON: a list of numbers.
    other_numbers TEXT NOT NULL CHECK (json_type(other_numbers) = 'array'),
    CHECK ((account_id IS NOT NULL) + (user_id IS NOT NULL) = 1)
) STRICT;
INSERT INTO new_contacts (id, user_id, name, nicknames, number, other_numbers)
SELECT id, user_id, name, '[]', number, '[]' FROM contacts;
DROP TABLE contacts;
ALTER TABLE new_contacts RENAME TO contacts;
CREATE UNIQUE INDEX contacts_of_user ON contacts (user_id, name) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX contacts_of_account ON contacts (account_id, name) WHERE account_id IS NOT NULL;

-- JSON documents, each read and written whole by the type that checks it; nothing asks for a part of one.
CREATE TABLE offices (
    account_id TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    form TEXT NOT NULL CHECK (json_type(form) = 'object')
) STRICT;
CREATE TABLE presences (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    form TEXT NOT NULL CHECK (json_type(form) = 'object')
) STRICT;

CREATE TABLE screening (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    -- At most one owner; none is the system.
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    list TEXT NOT NULL CHECK (list IN ('allow', 'block', 'vip')),
    caller TEXT NOT NULL CHECK (caller = 'anonymous' OR caller GLOB '+[1-9]*'),
    CHECK (account_id IS NULL OR user_id IS NULL)
) STRICT;
CREATE INDEX screening_account ON screening (account_id);
CREATE INDEX screening_user ON screening (user_id);
