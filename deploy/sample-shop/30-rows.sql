-- Some 350,000 rows out of a seed. Each value is made of checksums of the seed and the row number, so
-- that every load gives the same bytes. (No MD5 or SHA1, which
-- MySQL 9 has in a component only; no division of decimals, whose digits depend on the version.)
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET foreign_key_checks = 0, unique_checks = 0;
USE shop;

SET @seed = '2026-transload';

-- Row numbers 0 to 59999, dropped at the end.
CREATE TABLE row_numbers (n INT NOT NULL PRIMARY KEY, a INT UNSIGNED NOT NULL, b INT UNSIGNED NOT NULL) ENGINE = InnoDB;

INSERT INTO row_numbers (n, a, b)
SELECT n, crc32(concat(@seed, 'a', n)), crc32(concat(@seed, 'b', n))
FROM (SELECT e.d * 10000 + t.d * 1000 + h.d * 100 + z.d * 10 + o.d AS n
      FROM (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) e,
           (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL
            SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) t,
           (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL
            SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) h,
           (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL
            SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) z,
           (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL
            SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) o) AS numbers
ORDER BY n;

INSERT INTO currencies (code, name, minor_digits, rate) VALUES
    ('EUR', 'Euro €', 2, 1), ('USD', 'US dollar', 2, 1.0834000000), ('JPY', '円', 0, 163.2500000000),
    ('GBP', 'Pound £', 2, 0.8512345678), ('KWD', 'دينار', 3, 0.3330000000), ('XAU', 'Gold', 0, 0.0004321987);

INSERT INTO countries (code, name, currency, in_union) VALUES
    ('DE', 'Deutschland', 'EUR', 1), ('FR', 'France', 'EUR', 1), ('AT', 'Österreich', 'EUR', 1), ('ES', 'España', 'EUR', 1),
    ('IT', 'Italia', 'EUR', 1), ('CI', 'Côte d''Ivoire', 'USD', 0), ('US', 'United States', 'USD', 0), ('JP', 'Japan', 'JPY', 0),
    ('GB', 'United Kingdom', 'GBP', 0), ('KW', 'Kuwait', 'KWD', 0), ('CW', 'Curaçao', 'USD', 0), ('AX', 'Åland', 'EUR', 1);

-- A forest three levels deep; a parent always has the smaller number.
INSERT INTO categories (id, parent_id, name, position)
SELECT n + 1, IF(n < 20, NULL, IF(n < 100, a % 20, 20 + a % 80) + 1),
       concat(elt(1 + a % 8, 'Shoes', 'Books', 'Käse', 'Audio', '玩具', 'Garden', 'Ёлки', 'Tools'), ' ', n), CAST(b % 2000 AS SIGNED) - 1000
FROM row_numbers WHERE n < 400 ORDER BY n;

INSERT INTO suppliers (id, name, reference, tax_number, rating, country)
SELECT unhex(left(sha2(concat(@seed, 'supplier', n), 256), 32)), concat(elt(1 + a % 5, 'Müller & Söhne', 'ACME', '株式会社', 'O''Neill', 'Smith\\Jones'), ' ', n),
       concat(lpad(hex(a), 8, '0'), '-', lpad(hex(b), 8, '0')), IF(n % 5 = 0, NULL, unhex(left(sha2(concat(@seed, n), 256), 24))),
       IF(n % 11 = 0, NULL, (a % 1000) / 7e0), elt(1 + b % 13, 'DE', 'FR', 'AT', 'ES', 'IT', 'CI', 'US', 'JP', 'GB', 'KW', 'CW', 'AX', NULL)
FROM row_numbers WHERE n < 500 ORDER BY 1;

INSERT INTO products (id, sku, category_id, supplier_id, name, description, status, flags, price, tax_rate, weight, width, options, created_at, changed_at)
SELECT n * 3 + 1, concat('SKU-', lpad(hex(a), 8, '0'), '-', n), IF(n % 17 = 0, NULL, 1 + b % 400),
       IF(n % 23 = 0, NULL, unhex(left(sha2(concat(@seed, 'supplier', a % 500), 256), 32))),
       concat(elt(1 + a % 9, 'red', 'blue', 'grün', 'black', 'white', '赤い', 'tiny', 'large', 'ol'''), ' ',
              elt(1 + b % 7, 'chair', 'lamp', 'Tasse', 'book', 'кружка', 'table', 'radio'), ' ', n),
       IF(n % 9 = 0, NULL, concat('A ', elt(1 + b % 4, 'fine', 'cheap', 'rare', 'solid'), ' thing.\nWeight\tand "size" vary; see C:\\docs\\', n, ' ', repeat(left(sha2(n, 256), 32), 1 + a % 4))),
       1 + a % 4, b % 32, (a % 1000000) * 0.01, elt(1 + b % 3, 0.19, 0.07, 0), IF(n % 13 = 0, NULL, a / 977e0), b / 1013e0, a % 4096,
       '2019-01-01' + INTERVAL (a % 150000000) SECOND + INTERVAL (b % 1000000) MICROSECOND,
       IF(n % 3 = 0, NULL, '2022-01-01' + INTERVAL (b % 90000000) SECOND + INTERVAL (a % 1000) * 1000 MICROSECOND)
