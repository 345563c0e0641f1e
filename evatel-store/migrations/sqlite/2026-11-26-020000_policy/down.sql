DROP TABLE reservation_counts;
ALTER TABLE reservations DROP COLUMN price_micros;
DROP TABLE leg_counts;
DROP TABLE approved_countries;
DROP TABLE limits;
DROP TABLE routes;

-- Rules that the older schema cannot say are left out.
CREATE TABLE restrictions_next (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND instr(name, char(10)) = 0),
    -- At most one owner; none is the system.
    reseller_id TEXT REFERENCES resellers (id) ON DELETE CASCADE,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    matches TEXT NOT NULL CHECK (matches GLOB 'class:[a-z]*' OR matches GLOB 'prefix:[1-9]*'),
    effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
    CHECK (((reseller_id IS NOT NULL) + (account_id IS NOT NULL) + (user_id IS NOT NULL)) <= 1)
) STRICT;
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
