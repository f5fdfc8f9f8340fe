-- Every column type, character set and row format, a table per family.
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = '';
USE shop;

CREATE TABLE type_integers (
    id INT NOT NULL AUTO_INCREMENT,
    t TINYINT, tu TINYINT UNSIGNED, flag TINYINT(1),
    s SMALLINT, su SMALLINT UNSIGNED,
    m MEDIUMINT, mu MEDIUMINT UNSIGNED,
    i INT, iu INT UNSIGNED, z INT(8) UNSIGNED ZEROFILL,
    b BIGINT, bu BIGINT UNSIGNED,
    y YEAR,
    PRIMARY KEY (id)
) ENGINE = InnoDB;

CREATE TABLE type_numbers (
    id INT NOT NULL AUTO_INCREMENT,
    d DECIMAL(10, 0), dmax DECIMAL(65, 30), du DECIMAL(20, 6) UNSIGNED, whole DECIMAL(65, 0),
    f FLOAT, fd FLOAT(9, 3), fu FLOAT UNSIGNED,
    g DOUBLE, gd DOUBLE(18, 6), gu DOUBLE UNSIGNED,
    PRIMARY KEY (id)
) ENGINE = InnoDB;

CREATE TABLE type_times (
    id INT NOT NULL AUTO_INCREMENT,
    d DATE, t TIME, t2 TIME(2), t6 TIME(6),
    dt DATETIME, dt1 DATETIME(1), dt6 DATETIME(6),
    ts TIMESTAMP NULL DEFAULT NULL, ts3 TIMESTAMP(3) NULL DEFAULT NULL, ts6 TIMESTAMP(6) NULL DEFAULT NULL,
    changed TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    made DATETIME(2) DEFAULT CURRENT_TIMESTAMP(2) ON UPDATE CURRENT_TIMESTAMP(2),
    fixed DATETIME NOT NULL DEFAULT '1999-12-31 23:59:59',
    zero DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00',
    PRIMARY KEY (id)
) ENGINE = InnoDB;

CREATE TABLE type_strings (
    id INT NOT NULL AUTO_INCREMENT,
    c CHAR(10), c0 CHAR(0) DEFAULT NULL, v VARCHAR(255) DEFAULT 'it''s a "default" \\ 値',
    tt TINYTEXT, x TEXT, mt MEDIUMTEXT, lt LONGTEXT,
    empty_default VARCHAR(10) NOT NULL DEFAULT '',
    PRIMARY KEY (id)
) ENGINE = InnoDB;

CREATE TABLE type_binaries (
    id INT NOT NULL AUTO_INCREMENT,
    b BINARY(8), b1 BINARY(1) DEFAULT 'x', v VARBINARY(300),
    tb TINYBLOB, x BLOB, mb MEDIUMBLOB, lb LONGBLOB,
    bit1 BIT(1), bit9 BIT(9) DEFAULT b'100000001', bit64 BIT(64),
    PRIMARY KEY (id),
    KEY ix_blob_prefix (x(10), v(5))
) ENGINE = InnoDB;

CREATE TABLE type_choices (
    id INT NOT NULL AUTO_INCREMENT,
    e ENUM('', 'a', 'b', 'A,B', 'it''s', 'back\\slash', 'naïve', '日本') DEFAULT 'a',
    l ENUM('x', 'y', 'é') CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'y',
    s SET('', 'one', 'two', 'it''s three') DEFAULT NULL,
    s64 SET('m01','m02','m03','m04','m05','m06','m07','m08','m09','m10','m11','m12','m13','m14','m15','m16',
            'm17','m18','m19','m20','m21','m22','m23','m24','m25','m26','m27','m28','m29','m30','m31','m32',
            'm33','m34','m35','m36','m37','m38','m39','m40','m41','m42','m43','m44','m45','m46','m47','m48',
            'm49','m50','m51','m52','m53','m54','m55','m56','m57','m58','m59','m60','m61','m62','m63','m64'),
    PRIMARY KEY (id)
) ENGINE = InnoDB;