FROM row_numbers WHERE n < 10000 ORDER BY n;

INSERT INTO product_texts (product_id, locale, title, body, details)
SELECT n * 3 + 1, l.locale, concat(l.word, ' ', lower(hex(a)), ' ', n), repeat(concat(l.word, ' — ', left(sha2(concat(n, l.locale), 256), 40), '\n'), 1 + b % 5),
       IF(a % 10 = 0, NULL, concat('{"size": [', a % 100, ', ', b % 1000 * 0.125, '], "colour": "', l.word, '", "fragile": ', IF(b % 2, 'true', 'false'),
                                  ', "path": "C:\\\\x\\"', n, '", "none": null, "big": ', a * CAST(4294967296 AS UNSIGNED) + b, '}'))
FROM row_numbers JOIN (SELECT 'de_DE' AS locale, 'Größe' AS word UNION ALL SELECT 'ja_JP', '大きさ 😀') AS l
WHERE n < 10000 ORDER BY n, l.locale;

INSERT INTO product_images (product_id, number, mime, pixels)
SELECT n * 3 + 1, 1, elt(1 + a % 2, 'image/png', 'image/jpeg'), repeat(unhex(sha2(concat(@seed, n), 512)), 8 + a % 200)
FROM row_numbers WHERE n < 600 ORDER BY n;

-- One customer in ten has a key around and above 2^63.
INSERT INTO customers (id, email, name, phone, born, country, credit, settings, seen_at)
SELECT IF(n % 10 = 0, 9223372036854000000 + n * CAST(977 AS UNSIGNED), n * 61 + 3), concat(lower(hex(a)), '.', n, '@', elt(1 + b % 5, 'example.com', 'example.org', 'post.example', 'bücher.example', 'EXAMPLE.NET')),
       concat(elt(1 + a % 8, 'Ada', 'Björn', 'Chloé', 'Дмитрий', '恵子', 'O''Brien', 'Zoë', 'Ngũgĩ'), ' ', elt(1 + b % 6, 'Smith', 'Müller', 'García', 'Ильин', '田中', 'D"Arc')),
       IF(n % 4 = 0, NULL, concat('+', a % 99, ' ', b)), IF(n % 6 = 0, NULL, '1930-01-01' + INTERVAL (a % 28000) DAY),
       elt(1 + b % 13, 'DE', 'FR', 'AT', 'ES', 'IT', 'CI', 'US', 'JP', 'GB', 'KW', 'CW', 'AX', NULL),
       CAST(a AS SIGNED) * 0.000001 - 2000, IF(n % 3 = 0, NULL, concat('{"theme": "', elt(1 + a % 3, 'dark', 'light', '暗い'), '", "limit": ', b, ', "tags": ["x", ', n, ']}')),
       IF(n % 5 = 0, NULL, '2020-01-01' + INTERVAL (b % 180000000) SECOND)
FROM row_numbers WHERE n < 20000 ORDER BY 1;

INSERT INTO addresses (customer_id, kind, street, city, postcode, place)
SELECT IF(n % 10 = 0, 9223372036854000000 + n * CAST(977 AS UNSIGNED), n * 61 + 3), 1 + n % 2, concat(elt(1 + a % 5, 'Hauptstraße', 'rue de l''Église', 'High Street', '銀座', 'Calle Ñ'), ' ', 1 + b % 200),
       elt(1 + b % 6, 'Köln', 'Nîmes', 'Bath', '東京', 'León', 'Riga'), lpad(a % 100000, 5, '0'), point((a % 360000) * 0.001 - 180, (b % 180000) * 0.001 - 90)
FROM row_numbers WHERE n < 20000 ORDER BY 1;

INSERT INTO orders (id, customer_id, state, currency, total, note, placed_at, changed_at)
SELECT 1000 + n * 2, IF((a % 20000) % 10 = 0, 9223372036854000000 + a % 20000 * CAST(977 AS UNSIGNED), a % 20000 * 61 + 3), 1 + b % 5,
       elt(1 + a % 4, 'EUR', 'USD', 'JPY', 'GBP'), (b % 10000000) * 0.01,
       CASE n % 8 WHEN 0 THEN concat('Please ring\ttwice,\n"loudly" — order ', n) WHEN 1 THEN '' WHEN 2 THEN concat('\\N ', n) ELSE NULL END,
       '2022-01-01' + INTERVAL (a % 110000000) SECOND + INTERVAL (b % 1000) * 1000 MICROSECOND,
       '2023-01-01' + INTERVAL (b % 80000000) SECOND + INTERVAL (a % 1000000) MICROSECOND
FROM row_numbers ORDER BY n;

