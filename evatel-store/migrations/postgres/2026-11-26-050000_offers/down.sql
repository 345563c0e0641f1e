DROP TABLE charges;
DROP TABLE quotes;
DROP TABLE subscriptions;
DROP TABLE offer_choices;
DROP TABLE offer_assignments;
DROP TABLE catalogue_items;
DROP TABLE catalogue;