CREATE TABLE type_json (
    id INT NOT NULL AUTO_INCREMENT,
    j JSON,
    j_needed JSON NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB;

CREATE TABLE type_shapes (
    id INT NOT NULL AUTO_INCREMENT,
    g GEOMETRY, p POINT, l LINESTRING, a POLYGON,
    mp MULTIPOINT, ml MULTILINESTRING, ma MULTIPOLYGON, gc GEOMETRYCOLLECTION,
    must GEOMETRY NOT NULL,
    PRIMARY KEY (id),
    SPATIAL KEY sx_shape (must)
) ENGINE = InnoDB;

CREATE TABLE type_charsets (
    id INT NOT NULL AUTO_INCREMENT,
    c_ascii VARCHAR(60) CHARACTER SET ascii,
    c_latin1 VARCHAR(60) CHARACTER SET latin1 COLLATE latin1_german2_ci,
    c_latin2 VARCHAR(60) CHARACTER SET latin2,
    c_cp1251 VARCHAR(60) CHARACTER SET cp1251 COLLATE cp1251_bin,
    c_koi8r VARCHAR(60) CHARACTER SET koi8r,
    c_greek VARCHAR(60) CHARACTER SET greek,
    c_gbk VARCHAR(60) CHARACTER SET gbk,
    c_big5 VARCHAR(60) CHARACTER SET big5,
    c_sjis VARCHAR(60) CHARACTER SET sjis,
    c_ujis VARCHAR(60) CHARACTER SET ujis,
    c_euckr VARCHAR(60) CHARACTER SET euckr,
    c_ucs2 VARCHAR(60) CHARACTER SET ucs2,
    c_utf16 VARCHAR(60) CHARACTER SET utf16 COLLATE utf16_bin,
    c_utf16le VARCHAR(60) CHARACTER SET utf16le,
    c_utf32 VARCHAR(60) CHARACTER SET utf32,
    c_utf8 VARCHAR(60) CHARACTER SET utf8 COLLATE utf8_unicode_ci,
    c_utf8mb4 VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_swedish_ci,
    c_binary VARCHAR(60) CHARACTER SET binary,
    t_gbk TEXT CHARACTER SET gbk COLLATE gbk_bin,
    t_sjis MEDIUMTEXT CHARACTER SET sjis COLLATE sjis_bin,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = latin1 COLLATE = latin1_swedish_ci;

-- A key whose order and equality only its own character set knows.
CREATE TABLE words_gbk (
    word VARCHAR(40) NOT NULL,
    meaning VARCHAR(100) CHARACTER SET utf8mb4 DEFAULT NULL,
    PRIMARY KEY (word)
) ENGINE = InnoDB DEFAULT CHARSET = gbk;

CREATE TABLE words_utf8 (
    word VARCHAR(40) NOT NULL,
    kind TINYINT NOT NULL,
    PRIMARY KEY (word, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8 COLLATE = utf8_general_ci;

CREATE TABLE rows_redundant (id INT NOT NULL PRIMARY KEY, v VARCHAR(100)) ENGINE = InnoDB ROW_FORMAT = REDUNDANT;
CREATE TABLE rows_compact (id INT NOT NULL PRIMARY KEY, v VARCHAR(100)) ENGINE = InnoDB ROW_FORMAT = COMPACT STATS_PERSISTENT = 0;
CREATE TABLE rows_dynamic (id INT NOT NULL PRIMARY KEY, v VARCHAR(16000)) ENGINE = InnoDB ROW_FORMAT = DYNAMIC AVG_ROW_LENGTH = 200 CHECKSUM = 1;
CREATE TABLE rows_compressed (id INT NOT NULL PRIMARY KEY, v TEXT) ENGINE = InnoDB ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 4 STATS_SAMPLE_PAGES = 30 STATS_AUTO_RECALC = 1;

-- Defaults that are expressions, and generated columns that build on each other.
CREATE TABLE defaults (
    id INT NOT NULL AUTO_INCREMENT,
    e_uuid CHAR(36) DEFAULT (uuid()),
    e_number INT DEFAULT (1 + 2),
    e_text VARCHAR(40) DEFAULT (concat('it''s ', 'made', ' \\ here')),
    e_json JSON DEFAULT (json_array(1, 'two')),
    e_blob BLOB DEFAULT ('blob'),
    n_null INT DEFAULT NULL,
    base INT NOT NULL DEFAULT 7,
    doubled INT GENERATED ALWAYS AS (base * 2) VIRTUAL,
    doubled_again INT GENERATED ALWAYS AS (doubled * 2) STORED COMMENT 'from ''doubled''',
    initial CHAR(1) GENERATED ALWAYS AS (left(e_text, 1)) VIRTUAL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_defaults (doubled_again, id)
) ENGINE = InnoDB;