INSERT INTO order_items (order_id, line, product_id, quantity, price)
SELECT 1000 + n * 2, l.line, (a + l.line * 7919) % 10000 * 3 + 1, 1 + (b >> l.line) % 9, ((b + l.line) % 500000) * 0.01
FROM row_numbers JOIN (SELECT 1 AS line UNION ALL SELECT 2 UNION ALL SELECT 3) AS l ON l.line <= 1 + a % 3
ORDER BY n, l.line;

INSERT INTO payments (id, paid_on, order_id, method, amount, token)
SELECT CAST(a AS UNSIGNED) * 65536 + n, '2022-01-01' + INTERVAL (b % 1400) DAY, 1000 + n * 2, 1 + a % 3, (b % 10000000) * 0.01, IF(n % 3 = 0, NULL, unhex(left(sha2(concat(@seed, 'token', n), 256), 32)))
FROM row_numbers WHERE n < 30000 ORDER BY 1;

INSERT INTO stock_moves (id, warehouse, product_id, moved, moved_at)
SELECT n + 1, CAST(a % 7 AS SIGNED) - 1, b % 10000 * 3 + 1, CAST(a % 2000 AS SIGNED) - 1000, '2021-06-01' + INTERVAL (a % 100000000) SECOND
FROM row_numbers WHERE n < 25000 ORDER BY n;

-- Every seventh row is there twice.
INSERT INTO page_views (viewed_at, customer_id, path, millis)
SELECT '2023-01-01' + INTERVAL (a % 63000000) SECOND + INTERVAL (b % 100) * 10000 MICROSECOND, IF(n % 4 = 0, NULL, n % 20000 * 61 + 3),
       concat('/', elt(1 + b % 4, 'home', 'café', 'search?q=100%25', 'p'), '/', a % 500), IF(n % 9 = 0, NULL, b % 3000)
FROM row_numbers JOIN (SELECT 0 AS twin UNION ALL SELECT 1) AS twins ON twin = 0 OR n % 7 = 0
WHERE n < 21000 ORDER BY n;

INSERT INTO carts (session_id, position, product_id, touched)
SELECT left(sha2(concat(@seed, 'cart', n), 256), 32), CAST(a % 20 AS SIGNED) - 10, b % 10000 * 3 + 1, '2025-01-01' + INTERVAL (a % 30000000) SECOND
FROM row_numbers WHERE n < 5000 ORDER BY n;

INSERT INTO counters (shard, name, hits)
SELECT CAST(a % 64 AS SIGNED) - 32, concat('counter ', n), CAST(a AS UNSIGNED) * b FROM row_numbers WHERE n < 1000 ORDER BY n;

INSERT INTO ledger (entry, account, amount, booked)
SELECT (CAST(n AS SIGNED) - 5000) * 1844674407370955, CAST(b % 50 AS SIGNED) - 25, (CAST(a AS SIGNED) - 2147483648) * 0.0103092783, '2021-01-01' + INTERVAL (b % 150000000) SECOND + INTERVAL (a % 1000000) MICROSECOND
FROM row_numbers WHERE n < 10000 ORDER BY n;

INSERT INTO coupons (code, percent, valid_from, valid_to)
SELECT concat(elt(1 + a % 4, 'Spring', 'ÉTÉ', 'herbst', '冬'), '-', hex(b), n), (a % 10000) * 0.01, '2024-01-01' + INTERVAL (a % 700) DAY, IF(n % 3 = 0, NULL, '2027-01-01')
FROM row_numbers WHERE n < 500 ORDER BY n;

INSERT INTO newsletter (email, source, asked_at)
SELECT IF(n % 3 = 0, NULL, concat('reader', n, '@example.com')), elt(1 + a % 3, 'web', 'shop', NULL), IF(n % 10 = 0, NULL, '2024-05-01' + INTERVAL (a % 3600) SECOND)
FROM row_numbers WHERE n < 3000 ORDER BY n;

INSERT INTO teams (id, name, leader_id) VALUES (1, 'Buying', 2), (2, 'Lager', 4), (3, '広報', NULL);
INSERT INTO staff (id, team_id, manager_id, name) VALUES
    (1, 1, 2, 'Ann'), (2, 1, NULL, 'Ben'), (3, 2, 4, 'Cem'), (4, 2, NULL, 'Dörte'), (5, 2, 3, 'Eve'), (6, 3, NULL, '文子');

INSERT INTO audit_trail (happened, what, object_id, who)
SELECT '2024-01-01' + INTERVAL a % 1000000 SECOND, elt(1 + b % 3, 'order added', 'order changed', 'price changed'), n, elt(1 + a % 3, 'app@%', 'root@localhost', NULL)
FROM row_numbers WHERE n < 2000 ORDER BY n;

INSERT INTO words_gbk (word, meaning)
SELECT concat(elt(1 + a % 6, '商店', '中文', '銀行', '詞語', '一', '龍'), n), concat('word ', n) FROM row_numbers WHERE n < 500 ORDER BY n;

DROP TABLE row_numbers;
SET foreign_key_checks = 1, unique_checks = 1;
