-- The shop's own tables.
SET NAMES utf8mb4;
SET time_zone = '+00:00';
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
USE shop;

CREATE TABLE currencies (
    code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(64) NOT NULL,
    minor_digits TINYINT UNSIGNED NOT NULL DEFAULT 2,
    rate DECIMAL(20, 10) NOT NULL DEFAULT 1.0000000000,
    PRIMARY KEY (code)
) ENGINE = InnoDB COMMENT = 'ISO 4217; it''s "short" \\ and sweet — 通貨';

CREATE TABLE countries (
    code CHAR(2) CHARACTER SET latin1 COLLATE latin1_general_ci NOT NULL,
    name VARCHAR(100) CHARACTER SET latin1 NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    in_union TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (code),
    UNIQUE KEY uq_country_name (name(40)),
    CONSTRAINT fk_country_currency FOREIGN KEY (currency) REFERENCES currencies (code) ON UPDATE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = latin1;

-- Refers to itself.
CREATE TABLE categories (
    id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
    parent_id SMALLINT UNSIGNED DEFAULT NULL,
    name VARCHAR(80) NOT NULL COMMENT 'shown as is: ''quoted'', back\\slash, 100%',
    position MEDIUMINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY ix_parent_position (parent_id, position DESC),
    CONSTRAINT fk_category_parent FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE SET NULL
) ENGINE = InnoDB AUTO_INCREMENT = 1000;

-- A binary key.
CREATE TABLE suppliers (
    id BINARY(16) NOT NULL,
    name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    reference VARCHAR(36) NOT NULL DEFAULT (uuid()),
    tax_number VARBINARY(20) DEFAULT NULL,
    rating FLOAT DEFAULT NULL,
    country CHAR(2) CHARACTER SET latin1 COLLATE latin1_general_ci DEFAULT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_supplier_tax (tax_number),
    KEY fk_supplier_country (country),
    CONSTRAINT fk_supplier_country FOREIGN KEY (country) REFERENCES countries (code) ON DELETE SET NULL ON UPDATE CASCADE
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE products (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT,
    sku VARCHAR(32) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
    category_id SMALLINT UNSIGNED DEFAULT NULL,
    supplier_id BINARY(16) DEFAULT NULL,
    name VARCHAR(200) NOT NULL,
    description TEXT,
    status ENUM('draft', 'active', 'sold out', 'it''s gone', '') NOT NULL DEFAULT 'draft',
    flags SET('new', 'sale', 'fragile', 'gift-wrap', 'adults only') NOT NULL DEFAULT 'new',
    price DECIMAL(12, 4) NOT NULL,
    tax_rate DECIMAL(5, 4) NOT NULL DEFAULT 0.1900,
    gross DECIMAL(14, 4) GENERATED ALWAYS AS (round(price * (1 + tax_rate), 4)) STORED COMMENT 'price with tax',
    weight DOUBLE DEFAULT NULL,
    width FLOAT DEFAULT NULL,
    options BIT(12) NOT NULL DEFAULT b'101',
    label VARCHAR(255) GENERATED ALWAYS AS (concat(sku, ' · ', name)) VIRTUAL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at TIMESTAMP(3) NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(3),
    PRIMARY KEY (id),
    UNIQUE KEY uq_product_sku (sku),
    KEY ix_product_name (name(20)),
    KEY ix_product_price (price DESC, id),
    KEY ix_product_gross (gross),
    KEY fk_product_supplier (supplier_id),
    KEY ix_product_category (category_id, status),
    FULLTEXT KEY ft_product (name, description),
    CONSTRAINT fk_product_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT fk_product_supplier FOREIGN KEY (supplier_id) REFERENCES suppliers (id) ON DELETE RESTRICT,
    CONSTRAINT ck_product_price CHECK (price >= 0)
) ENGINE = InnoDB AUTO_INCREMENT = 50000 COMMENT = 'What we sell';

-- A composite key with text in it.
CREATE TABLE product_texts (
    product_id INT UNSIGNED NOT NULL,
    locale CHAR(5) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
    title VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    body MEDIUMTEXT,
    details JSON DEFAULT NULL,
    PRIMARY KEY (product_id, locale),
    KEY ix_text_title (title(16), locale),
    CONSTRAINT fk_text_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
) ENGINE = InnoDB;

CREATE TABLE product_images (
    product_id INT UNSIGNED NOT NULL,
    number TINYINT UNSIGNED NOT NULL,
    mime VARCHAR(40) CHARACTER SET ascii NOT NULL DEFAULT 'image/png',
    pixels MEDIUMBLOB NOT NULL,
    checksum BINARY(16) GENERATED ALWAYS AS (unhex(left(sha2(pixels, 256), 32))) STORED,
    PRIMARY KEY (product_id, number),
    CONSTRAINT fk_image_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE = InnoDB;

-- Unsigned 64-bit keys, sparse, some above 2^63.
CREATE TABLE customers (
    id BIGINT UNSIGNED NOT NULL,
    email VARCHAR(190) NOT NULL,
    name VARCHAR(120) NOT NULL,
    phone VARCHAR(40) CHARACTER SET ascii DEFAULT NULL,
    born DATE DEFAULT NULL,
    country CHAR(2) CHARACTER SET latin1 COLLATE latin1_general_ci DEFAULT NULL,
    credit DECIMAL(18, 6) NOT NULL DEFAULT 0.000000,
    settings JSON DEFAULT NULL,
    email_domain VARCHAR(190) GENERATED ALWAYS AS (substring_index(email, '@', -1)) VIRTUAL,
    seen_at TIMESTAMP NULL DEFAULT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_customer_email (email),
    KEY ix_customer_domain (email_domain),
    KEY fk_customer_country (country),
    CONSTRAINT fk_customer_country FOREIGN KEY (country) REFERENCES countries (code) ON DELETE SET NULL ON UPDATE CASCADE
) ENGINE = InnoDB;

CREATE TABLE addresses (
    customer_id BIGINT UNSIGNED NOT NULL,
    kind ENUM('billing', 'delivery') NOT NULL,
    street VARCHAR(150) NOT NULL,
    city VARCHAR(80) NOT NULL,
    postcode VARCHAR(12) CHARACTER SET ascii NOT NULL DEFAULT '',
    place POINT NOT NULL,
    PRIMARY KEY (customer_id, kind),
    KEY ix_address_city (city, postcode),
    SPATIAL KEY sx_address_place (place),
    CONSTRAINT fk_address_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE = InnoDB;

CREATE TABLE orders (
    id BIGINT NOT NULL AUTO_INCREMENT,
    customer_id BIGINT UNSIGNED NOT NULL,
    state ENUM('open', 'paid', 'sent', 'returned', 'cancelled') NOT NULL DEFAULT 'open',
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'EUR',
    total DECIMAL(14, 2) NOT NULL DEFAULT 0.00,
    note VARCHAR(500) DEFAULT NULL,
    placed_at DATETIME(3) NOT NULL,
    changed_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    placed_on DATE GENERATED ALWAYS AS (cast(placed_at AS DATE)) STORED,
    PRIMARY KEY (id),
    KEY ix_order_customer (customer_id, placed_at DESC),
    KEY ix_order_state (state, placed_on),
    KEY fk_order_currency (currency),
    CONSTRAINT fk_order_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON UPDATE CASCADE,
    CONSTRAINT fk_order_currency FOREIGN KEY (currency) REFERENCES currencies (code) ON UPDATE CASCADE
) ENGINE = InnoDB AUTO_INCREMENT = 5000000;

CREATE TABLE order_items (
    order_id BIGINT NOT NULL,
    line SMALLINT UNSIGNED NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    quantity SMALLINT UNSIGNED NOT NULL DEFAULT 1,
    price DECIMAL(12, 4) NOT NULL,
    amount DECIMAL(18, 4) GENERATED ALWAYS AS (quantity * price) VIRTUAL,
    PRIMARY KEY (order_id, line),
    KEY ix_item_product (product_id, quantity),
    CONSTRAINT fk_item_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT fk_item_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE NO ACTION ON UPDATE CASCADE,
    CONSTRAINT ck_item_quantity CHECK (quantity > 0 AND quantity < 10000)
) ENGINE = InnoDB;

CREATE TABLE payments (
    id BIGINT UNSIGNED NOT NULL,
    paid_on DATE NOT NULL,
    order_id BIGINT NOT NULL,
    method ENUM('card', 'invoice', 'transfer') NOT NULL,
    amount DECIMAL(14, 2) NOT NULL,
    token VARBINARY(32) DEFAULT NULL,
    PRIMARY KEY (id, paid_on),
    KEY ix_payment_order (order_id)
) ENGINE = InnoDB
PARTITION BY RANGE COLUMNS (paid_on) (
    PARTITION before_2023 VALUES LESS THAN ('2023-01-01') COMMENT = 'archive',
    PARTITION y2023 VALUES LESS THAN ('2024-01-01'),
    PARTITION y2024 VALUES LESS THAN ('2025-01-01'),
    PARTITION later VALUES LESS THAN (MAXVALUE)
);

CREATE TABLE stock_moves (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT,
    warehouse SMALLINT NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    moved MEDIUMINT NOT NULL,
    moved_at DATETIME NOT NULL,
    PRIMARY KEY (id, warehouse),
    KEY ix_move_product (product_id, moved_at)
) ENGINE = InnoDB
PARTITION BY LIST (warehouse) (
    PARTITION north VALUES IN (1, 2, 3),
    PARTITION south VALUES IN (4, 5),
    PARTITION other VALUES IN (NULL, 0, -1)
);

CREATE TABLE page_views (
    viewed_at DATETIME(2) NOT NULL,
    customer_id BIGINT UNSIGNED DEFAULT NULL,
    path VARCHAR(200) CHARACTER SET latin1 NOT NULL,
    millis INT DEFAULT NULL
) ENGINE = InnoDB COMMENT = 'no key at all, rows may be equal'
PARTITION BY RANGE (year(viewed_at))
SUBPARTITION BY HASH (month(viewed_at)) SUBPARTITIONS 2 (
    PARTITION old VALUES LESS THAN (2024),
    PARTITION new VALUES LESS THAN MAXVALUE
);

CREATE TABLE carts (
    session_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    position INT NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    touched TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (session_id, position)
) ENGINE = InnoDB PARTITION BY KEY (session_id) PARTITIONS 3;

CREATE TABLE counters (
    shard INT NOT NULL,
    name VARCHAR(40) NOT NULL,
    hits BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, name)
) ENGINE = InnoDB PARTITION BY LINEAR HASH (shard) PARTITIONS 4;

-- Negative and far-apart keys.
CREATE TABLE ledger (
    entry BIGINT NOT NULL,
    account INT NOT NULL,
    amount DECIMAL(30, 10) NOT NULL,
    booked TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (entry),
    KEY ix_ledger_account (account, entry)
) ENGINE = InnoDB;

-- A key that ignores case, accents and trailing spaces.
CREATE TABLE coupons (
    code VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
    percent DECIMAL(5, 2) NOT NULL,
    valid_from DATE NOT NULL DEFAULT '2020-01-01',
    valid_to DATE DEFAULT NULL,
    PRIMARY KEY (code)
) ENGINE = InnoDB;

-- Only a unique key, and that one takes NULL any number of times.
CREATE TABLE newsletter (
    email VARCHAR(190) DEFAULT NULL,
    source VARCHAR(20) DEFAULT NULL,
    asked_at DATETIME DEFAULT NULL,
    UNIQUE KEY uq_newsletter_email (email)
) ENGINE = InnoDB;

-- Two tables that refer to each other.
CREATE TABLE teams (
    id INT NOT NULL AUTO_INCREMENT,
    name VARCHAR(60) NOT NULL,
    leader_id INT DEFAULT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_team_name (name),
    KEY fk_team_leader (leader_id)
) ENGINE = InnoDB;

CREATE TABLE staff (
    id INT NOT NULL AUTO_INCREMENT,
    team_id INT NOT NULL,
    manager_id INT DEFAULT NULL,
    name VARCHAR(100) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_staff_team (team_id, id),
    KEY fk_staff_manager (team_id, manager_id),
    CONSTRAINT fk_staff_team FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT fk_staff_manager FOREIGN KEY (team_id, manager_id) REFERENCES staff (team_id, id)
) ENGINE = InnoDB;

ALTER TABLE teams ADD CONSTRAINT fk_team_leader FOREIGN KEY (leader_id) REFERENCES staff (id) ON DELETE SET NULL;

-- Written by triggers.
CREATE TABLE audit_trail (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    happened DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    what VARCHAR(60) NOT NULL,
    object_id BIGINT DEFAULT NULL,
    who VARCHAR(100) DEFAULT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 8 AUTO_INCREMENT = 77;
