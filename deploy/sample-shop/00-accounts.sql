-- The accounts that own some of the shop's views and routines. They are locked: nobody logs in as them, but
-- definers must be somebody, on a server that the shop is moved to as well.
CREATE USER IF NOT EXISTS 'shop_owner'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'shop_reports'@'localhost' ACCOUNT LOCK;
GRANT ALL PRIVILEGES ON shop.* TO 'shop_owner'@'%';
GRANT SELECT, EXECUTE ON shop.* TO 'shop_reports'@'localhost';
