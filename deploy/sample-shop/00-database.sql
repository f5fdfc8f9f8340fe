-- The database, and the accounts that own some of its views and routines. They are locked: nobody
-- logs in as them, but definers must be somebody.
SET NAMES utf8mb4;

CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE USER IF NOT EXISTS 'shop_owner'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'shop_reports'@'localhost' ACCOUNT LOCK;
GRANT ALL PRIVILEGES ON shop.* TO 'shop_owner'@'%';
GRANT SELECT, EXECUTE ON shop.* TO 'shop_reports'@'localhost';
