#include "adapters/liquibase/normalise.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::liquibase;

namespace {
SidesOfComparison sides(bool cross_version) {
    SidesOfComparison result;
    result.source_database = result.target_database = "shop";
    result.cross_version = cross_version;
    return result;
}
}  // namespace

TEST_CASE("Equal texts are identical") {
    CHECK(compare_texts("CREATE TABLE `t` (\n  `a` int\n)", "CREATE TABLE `t` (\n  `a` int\n)", sides(false))
              .identical);
}

TEST_CASE("A width that newer servers do not show is equivalent between versions only") {
    const std::string old_text =
                          "CREATE TABLE `t` (\n  `a` int(11) DEFAULT NULL,\n  `b` bigint(20) unsigned\n)",
                      new_text = "CREATE TABLE `t` (\n  `a` int DEFAULT NULL,\n  `b` bigint unsigned\n)";
    const Equivalence across = compare_texts(old_text, new_text, sides(true));
    CHECK(across.equivalent);
    CHECK_FALSE(across.identical);
    CHECK(across.reasons ==
          std::vector<std::string>{"newer servers do not show the display width of integers"});
    CHECK_FALSE(compare_texts(old_text, new_text, sides(false)).equivalent);
}

TEST_CASE("What counts is never called equivalent") {
    const auto differ = [](const std::string& left, const std::string& right) {
        return !compare_texts(left, right, sides(true)).equivalent;
    };
    CHECK(differ("`a` int(11)", "`a` bigint(20)"));
    CHECK(differ("`a` int(5) unsigned zerofill", "`a` int(6) unsigned zerofill"));
    CHECK(differ("`a` tinyint(1)", "`a` tinyint(4)"));
    CHECK(differ("`a` varchar(10) DEFAULT 'int(11)'", "`a` varchar(10) DEFAULT 'int'"));
    CHECK(differ("`a` varchar(10) CHARACTER SET utf8 COLLATE utf8_bin",
                 "`a` varchar(10) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci"));
    CHECK(differ("`a` varchar(10) COLLATE utf8mb4_bin",
                 "`a` varchar(10) CHARACTER SET latin1 COLLATE latin1_bin"));
    CHECK(differ("`a` datetime(6)", "`a` datetime"));
    CHECK(differ("KEY `k` (`a`)", "KEY `k` (`a`) /*!80000 INVISIBLE */"));
    CHECK(differ("CREATE VIEW `v` AS select 1\n-- client utf8mb4",
                 "CREATE VIEW `v` AS select 2\n-- client utf8mb4"));
}

TEST_CASE("A difference is told by its first differing lines") {
    const Equivalence result = compare_texts("same\n`a` int\nx", "same\n`a` text\nx", sides(false));
    CHECK(result.source_part == "`a` int");
    CHECK(result.target_part == "`a` text");
}
