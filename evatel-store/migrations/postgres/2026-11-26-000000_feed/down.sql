DROP INDEX accounts_reseller;
DROP TABLE changes;
