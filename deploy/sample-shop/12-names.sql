-- Names that are legal and that software forgets about.
SET NAMES utf8mb4;
SET sql_mode = '';
USE shop;

CREATE TABLE `order` (
    `select` INT NOT NULL AUTO_INCREMENT,
    `from` VARCHAR(20) DEFAULT NULL,
    `group` INT DEFAULT NULL,
    `key` VARCHAR(10) NOT NULL DEFAULT 'key',
    PRIMARY KEY (`select`),
    KEY `index` (`group`, `from`)
) ENGINE = InnoDB;

CREATE TABLE `a ``quoted`` table` (
    `id` INT NOT NULL,
    `with ``backtick``` INT DEFAULT NULL,
    `with "double"` INT DEFAULT NULL,
    `with 'single'` INT DEFAULT NULL,
    `with \ backslash` INT DEFAULT NULL,
    `with; semicolon` INT DEFAULT NULL,
    `with -- comment` INT DEFAULT NULL,
    `with /* comment */` INT DEFAULT NULL,
    PRIMARY KEY (`id`),
    KEY `key ``of`` "many" 'quotes'` (`with ``backtick```, `with "double"`, `with 'single'`)
) ENGINE = InnoDB;

CREATE TABLE `dots.and.100% of it` (
    `id` INT NOT NULL,
    `a.b` INT DEFAULT NULL,
    `100%` INT DEFAULT NULL,
    `?` INT DEFAULT NULL,
    `${x}` VARCHAR(20) DEFAULT '${default}',
    `#hash` INT DEFAULT NULL,
    `a=b&c` INT DEFAULT NULL,
    `<tag attr="1">` INT DEFAULT NULL,
    PRIMARY KEY (`id`),
    KEY `a.b` (`a.b`)
) ENGINE = InnoDB COMMENT = '<xml attr="it''s">&amp; ${not.a.property} ]]> \\n';

CREATE TABLE `таблица 商店` (
    `ключ` INT NOT NULL,
    `値` VARCHAR(40) DEFAULT NULL COMMENT 'значение — 値',
    `ÄÖÜ` INT DEFAULT NULL,
    PRIMARY KEY (`ключ`),
    KEY `индекс` (`値`(10))
) ENGINE = InnoDB COMMENT = 'имя';

CREATE TABLE `Mixed Case` (`Id` INT NOT NULL, `UPPER` INT DEFAULT NULL, `lower` INT DEFAULT NULL, PRIMARY KEY (`Id`)) ENGINE = InnoDB;

CREATE TABLE `123` (`1` INT NOT NULL, `2e3` INT DEFAULT NULL, PRIMARY KEY (`1`)) ENGINE = InnoDB;

CREATE TABLE `a_name_of_sixty_four_characters_which_is_as_long_as_they_may_get` (
    `id` INT NOT NULL,
    `a_column_of_sixty_four_characters_which_is_as_long_as_it_may_get` INT DEFAULT NULL,
    PRIMARY KEY (`id`),
    CONSTRAINT `a_constraint_name_of_sixty_four_characters_as_long_as_it_may_get`
        FOREIGN KEY (`a_column_of_sixty_four_characters_which_is_as_long_as_it_may_get`) REFERENCES `order` (`select`)
) ENGINE = InnoDB;

CREATE TABLE `child of ``quoted``` (
    `id` INT NOT NULL,
    `parent's id` INT DEFAULT NULL,
    PRIMARY KEY (`id`),
    KEY `fk "hostile" ``name``` (`parent's id`),
    CONSTRAINT `fk "hostile" ``name``` FOREIGN KEY (`parent's id`) REFERENCES `a ``quoted`` table` (`id`) ON DELETE CASCADE
) ENGINE = InnoDB;

INSERT INTO `order` (`from`, `group`) VALUES ('here', 1), ('there', 2), (NULL, NULL);
INSERT INTO `a ``quoted`` table` VALUES (1, 1, 2, 3, 4, 5, 6, 7), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO `dots.and.100% of it` (`id`, `a.b`, `100%`, `?`, `<tag attr="1">`) VALUES (1, 2, 3, 4, 5), (2, NULL, NULL, NULL, NULL);
INSERT INTO `таблица 商店` VALUES (1, 'один', 1), (2, '二', NULL), (-1, '', 0);
INSERT INTO `Mixed Case` VALUES (1, 2, 3);
INSERT INTO `123` VALUES (1, 2000), (123, NULL);
INSERT INTO `a_name_of_sixty_four_characters_which_is_as_long_as_they_may_get` VALUES (1, 1), (2, NULL);
INSERT INTO `child of ``quoted``` VALUES (1, 1), (2, 2), (3, NULL);
