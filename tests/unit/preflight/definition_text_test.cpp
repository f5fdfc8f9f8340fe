#include "adapters/mysql/preflight/definition_text.hpp"

#include <catch2/catch.hpp>

using namespace transload::mysql;

TEST_CASE("quoted text is taken out of a definition, however it is quoted") {
    CHECK(without_quoted("`a``b` int DEFAULT 'it''s \\' CHECK (' COMMENT 'x'") ==
          "`` int DEFAULT '' COMMENT ''");
}

TEST_CASE("key words are found as whole words") {
    CHECK(has_words("`` int, CHECK (1)", "CHECK ("));
    CHECK_FALSE(has_words("`` int, UNCHECK (1)", "CHECK ("));
    CHECK_FALSE(has_words("KEY_BLOCK_SIZE_X=8", "KEY_BLOCK_SIZE"));
    CHECK(has_words(" KEY_BLOCK_SIZE=8", "KEY_BLOCK_SIZE"));
}

TEST_CASE("the names that a view uses are found in its text") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(name_pairs("select `shop`.`t`.`id` AS `id`,'`x`.`y`' AS `n` from `shop`.`od``d` join `t2`") ==
          Pairs{{"shop", "t"}, {"t", "id"}, {"shop", "od`d"}});
}

TEST_CASE("the SELECT of a view is what follows the first AS that is not in quotes") {
    CHECK(behind_as("CREATE DEFINER=`a AS b`@`%` VIEW `x AS y` (`c`) AS select 1 AS `one`") ==
          "select 1 AS `one`");
    CHECK(behind_as("nothing").empty());
}
