DROP TABLE screening;
DROP TABLE presences;
DROP TABLE offices;
-- What the older schema cannot hold is lost: shared contacts, and all of a contact but its name and first number.
DELETE FROM contacts WHERE user_id IS NULL;
DROP INDEX contacts_of_account;
DROP INDEX contacts_of_user;
ALTER TABLE contacts DROP CONSTRAINT contacts_owner;
ALTER TABLE contacts DROP COLUMN account_id;
ALTER TABLE contacts DROP COLUMN pronunciation;
ALTER TABLE contacts DROP COLUMN nicknames;
ALTER TABLE contacts DROP COLUMN other_numbers;
ALTER TABLE contacts ALTER COLUMN user_id SET NOT NULL;
ALTER TABLE contacts ADD CONSTRAINT contacts_user_id_name_key UNIQUE (user_id, name);
