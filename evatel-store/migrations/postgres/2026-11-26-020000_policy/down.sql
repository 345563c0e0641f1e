DROP TABLE reservation_counts;
ALTER TABLE reservations DROP COLUMN price_micros;
DROP TABLE leg_counts;
DROP TABLE approved_countries;
DROP TABLE limits;
DROP TABLE routes;

-- Rules that the older schema cannot say are left out.
CREATE TABLE restrictions_next (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND position(chr(10) IN name) = 0),
    -- At most one owner; none is the system.
    reseller_id TEXT COLLATE "C" REFERENCES resellers (id) ON DELETE CASCADE,
    account_id TEXT COLLATE "C" REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE,
    matches TEXT COLLATE "C" NOT NULL CHECK (matches ~ '^(class:[a-z]|prefix:[1-9])'),
    effect TEXT COLLATE "C" NOT NULL CHECK (effect IN ('allow', 'deny')),
    CHECK (((reseller_id IS NOT NULL)::INTEGER + (account_id IS NOT NULL)::INTEGER + (user_id IS NOT NULL)::INTEGER) <= 1)
);
INSERT INTO restrictions_next (id, name, reseller_id, account_id, user_id, matches, effect)
    SELECT id, name, reseller_id, account_id, user_id,
        CASE matches WHEN 'class:canada' THEN 'class:domestic' ELSE matches END, effect
    FROM restrictions
    WHERE device_id IS NULL AND hours IS NULL AND effect IN ('allow', 'deny')
        AND (matches LIKE 'prefix:%' AND matches NOT LIKE '%/%'
            OR matches IN ('class:canada', 'class:international', 'class:nanp-international', 'class:premium',
                'class:satellite', 'class:toll-free', 'class:unknown'));
DROP TABLE restrictions;
ALTER TABLE restrictions_next RENAME TO restrictions;
