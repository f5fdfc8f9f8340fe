-- Rows that get lost or changed when a tool is careless: extremes, zero dates, odd texts, odd keys.
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
USE shop;

-- Key 0 where numbers are given out, and the ends of the ranges.
INSERT INTO type_integers (id, t, tu, flag, s, su, m, mu, i, iu, z, b, bu, y) VALUES
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (-1, -128, 0, -128, -32768, 0, -8388608, 0, -2147483648, 0, 0, -9223372036854775808, 0, 1901),
    (1, 127, 255, 127, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 4294967295, 9223372036854775807, 18446744073709551615, 2155),
    (2147483646, 1, 1, 1, 1, 1, 1, 1, 1, 1, 42, 9007199254740993, 9223372036854775808, 2026),
    (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO type_numbers (id, d, dmax, du, whole, f, fd, fu, g, gd, gu) VALUES
    (1, 9999999999, 99999999999999999999999999999999999.999999999999999999999999999999, 99999999999999.999999,
        99999999999999999999999999999999999999999999999999999999999999999, 3.4028234e38, 999999.999, 3.4028234e38, 1.7976931348623157e308, 123456789012.345678, 1.7976931348623157e308),
    (2, -9999999999, -99999999999999999999999999999999999.999999999999999999999999999999, 0.000001,
        -99999999999999999999999999999999999999999999999999999999999999999, -3.4028234e38, -999999.999, 1.17549435e-38, -1.7976931348623157e308, -0.000001, 2.2250738585072014e-308),
    (3, 0, 0.000000000000000000000000000001, 0, 1, 0.1, 0.001, 0.3, 0.1, 0.1, 0.30000000000000004),
    (4, -1, -0.000000000000000000000000000001, 1.5, -1, -0e0, 0, 16777217, -0e0, 0, 4.9406564584124654e-324),
    (5, 5, 1.1, 1.1, 5, 1e-45, 1.005, 16777216, 9007199254740993, 1.0000005, 5e-324),
    (6, 6, 2.5, 2.5, 6, 8388608.5, 2.675, 1.1754942e-38, 0.1e0 + 0.2e0, 2.5, 1e23),
    (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO type_times (id, d, t, t2, t6, dt, dt1, dt6, ts, ts3, ts6, changed, made, zero) VALUES
    (1, '0000-00-00', '-838:59:59', '-838:59:59', '-838:59:59.000000', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00'),
    (2, '2024-00-10', '838:59:59', '838:59:58.99', '838:59:58.999999', '2024-00-10 01:02:03', '2024-01-00 04:05:06.7', '0000-01-01 00:00:00.000001', '1970-01-01 00:00:01', '1970-01-01 00:00:01.001', '1970-01-01 00:00:01.000001', NULL, NULL, '2024-00-00 00:00:00'),
    (3, '2024-01-00', '00:00:00', '-00:00:00.01', '-00:00:00.000001', '9999-12-31 23:59:59', '9999-12-31 23:59:59.9', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '2038-01-19 03:14:07.999', '2038-01-19 03:14:07.999999', '2024-03-31 01:30:00.5', '2024-10-27 01:30:00.25', '1000-01-01 00:00:00'),
    (4, '1000-01-01', '23:59:59', '24:00:00.50', '100:00:00.100000', '0001-01-01 00:00:00', '2024-02-29 12:00:00.5', '1969-12-31 23:59:59.999999', '2024-03-31 02:30:00', '2024-10-27 02:30:00.123', '2024-10-27 01:30:00.100000', '2024-01-01 00:00:00', '2024-01-01 00:00:00', '2024-01-01 00:00:00'),
    (5, '9999-12-31', '-00:00:01', '12:34:56.7', '-23:59:59.999999', '1000-01-01 00:00:00', '1000-01-01 00:00:00', '1000-01-01 00:00:00', '2000-01-01 00:00:00', '2000-01-01 00:00:00', '2000-01-01 00:00:00.000010', '2000-01-01 00:00:00', '2000-01-01 00:00:00', '2000-01-01 00:00:00'),
    (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '0000-00-00 00:00:00');

INSERT INTO type_strings (id, c, c0, v, tt, x, mt, lt, empty_default) VALUES
    (1, '', '', '', '', '', '', '', ''),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'NULL'),
    (3, 'trail   ', '', 'trail   ', 'trail   ', '\\N', 'NULL', 'null', '   '),
    (4, '\\', NULL, '\\\\', '\\n', 'tab\there', 'line\nbreak', 'cr\rlf\r\n', '\t'),
    (5, '\0', NULL, 'nul\0inside', '\Z', '\b', '"double"', '''single''', '`tick`'),
    (6, '😀', NULL, '👩‍👩‍👧‍👦 🇩🇪', 'é', '\\.', ',;|', '%_', '\\'),
    (7, '日本語', NULL, 'ﷺ', repeat('x', 255), repeat('é', 30000), repeat('wide — ', 40000), repeat('long\n\\t', 100000), '0'),
    (8, ' lead', NULL, '\nstart', '\\N\t\\N', 'LOAD DATA', '-- not a comment', '/* nor this */', '1e5'),
    (9, '0x41', NULL, 'true', '{}', '[', '<xml/>', ']]>', '${x}');

INSERT INTO type_binaries (id, b, b1, v, tb, x, mb, lb, bit1, bit9, bit64) VALUES
    (1, '', '', '', '', '', '', '', b'0', b'0', b'0'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, x'0000000000000000', x'00', x'00', x'0000', x'5c', x'0a', x'0d0a', b'1', b'111111111', b'1111111111111111111111111111111111111111111111111111111111111111'),
    (4, x'ffffffffffffffff', x'ff', x'5c4e', x'5c5c4e', x'09', x'1a', x'27', 1, 92, 10),
    (5, 'abc', 'é', x'e9', x'c3a9', x'f09f9880', repeat(x'00ff5c0a0d09271a22', 10000), repeat(x'000102030405060708090a0b0c0d0e0f5c27221a', 60000), 0, 39, 9223372036854775808),
    (6, 'a  ', ' ', 'a  ', ' ', x'c0af', x'eda080', x'fffe', 0, 256, 5),
    (7, x'61000000', '\\', '\\', '\'', '"', unhex(sha2('seed', 512)), repeat(unhex(sha2('seed', 256)), 3000), 1, 1, 1);

-- An enumeration's index 0 is the empty text that is no member.
INSERT INTO type_choices (id, e, l, s, s64) VALUES
    (1, '', 'x', '', ''), (2, 'a', 'y', 'one', 'm01'), (3, 'A,B', 'é', 'one,two', 'm64'), (4, 'it''s', 'x', 'it''s three', 'm01,m64'),
    (5, 'back\\slash', 'x', 'one,two,it''s three', 18446744073709551615), (6, 'naïve', 'x', NULL, 9223372036854775808), (7, '日本', 'x', NULL, NULL), (8, NULL, 'y', NULL, 0);
INSERT IGNORE INTO type_choices (id, e, l, s, s64) VALUES (9, 'no such member', 'nor this', 'nor this', 'one,m02'), (10, 0, 0, 0, 0);

INSERT INTO type_json (id, j, j_needed) VALUES
    (1, '{"a": {"b": [1, 2.50, true, false, null, {"c": []}]}, "": "empty key", "a b": {}}', '{}'),
    (2, NULL, '[]'),
    (3, '1', '-1'), (4, '"text"', '""'), (5, 'null', 'true'), (6, '1.5', 'false'), (7, '1e100', '-0.0'), (8, '18446744073709551615', '-9223372036854775808'),
    (9, '"tab\\t newline\\n quote\\" backslash\\\\ slash\\/ nul\\u0000 bell\\u0007 del\\u007f"', '"é 日本 😀 \\u00e9 \\ud83d\\ude00"'),
    (10, '{"key": 1, "KEY": 2, "ключ": 3, "k\\"ey": 4, "k\\\\ey": 5}', '[1, 1.0, 1e0, "1"]'),
    (11, '[0.1, 0.30000000000000004, 123456789012345678, 1.7976931348623157e308, 5e-324, 12345678901234567890]', '[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]'),
    (12, concat('{"long": "', repeat('ab\\\\n', 20000), '"}'), concat('[', repeat('1, ', 5000), '2]'));

INSERT INTO type_shapes (id, g, p, l, a, mp, ml, ma, gc, must) VALUES
    (1, ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POINT(-0.1 1e-300)'), ST_GeomFromText('LINESTRING(0 0, 1 1, 2 0.5)'), ST_GeomFromText('POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))'),
        ST_GeomFromText('MULTIPOINT((0 0), (5 5))'), ST_GeomFromText('MULTILINESTRING((0 0, 1 1), (2 2, 3 3))'), ST_GeomFromText('MULTIPOLYGON(((0 0, 1 0, 1 1, 0 1, 0 0)), ((5 5, 6 5, 6 6, 5 6, 5 5)))'),
        ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1))'), ST_GeomFromText('POINT(0 0)')),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ST_GeomFromText('LINESTRING(1 2, 3 4)')),
    (3, ST_GeomFromText('LINESTRING(0 0, 0.1 0.2)', 4326), ST_GeomFromText('POINT(10 20)', 4326), ST_GeomFromText('LINESTRING(1 1, 2 2)', 4326), NULL, NULL, NULL, NULL, ST_GeomFromText('GEOMETRYCOLLECTION EMPTY'),
        ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))')),
    (4, ST_GeomFromText('POINT(123456789.123456789 -987654321.987654321)', 3857), ST_GeomFromText('POINT(1e100 -1e100)'), NULL, NULL, NULL, NULL, NULL, NULL, ST_GeomFromText('POINT(92 39)'));

