#include "orchestrator/plan/selection.hpp"

#include <catch2/catch.hpp>

using namespace transload;

TEST_CASE("a glob matches a whole name and nothing less") {
    CHECK(glob_match("*", "anything"));
    CHECK(glob_match("tmp_*", "tmp_1"));
    CHECK_FALSE(glob_match("tmp_", "tmp_1"));
    CHECK_FALSE(glob_match("*", "") == false);
    CHECK(glob_match("or?ers", "orders"));
    CHECK(glob_match("t[0-9]", "t7"));
    CHECK_FALSE(glob_match("t[!0-9]", "t7"));
    CHECK(glob_match("a\\*b", "a*b"));
    CHECK_FALSE(glob_match("a\\*b", "axb"));
    CHECK_FALSE(glob_match("Orders", "orders"));
}

TEST_CASE("a selection takes what is included and not excluded, by short or full name") {
    Selection selection;
    CHECK(selects(selection, "shop", "orders"));
    selection.exclude = {"tmp_*", "shop.log"};
    CHECK_FALSE(selects(selection, "shop", "tmp_x"));
    CHECK_FALSE(selects(selection, "shop", "log"));
    CHECK(selects(selection, "audit", "log"));
    selection.include = {"audit.*"};
    CHECK_FALSE(selects(selection, "shop", "orders"));
    CHECK(selects(selection, "audit", "orders"));
}
