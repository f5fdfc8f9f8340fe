#include "adapters/mysql/definition_digest.hpp"

#include <catch2/catch.hpp>

using namespace transload::mysql;

TEST_CASE("a digest does not move with the auto-increment counter") {
    const std::string before =
        "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n) "
        "ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4";
    const std::string after =
        "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n) "
        "ENGINE=InnoDB AUTO_INCREMENT=123456 DEFAULT CHARSET=utf8mb4";
    CHECK(definition_digest(before) == definition_digest(after));
    CHECK(without_auto_increment(before).ends_with(") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"));
    CHECK(definition_digest(before).size() == 64);
}

TEST_CASE("what only looks like the counter stays in the digest") {
    const std::string one =
        "CREATE TABLE `t` (\n  `id` int COMMENT ' AUTO_INCREMENT=1'\n) ENGINE=InnoDB "
        "COMMENT='it''s AUTO_INCREMENT=5 here'";
    CHECK(without_auto_increment(one) == one);
    const std::string named =
        "CREATE TABLE `t` (\n  `id` int\n) /*!50100 TABLESPACE `x AUTO_INCREMENT=3 ` */ "
        "ENGINE=InnoDB AUTO_INCREMENT=9 COMMENT='a'";
    CHECK(without_auto_increment(named) ==
          "CREATE TABLE `t` (\n  `id` int\n) /*!50100 TABLESPACE `x AUTO_INCREMENT=3 "
          "` */ ENGINE=InnoDB COMMENT='a'");
}

TEST_CASE("a digest changes with the definition") {
    CHECK(definition_digest("CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB") !=
          definition_digest("CREATE TABLE `t` (\n  `a` bigint\n) ENGINE=InnoDB"));
    // Known answer: SHA-256 of "abc".
    CHECK(definition_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