INSERT INTO type_charsets (id, c_ascii, c_latin1, c_latin2, c_cp1251, c_koi8r, c_greek, c_gbk, c_big5, c_sjis, c_ujis, c_euckr, c_ucs2, c_utf16, c_utf16le, c_utf32, c_utf8, c_utf8mb4, c_binary, t_gbk, t_sjis) VALUES
    (1, 'plain', 'naïve € ß', 'Łódź', 'Привет', 'Привет', 'Αθήνα', '中文', '中文', '日本語', '日本語', '한국어', 'ucs2 日本 é', 'utf16 😀', 'le 😀', 'utf32 😀', '日本 é', '😀', '😀', '中文\\', '日本語\\'),
    (2, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    -- Characters whose second byte is a backslash, a quote's neighbour or a line end in their own set.
    (4, 'a\\b', 'a\\b', 'a\\b', 'a\\b', 'a\\b', 'a\\b', '誠實', '功許蓋', '表示ソ能', '表', '한', '\\', '尀', '尀', '尀', '\\', '\\', '\\N', '誠\n誠\t', 'ソ\nソ\t表'),
    (5, 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ', 'trail  ');
INSERT INTO type_charsets (id, c_latin1, c_binary, c_ascii) VALUES (6, x'80818d8f909dff', x'00ff5c0a', '\0\t\n\r\Z');

INSERT INTO words_gbk (word, meaning) VALUES ('誠', 'its second byte is a backslash'), ('a', 'lower'), ('B', 'upper'), ('', 'empty');
INSERT INTO words_utf8 (word, kind) VALUES ('a', 1), ('A', 2), ('á', 3), ('b', 1), ('B', 2), ('', 0), ('z', -1), ('日本', 1), ('a b', 1), ('a-b', 1);
INSERT INTO coupons (code, percent, valid_from, valid_to) VALUES ('', 0, '0000-00-00', '0000-00-00'), ('a b', 1, '2020-01-01', NULL), ('it''s', 2, '2020-01-01', NULL), ('back\\slash', 3, '2020-01-01', NULL), ('ß', 4, '2020-01-01', NULL), ('100%', 5, '2020-01-01', NULL), ('under_score', 6, '2020-01-01', NULL);

INSERT INTO ledger (entry, account, amount, booked) VALUES
    (-9223372036854775808, 0, -99999999999999999999.9999999999, '1970-01-01 00:00:01'), (9223372036854775807, 0, 99999999999999999999.9999999999, '2038-01-19 03:14:07.999999'),
    (-1, 0, 0, '2024-01-01'), (1, 0, 0.0000000001, '2024-01-01');
INSERT INTO customers (id, email, name) VALUES (18446744073709551615, 'last@example.com', 'The last one'), (0, 'zero@example.com', 'Nobody'), (9223372036854775807, 'signed@example.com', 'i64 max'), (9223372036854775808, 'beyond@example.com', 'i64 max + 1');
INSERT INTO addresses (customer_id, kind, street, city, place) VALUES (18446744073709551615, 'billing', '', '', ST_GeomFromText('POINT(0 0)')), (0, 'delivery', '\\', '\n', ST_GeomFromText('POINT(-180 90)'));
INSERT INTO categories (id, parent_id, name) VALUES (0, 0, 'its own parent'), (65000, NULL, '');
INSERT INTO `order` (`select`, `from`) VALUES (0, 'zero');
INSERT INTO newsletter VALUES (NULL, NULL, NULL), (NULL, NULL, NULL), ('', '', '0000-00-00 00:00:00');
INSERT INTO page_views VALUES ('2023-05-05 05:05:05.05', NULL, '', NULL), ('2023-05-05 05:05:05.05', NULL, '', NULL), ('0000-00-00 00:00:00', 18446744073709551615, '\\N', -2147483648);
INSERT INTO carts (session_id, position, product_id, touched) VALUES ('', -2147483648, 0, '0000-00-00 00:00:00'), ('', 2147483647, 1, '2024-01-01');
INSERT INTO stock_moves (id, warehouse, product_id, moved, moved_at) VALUES (0, -1, 1, -8388608, '0000-00-00 00:00:00'), (4294967290, 5, 1, 8388607, '9999-12-31 23:59:59');

INSERT INTO rows_redundant VALUES (1, 'redundant'), (2, NULL), (-3, '');
INSERT INTO rows_compact VALUES (1, 'compact'), (2, NULL), (-3, '');
INSERT INTO rows_dynamic VALUES (1, repeat('dynamic ', 2000)), (2, NULL), (-3, '');
INSERT INTO rows_compressed VALUES (1, repeat('compressed ', 5000)), (2, NULL), (-3, '');
INSERT INTO defaults (id, e_uuid) VALUES (1, '00000000-0000-0000-0000-000000000001'), (2, NULL);
INSERT INTO defaults (id, e_uuid, base, e_text, e_json, e_blob) VALUES (3, '', -7, '', NULL, x'00ff'), (4, 'x', 0, NULL, '{"own": 1}', NULL);
