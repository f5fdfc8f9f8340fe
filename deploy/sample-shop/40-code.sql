-- Views, triggers, routines and events: what the rows do not need, and what comes last.
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';
USE shop;

DELIMITER //

-- Functions first: views use them.
CREATE DEFINER = 'shop_owner'@'%' FUNCTION full_price(price DECIMAL(12, 4), rate DECIMAL(5, 4)) RETURNS DECIMAL(14, 4)
    DETERMINISTIC NO SQL
    COMMENT 'price with tax; it''s "rounded" \\ commercially'
BEGIN
    -- Comments inside stay where they are, with 'quotes' and `ticks`.
    RETURN round(price * (1 + rate), 4); /* 終 */
END//

CREATE DEFINER = 'shop_owner'@'%' FUNCTION customer_orders(customer BIGINT UNSIGNED) RETURNS INT
    READS SQL DATA SQL SECURITY INVOKER
RETURN (SELECT count(*) FROM orders WHERE customer_id = customer)//

CREATE DEFINER = 'shop_owner'@'%' FUNCTION `odd "name" of a ``function```(`the text` VARCHAR(40) CHARACTER SET latin1) RETURNS VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    DETERMINISTIC NO SQL
RETURN concat('<', `the text`, '>')//

CREATE DEFINER = 'shop_owner'@'%' PROCEDURE restock(IN product INT UNSIGNED, INOUT amount INT, OUT message VARCHAR(200) CHARACTER SET utf8mb4)
    MODIFIES SQL DATA
BEGIN
    DECLARE found INT DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        SET message = 'it didn''t work';
    END;
    SELECT count(*) INTO found FROM products WHERE id = product;
    IF found = 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such product';
    END IF;
    START TRANSACTION;
    INSERT INTO stock_moves (warehouse, product_id, moved, moved_at) VALUES (1, product, amount, now());
    COMMIT;
    SET amount = amount + 1, message = concat('stocked;', '\t', product);
END//

CREATE PROCEDURE close_old_orders(IN days INT)
    SQL SECURITY INVOKER COMMENT 'with a cursor'
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE one BIGINT;
    DECLARE many CURSOR FOR SELECT id FROM orders WHERE state = 'open' AND placed_at < now() - INTERVAL days DAY;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    OPEN many;
    each_order: LOOP
        FETCH many INTO one;
        IF done THEN LEAVE each_order; END IF;
        UPDATE orders SET state = 'cancelled' WHERE id = one;
    END LOOP;
    CLOSE many;
END//

CREATE PROCEDURE `do.nothing; really`() BEGIN END//

-- Routines keep the sql_mode of their making: here the same text means something else.
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'//
CREATE DEFINER = "shop_owner"@"%" FUNCTION "ansi ""quoted"""("first" VARCHAR(20)) RETURNS VARCHAR(60) DETERMINISTIC NO SQL
RETURN "first" || ' is "it"'//

