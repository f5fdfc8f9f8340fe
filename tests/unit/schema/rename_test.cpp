#include "adapters/liquibase/rename.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::liquibase;

namespace {
Names names() {
    return {{{"shop", "shop2"}, {"audit", "audit2"}}, {{"shop", {"orders", "f"}}, {"audit", {"log"}}}};
}
}  // namespace

TEST_CASE("Own qualifiers go, those of other moved databases follow the mapping") {
    CHECK(
        localise("select `shop`.`orders`.`id`,`shop`.`f`(1),'`shop`.`orders`' from `shop`.`orders` join "
                 "`audit`.`log` join `else`.`log`",
                 "shop", names()) ==
        "select `orders`.`id`,`f`(1),'`shop`.`orders`' from `orders` join `audit2`.`log` join `else`.`log`");
}
TEST_CASE("An alias that is called like the database keeps its columns") {
    CHECK(localise("select `shop`.`id` from `shop`.`orders` `shop`", "shop", names()) ==
          "select `shop`.`id` from `orders` `shop`");
}
TEST_CASE("Definers are kept, left out or replaced") {
    const std::string ddl = "CREATE DEFINER=`a b`@`%` PROCEDURE `p`() select 'DEFINER=`x`@`y`'";
    CHECK(apply_definer(ddl, {DefinerPolicy::keep, ""}) == ddl);
    CHECK(apply_definer(ddl, {DefinerPolicy::strip, ""}) ==
          "CREATE PROCEDURE `p`() select 'DEFINER=`x`@`y`'");
    CHECK(apply_definer(ddl, {DefinerPolicy::map, "me@host"}) ==
          "CREATE DEFINER=`me`@`host` PROCEDURE `p`() select 'DEFINER=`x`@`y`'");
}
TEST_CASE("A typed trigger head follows the target, its body stays") {
    CHECK(
        rename_trigger_head("CREATE DEFINER=`r`@`%` trigger shop.t1 after insert on `shop`.orders for each "
                            "row delete from shop.x",
                            "shop", "s2") ==
        "CREATE DEFINER=`r`@`%` trigger `s2`.t1 after insert on `s2`.orders for each row delete from shop.x");
}
TEST_CASE("Text that names the database is noticed") {
    CHECK(mentions_database("begin delete from shop.x; end", "shop"));
    CHECK(mentions_database("begin delete from `shop` . x; end", "shop"));
    CHECK_FALSE(mentions_database("select 'shop.x', t.shop.x -- shop.x", "shop"));
}
