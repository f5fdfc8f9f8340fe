#include "adapters/liquibase/expressions.hpp"

#include <catch2/catch.hpp>

using namespace transload::liquibase;

namespace {
std::vector<std::string> texts(const TakenApart& apart) {
    std::vector<std::string> result;
    for (const Expression& one : apart.expressions) result.push_back(one.text);
    return result;
}
}  // namespace

TEST_CASE("A view is taken apart into its SELECT and the rest, check option included") {
    const TakenApart apart = take_apart_view(
        "CREATE ALGORITHM=MERGE DEFINER=`AS`@`%` SQL SECURITY INVOKER VIEW `as` (`x AS y`) AS select 'AS' AS "
        "`a`,(not(`t`.`b`)) AS `AS` from `t` WITH CASCADED CHECK OPTION");
    CHECK(texts(apart) == std::vector<std::string>{"select 'AS' AS `a`,(not(`t`.`b`)) AS `AS` from `t`"});
    CHECK(apart.frame ==
          "CREATE ALGORITHM=MERGE DEFINER=`AS`@`%` SQL SECURITY INVOKER VIEW `as` (`x AS y`) AS ? WITH "
          "CASCADED CHECK OPTION");
    CHECK(take_apart_view("CREATE VIEW `v` AS select 1").frame !=
          take_apart_view("CREATE VIEW `v` AS select 1 WITH LOCAL CHECK OPTION").frame);
    CHECK(take_apart_view("no view").expressions.empty());
}

TEST_CASE(
    "A table is taken apart into the expressions of its columns, checks and indexes, and nothing else") {
    const TakenApart apart = take_apart_table(
        "CREATE TABLE `t` (\n"
        "  `a` int(11) DEFAULT '(1)' COMMENT 'AS (x), CHECK (y)',\n"
        "  `as` enum('DEFAULT (1)') DEFAULT ((not(1))),\n"
        "  `g` int(11) GENERATED ALWAYS AS ((`a` and (`a` or ')'))) STORED NOT NULL,\n"
        "  KEY `i` (`a`(3),(isnull(`a`)) DESC,((not(`a`)))),\n"
        "  KEY `j` (`a`(3)),\n"
        "  CONSTRAINT `c` CHECK ((`a` > 0)),\n"
        "  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`a`)\n"
        ") ENGINE=InnoDB COMMENT='CHECK (z)'");
    CHECK(texts(apart) == std::vector<std::string>{"((not(1)))", "((`a` and (`a` or ')')))", "(isnull(`a`))",
                                                   "((not(`a`)))", "((`a` > 0))"});
    CHECK(apart.expressions.back().kind == ExpressionKind::condition);
    CHECK(apart.expressions.front().kind == ExpressionKind::value);
    CHECK(apart.frame ==
          "CREATE TABLE `t` (\n"
          "  `a` int(11) DEFAULT '(1)' COMMENT 'AS (x), CHECK (y)',\n"
          "  `as` enum('DEFAULT (1)') DEFAULT ?,\n"
          "  `g` int(11) GENERATED ALWAYS AS ? STORED NOT NULL,\n"
          "  KEY `i` (`a`(3),? DESC,?),\n"
          "  KEY `j` (`a`(3)),\n"
          "  CONSTRAINT `c` CHECK ?,\n"
          "  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`a`)\n"
          ") ENGINE=InnoDB COMMENT='CHECK (z)'");
}
