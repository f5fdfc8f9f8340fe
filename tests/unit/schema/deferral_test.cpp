#include "adapters/liquibase/deferral.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::liquibase;

namespace {
std::set<std::string> deferred(const std::string& items, const std::string& key = "PRIMARY",
                               const std::string& tail = ") ENGINE=InnoDB") {
    std::optional<RowKey> row_key;
    if (!key.empty()) row_key = RowKey{key, {}};
    return deferrable_indexes(parse_table("CREATE TABLE `t` (\n  " + items + "\n" + tail), row_key);
}
const std::string kColumns = "`id` int NOT NULL AUTO_INCREMENT, `a` int NOT NULL, `b` int DEFAULT NULL";
using Names = std::set<std::string>;
}  // namespace

TEST_CASE("Secondary indexes wait for the rows") {
    CHECK(deferred(kColumns +
                   ", PRIMARY KEY (`id`), UNIQUE KEY `u` (`a`), KEY `k` (`b`), FULLTEXT KEY `f` (`b`)") ==
          Names{"u", "k", "f"});
}
TEST_CASE("The chunk key is never deferred") {
    CHECK(deferred(kColumns + ", UNIQUE KEY `u` (`id`), KEY `k` (`b`)", "u") == Names{"k"});
}
TEST_CASE("The index that AUTO_INCREMENT needs is never deferred") {
    CHECK(deferred(kColumns + ", PRIMARY KEY (`a`), KEY `ai` (`id`), KEY `k` (`b`)") == Names{"k"});
}
TEST_CASE("Nothing is deferred where SHOW CREATE would list the indexes in another order") {
    CHECK(deferred(kColumns + ", PRIMARY KEY (`a`), KEY `k` (`b`), KEY `ai` (`id`)").empty());
}
TEST_CASE("Without a primary key the index that InnoDB clusters by stays") {
    CHECK(
        deferred(
            "`a` int NOT NULL, `b` int NOT NULL, UNIQUE KEY `u1` (`a`), UNIQUE KEY `u2` (`b`), KEY `k` (`a`)",
            "u2") == Names{"k"});
    CHECK(deferred("`a` int NOT NULL, `b` int DEFAULT NULL, UNIQUE KEY `u1` (`a`), KEY `k` (`b`)", "") ==
          Names{"k"});
}
TEST_CASE("Only InnoDB without system versions gains by it") {
    CHECK(deferred(kColumns + ", PRIMARY KEY (`id`), KEY `k` (`b`)", "PRIMARY", ") ENGINE=MyISAM").empty());
    CHECK(deferred(kColumns + ", PRIMARY KEY (`id`), KEY `k` (`b`)", "PRIMARY",
                   ") ENGINE=InnoDB WITH SYSTEM VERSIONING")
              .empty());
}