SET sql_mode = 'NO_BACKSLASH_ESCAPES'//
CREATE DEFINER = 'shop_owner'@'%' FUNCTION windows_path(file VARCHAR(40)) RETURNS VARCHAR(80) DETERMINISTIC NO SQL
RETURN concat('C:\shop\', file)//

SET sql_mode = ''//
SET NAMES latin1 COLLATE latin1_german1_ci//
CREATE DEFINER = 'shop_owner'@'%' FUNCTION made_in_latin1(t VARCHAR(20)) RETURNS VARCHAR(40) DETERMINISTIC NO SQL
RETURN concat(t, '!')//
SET NAMES utf8mb4//

-- Triggers: several for one event, in an order that their names do not show.
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_z_first BEFORE INSERT ON orders FOR EACH ROW
    SET NEW.note = trim(NEW.note)//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_m_last BEFORE INSERT ON orders FOR EACH ROW
    SET NEW.note = nullif(NEW.note, '')//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_a_middle BEFORE INSERT ON orders FOR EACH ROW FOLLOWS orders_z_first
BEGIN
    IF NEW.total < 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a total can''t be negative';
    END IF;
END//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER `orders: before "all"` BEFORE INSERT ON orders FOR EACH ROW PRECEDES orders_z_first
    SET NEW.currency = upper(NEW.currency)//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_added AFTER INSERT ON orders FOR EACH ROW
    INSERT INTO audit_trail (what, object_id, who) VALUES ('order added', NEW.id, current_user())//
CREATE TRIGGER orders_changed AFTER UPDATE ON orders FOR EACH ROW
    INSERT INTO audit_trail (what, object_id, who) VALUES (concat('order ', OLD.state, ' → ', NEW.state), NEW.id, user())//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_checked BEFORE UPDATE ON orders FOR EACH ROW
    SET NEW.total = greatest(NEW.total, 0)//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_gone AFTER DELETE ON orders FOR EACH ROW
    INSERT INTO audit_trail (what, object_id) VALUES ('order gone', OLD.id)//
CREATE DEFINER = 'shop_owner'@'%' TRIGGER orders_going BEFORE DELETE ON orders FOR EACH ROW
    SET @last_order = OLD.id//
SET sql_mode = 'ANSI_QUOTES'//
CREATE TRIGGER product_price AFTER UPDATE ON products FOR EACH ROW
BEGIN
    IF NEW."price" <> OLD."price" THEN
        INSERT INTO "audit_trail" (what, object_id) VALUES ('price changed', NEW."id");
    END IF;
END//
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'//

DELIMITER ;

-- Views: on tables, on views, in an order that their names do not show.
CREATE DEFINER = 'shop_owner'@'%' SQL SECURITY DEFINER VIEW z_order_totals AS
    SELECT o.id AS order_id, o.customer_id, sum(i.amount) AS amount, count(*) AS `lines`
    FROM orders o JOIN order_items i ON i.order_id = o.id
    GROUP BY o.id, o.customer_id;

CREATE DEFINER = 'shop_owner'@'%' SQL SECURITY INVOKER VIEW m_customer_totals (customer, orders, spent) AS
    SELECT customer_id, count(*), round(sum(amount), 2) FROM z_order_totals GROUP BY customer_id;

CREATE ALGORITHM = TEMPTABLE DEFINER = 'shop_reports'@'localhost' SQL SECURITY INVOKER VIEW a_top_customers AS
    SELECT c.name, t.spent FROM m_customer_totals t JOIN customers c ON c.id = t.customer ORDER BY t.spent DESC, c.id LIMIT 100;

CREATE ALGORITHM = MERGE DEFINER = 'shop_owner'@'%' VIEW active_products AS
    SELECT id, sku, name, price, full_price(price, tax_rate) AS gross FROM products WHERE status = 'active' WITH CASCADED CHECK OPTION;

CREATE DEFINER = 'shop_owner'@'%' VIEW cheap_products AS
    SELECT id, sku, name, price FROM active_products WHERE price < 100 WITH LOCAL CHECK OPTION;

CREATE VIEW `view "of" ``all``, 100% 商店` AS
    SELECT `with ``backtick``` AS `a b`, `with "double"` AS `it's`, _utf8mb4'it''s \\ 値' AS `値` FROM `a ``quoted`` table`;

CREATE VIEW constants AS SELECT 1 AS one, 'text' AS word, NULL AS nothing, CAST('2024-01-01' AS DATE) AS day, x'00ff' AS bytes;

CREATE VIEW staff_list AS
    SELECT s.name, t.name AS team, m.name AS manager FROM staff s JOIN teams t ON t.id = s.team_id LEFT JOIN staff m ON m.id = s.manager_id
    UNION ALL SELECT name, '—', NULL FROM suppliers WHERE rating > 142;

DELIMITER //

CREATE DEFINER = 'shop_owner'@'%' EVENT nightly_cleanup ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 03:00:00' ENDS '2037-12-31 03:00:00'
    ON COMPLETION PRESERVE COMMENT 'it''s \\ far away'
DO BEGIN
    DELETE FROM carts WHERE touched < now() - INTERVAL 30 DAY;
    DELETE FROM audit_trail WHERE happened < now() - INTERVAL 1 YEAR;
END//

CREATE EVENT `once, "far" away` ON SCHEDULE AT '2037-06-01 00:00:00' ON COMPLETION NOT PRESERVE DISABLE DO SET @x = 1//

SET time_zone = '+05:30'//
SET sql_mode = 'ANSI_QUOTES'//
CREATE EVENT "half hours" ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2037-01-01 00:00:00' DISABLE DO INSERT INTO "counters" VALUES (1, 'half', 1)//

DELIMITER ;
SET time_zone = '+00:00';
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
