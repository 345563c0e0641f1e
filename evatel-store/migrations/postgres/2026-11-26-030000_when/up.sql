-- When somebody is what, who is rung then, and contacts with more than a name and a number.

ALTER TABLE contacts ALTER COLUMN user_id DROP NOT NULL;
-- One owner: an account that shares it, or a user.
ALTER TABLE contacts ADD COLUMN account_id TEXT COLLATE "C" REFERENCES accounts (id) ON DELETE CASCADE;
ALTER TABLE contacts ADD CONSTRAINT contacts_owner CHECK (num_nonnulls(account_id, user_id) = 1);
ALTER TABLE contacts ADD COLUMN pronunciation TEXT COLLATE "C"
    CHECK (length(pronunciation) BETWEEN 1 AND 80 AND position(chr(10) IN pronunciation) = 0);
-- JSON: a list of names, a list of numbers.
ALTER TABLE contacts ADD COLUMN nicknames TEXT COLLATE "C" NOT NULL DEFAULT '[]' CHECK (json_typeof(nicknames::json) = 'array');
ALTER TABLE contacts ADD COLUMN other_numbers TEXT COLLATE "C" NOT NULL DEFAULT '[]' CHECK (json_typeof(other_numbers::json) = 'array');
ALTER TABLE contacts ALTER COLUMN nicknames DROP DEFAULT;
ALTER TABLE contacts ALTER COLUMN other_numbers DROP DEFAULT;
ALTER TABLE contacts DROP CONSTRAINT contacts_user_id_name_key;
CREATE UNIQUE INDEX contacts_of_user ON contacts (user_id, name) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX contacts_of_account ON contacts (account_id, name) WHERE account_id IS NOT NULL;

-- JSON documents, each read and written whole by the type that checks it; nothing asks for a part of one.
CREATE TABLE offices (
    account_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    form TEXT COLLATE "C" NOT NULL CHECK (json_typeof(form::json) = 'object')
);
CREATE TABLE presences (
    user_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    form TEXT COLLATE "C" NOT NULL CHECK (json_typeof(form::json) = 'object')
);

CREATE TABLE screening (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    -- At most one owner; none is the system.
    account_id TEXT COLLATE "C" REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE,
    list TEXT COLLATE "C" NOT NULL CHECK (list IN ('allow', 'block', 'vip')),
    caller TEXT COLLATE "C" NOT NULL CHECK (caller = 'anonymous' OR caller ~ '^[+][1-9]'),
    CHECK (account_id IS NULL OR user_id IS NULL)
);
CREATE INDEX screening_account ON screening (account_id);
CREATE INDEX screening_user ON screening (user_id);
