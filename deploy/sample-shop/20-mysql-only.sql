-- What MySQL 8.0.13 and later have and MariaDB has not.
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = '';
USE shop;

CREATE TABLE stores (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT,
    name VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs NOT NULL,
    place POINT NOT NULL SRID 4326,
    district POLYGON SRID 0 DEFAULT NULL,
    route LINESTRING SRID 3857 DEFAULT NULL,
    anything GEOMETRY DEFAULT NULL,
    opened DATE DEFAULT (date '2001-02-03'),
    contact JSON DEFAULT (json_object('phone', null)),
    phone VARCHAR(40) GENERATED ALWAYS AS (json_unquote(json_extract(contact, '$.phone'))) STORED,
    PRIMARY KEY (id),
    SPATIAL KEY sx_store_place (place),
    KEY ix_store_name ((lower(name)), opened DESC),
    KEY ix_store_year ((year(opened)), (month(opened))),
    KEY ix_store_hidden (opened) INVISIBLE,
    UNIQUE KEY uq_store_name (name) COMMENT 'one ''name'' each'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_0900_ai_ci COMMENT = 'shops of brick';

INSERT INTO stores (name, place, district, route, anything, opened, contact) VALUES
    ('Berlin', ST_GeomFromText('POINT(52.52 13.405)', 4326),
        ST_GeomFromText('POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2))', 0),
        ST_GeomFromText('LINESTRING(0 0, 1000.5 2000.25, -3000 4000)', 3857),
        ST_GeomFromText('POINT(1 2)', 4326), '1999-05-06', '{"phone": "+49 30 1234"}'),
    ('berlin', ST_GeomFromText('POINT(-33.8688 151.2093)', 4326), NULL, NULL,
        ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1))', 0), '2010-11-12', '{"phone": null}'),
    ('Bérlin', ST_GeomFromText('POINT(90 180)', 4326), NULL, NULL, NULL, NULL, NULL),
    ('東京', ST_GeomFromText('POINT(35.6762 139.6503)', 4326), NULL, NULL, NULL, '2020-02-29', '{"phone": "03-1234", "tags": ["a", 1.50]}');

-- Types inside JSON that its text does not show.
CREATE TABLE type_json_exact (
    id INT NOT NULL AUTO_INCREMENT,
    j JSON,
    price DECIMAL(10, 2) GENERATED ALWAYS AS (json_extract(j, '$.price')) VIRTUAL,
    PRIMARY KEY (id),
    KEY ix_json_price (price)
) ENGINE = InnoDB;

INSERT INTO type_json_exact (j) VALUES
    (json_object('price', CAST(1.10 AS DECIMAL(10, 2)), 'big', CAST('12345678901234567890.123456789' AS DECIMAL(40, 9)))),
    (json_object('date', date '2024-02-29', 'time', time '-12:34:56.789', 'at', timestamp '2024-01-02 03:04:05.678901')),
    (json_array(CAST(0 AS DECIMAL(5, 3)), 1e0, 1, 18446744073709551615, -9223372036854775808, 1.0, 0.1e0)),
    (json_object('bytes', CAST(x'00ff0a5c' AS BINARY), 'text', 'a\0b\tc\nd"e\\f')),
    (CAST(CAST(3.14 AS DECIMAL(4, 2)) AS JSON)), (CAST(date '1000-01-01' AS JSON)), (CAST(timestamp '9999-12-31 23:59:59.999999' AS JSON)),
    (CAST(CAST(18446744073709551615 AS UNSIGNED) AS JSON)), (CAST(1e308 AS JSON)), (CAST('null' AS JSON)), (NULL);

CREATE TABLE texts_0900 (
    word VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL,
    language CHAR(2) CHARACTER SET ascii NOT NULL,
    german VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_de_pb_0900_as_cs DEFAULT NULL,
    japanese VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_ja_0900_as_cs_ks DEFAULT NULL,
    body TEXT,
    PRIMARY KEY (word, language),
    FULLTEXT KEY ft_ngram (body) /*!50100 WITH PARSER ngram */
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_hr_0900_ai_ci;

INSERT INTO texts_0900 VALUES
    ('straße', 'de', 'Straße', NULL, 'die lange Straße'), ('strasse', 'xx', 'Strasse', NULL, NULL),
    ('東京', 'ja', NULL, 'とうきょう', '東京は日本の首都です'), ('trailing ', 'en', '', '', ''), ('trailing', 'en', NULL, NULL, 'no space');

CREATE TABLE storage_hints (
    id INT NOT NULL,
    a INT COLUMN_FORMAT FIXED DEFAULT NULL,
    b VARCHAR(20) COLUMN_FORMAT DYNAMIC DEFAULT NULL,
    c TEXT,
    d INT GENERATED ALWAYS AS (id * 2) STORED NOT NULL,
    PRIMARY KEY (id),
    KEY ix_hint (b) USING BTREE KEY_BLOCK_SIZE = 0 COMMENT 'it''s here'
) ENGINE = InnoDB MAX_ROWS = 1000000 MIN_ROWS = 10 PACK_KEYS = 1 DELAY_KEY_WRITE = 0;

INSERT INTO storage_hints (id, a, b, c) VALUES (1, 2, 'three', 'four');
