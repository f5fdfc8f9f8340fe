#include <catch2/catch.hpp>

#include "tests/integration/binlog/replay.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace transload::mysql::binlog;

namespace {

void replays_the_shop(Flavour flavour, const ServerOptions& options) {
    if (!available(flavour)) SKIP_TEST("needs " << name_of(flavour));
    const TestServer server = TestServer::start(flavour, options);
    const auto folder = source_dir() / "deploy" / "sample-shop";
    const Position from = position_now(server);
    for (const char* file : {"00-database.sql", "10-tables.sql", "11-types.sql", "12-names.sql", "20-mysql-only.sql",
                             "31-edge-rows.sql"}) {
        if (flavour == Flavour::mariadb && std::string_view(file) == "20-mysql-only.sql") continue;
        sql_file(server, folder / file);
    }
    const std::vector<TablePlan> plans = plans_of(server, "shop");
    std::vector<Piece> pieces = read_log(server, plans, from, {.job_takes_new_tables = false});
    Replica replica(server, plans);
    replica.apply(pieces);
    CHECK(replica.rows() > 100);
    CHECK(replica.differences() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("the shop is made again from the log of MySQL 8.0, cell by cell") {
    replays_the_shop(Flavour::mysql80, {});
}

TEST_CASE("the shop is made again from the log of MySQL 9 with GTIDs and compressed transactions") {
    replays_the_shop(Flavour::mysql97, {.gtid = true, .extra = {"--binlog-transaction-compression=ON"}});
}

TEST_CASE("the shop is made again from the compressed log of MariaDB") {
    replays_the_shop(Flavour::mariadb, {.extra = {"--log-bin-compress=ON", "--log-bin-compress-min-len=10"}});
}
