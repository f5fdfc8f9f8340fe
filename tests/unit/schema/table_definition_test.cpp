#include "adapters/liquibase/table_definition.hpp"

#include <catch2/catch.hpp>

#include "adapters/liquibase/complete.hpp"

using namespace transload::liquibase;

namespace {
const char* const kTable =
    "CREATE TABLE `o,rd(er` (\n"
    "  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'a, b (c) AUTO_INCREMENT=5',\n"
    "  `e` enum('x,y',')','it''s') DEFAULT 'x,y',\n"
    "  `g` int(11) GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL,\n"
    "  PRIMARY KEY (`id`),\n"
    "  UNIQUE KEY `u` (`e`(3),`g` DESC),\n"
    "  KEY `fn` ((lower(`e`))),\n"
    "  CONSTRAINT `fk,1` FOREIGN KEY (`g`) REFERENCES `other`.`t` (`id`) ON DELETE CASCADE,\n"
    "  CONSTRAINT `c` CHECK ((`g` > 0))\n"
    ") ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4\n"
    "/*!50100 PARTITION BY HASH (`id`)\n"
    "PARTITIONS 3 */";
}

TEST_CASE("A definition taken apart and put together again is the same text") {
    CHECK(parse_table(kTable).text() == kTable);
}

TEST_CASE("Items are known by kind, name and columns") {
    const TableDefinition table = parse_table(kTable);
    REQUIRE(table.items.size() == 8);
    CHECK(table.items[0].auto_increment);
    CHECK(table.items[0].not_null);
    CHECK_FALSE(table.items[1].not_null);
    CHECK(table.items[4].kind == ItemKind::index);
    CHECK(table.items[4].unique);
    CHECK(table.items[4].parts == std::vector<std::string>{"e", "g"});
    CHECK(table.items[5].parts.empty());
    CHECK(table.items[6].kind == ItemKind::foreign_key);
    CHECK(table.items[6].name == "fk,1");
    CHECK(table.items[6].referenced_database == "other");
    CHECK(table.items[6].referenced_table == "t");
    CHECK(table.items[7].kind == ItemKind::check);
}

TEST_CASE("The AUTO_INCREMENT option goes, the word in a comment stays") {
    std::optional<std::string> value;
    const std::string text = without_auto_increment(kTable, &value);
    CHECK(value == "42");
    CHECK(text.find("ENGINE=InnoDB DEFAULT") != std::string::npos);
    CHECK(text.find("AUTO_INCREMENT=5'") != std::string::npos);
}

TEST_CASE("What names a place on the source's disk is left out and said") {
    std::vector<std::string> removed;
    CHECK(without_placement(
              ") /*!50100 TABLESPACE `ts` */ ENGINE=InnoDB DATA DIRECTORY='/x y/' COMMENT='DATA DIRECTORY'",
              &removed) == ") ENGINE=InnoDB COMMENT='DATA DIRECTORY'");
    CHECK(removed == std::vector<std::string>{"TABLESPACE", "DATA DIRECTORY"});
    CHECK(without_placement(") /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB") ==
          ") /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB");
}
