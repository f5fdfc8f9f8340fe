#include <catch2/catch.hpp>

#include "tests/follow/replication.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/cutting_proxy/cutting_proxy.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/workload.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* live = "live";

/// The engine is the servers' own replication: what is at stake here is the workload and the comparison.
void check_against_replication(Flavour from, Flavour to) {
    if (!available(from) || !available(to)) SKIP_TEST("no server of this flavour");
    // MySQL 9 has GTIDs on unless it is told otherwise, and then takes no source without.
    const TestServer source = TestServer::start(from, {.gtid = to == Flavour::mysql97});
    const TestServer replica = TestServer::start(to, {.gtid = to == Flavour::mysql97});
    begin_replication(source, replica);
    create_workload_tables(source, live, {.rows = 1000, .foreign_keys = true});
    Workload workload(source, live, {.seed = 42, .writers = 4, .big_rows = 5000, .big_every = 100, .foreign_keys = true, .truncate = true});
    const bool busy = workload.wait_for_more(2000, 60s);
    workload.stop();
    INFO(workload.statistics().text());
    CHECK(workload.unexpected() == "");
    REQUIRE(busy);
    REQUIRE(wait_for_replica(source, replica, 60s) == "");
    CHECK(row_differences(source, live, replica, live) == std::vector<std::string>{});
    CHECK(document_type_differences(source, replica, live) == std::vector<std::string>{});
    CHECK(missing_acknowledged(workload, replica, live) == std::vector<std::string>{});

    // Everything that it is made of took place.
    const WorkloadStatistics done = workload.statistics();
    CHECK(done.rolled_back > 0);
    CHECK(done.duplicates > 0);
    CHECK(done.big > 0);
    CHECK(done.rows > done.committed);
}

}  // namespace

TEST_CASE("the workload is whole on a replica of MySQL 8.0") { check_against_replication(Flavour::mysql80, Flavour::mysql80); }
TEST_CASE("the workload of MySQL 8.0 is whole on a replica of MySQL 9") { check_against_replication(Flavour::mysql80, Flavour::mysql97); }
TEST_CASE("the workload is whole on a replica of MariaDB") { check_against_replication(Flavour::mariadb, Flavour::mariadb); }

TEST_CASE("one changed row, one missing mark and one changed number type inside a document are found") {
    const TestServer source = TestServer::start(Flavour::mysql80);
    const TestServer replica = TestServer::start(Flavour::mysql80);
    begin_replication(source, replica);
    create_workload_tables(source, live, {.rows = 300});
    Workload workload(source, live, {.seed = 1, .writers = 2});
    REQUIRE(workload.wait_for_more(200));
    workload.stop();
    sql(source, "INSERT INTO kinds (id, j) VALUES (9000, JSON_OBJECT('d', CAST(1.5 AS DECIMAL(4,1))))", live);
    REQUIRE(wait_for_replica(source, replica, 30s) == "");
    REQUIRE(row_differences(source, live, replica, live) == std::vector<std::string>{});
    sql(replica, "UPDATE names SET nick = CONCAT(nick, ' ') WHERE nick IS NOT NULL LIMIT 1; DELETE FROM acks LIMIT 1;"
                 // Equal documents are not written, so it goes by NULL.
                 "UPDATE kinds SET j = NULL WHERE id = 9000; UPDATE kinds SET j = JSON_OBJECT('d', 1.5e0) WHERE id = 9000", live);
    CHECK(row_differences(source, live, replica, live).size() == 2);
    CHECK(missing_acknowledged(workload, replica, live).size() == 1);
    CHECK(document_type_differences(source, replica, live).size() == 2);
}

TEST_CASE("the workload says what was acknowledged, waits while a server takes no writes, and goes on") {
    TestServer source = TestServer::start(Flavour::mysql80);
    create_workload_tables(source, live, {.rows = 200});
    CuttingProxy network(source.port());
    Workload workload(network.port(), live, {.seed = 3, .writers = 3});
    REQUIRE(workload.wait_for_more(100));
    network.cut();
    CHECK(workload.wait_for_more(50));
    CHECK(workload.statistics().lost > 0);
    sql(source, "SET GLOBAL super_read_only = ON");
    CHECK(eventually([&] { return workload.refused_everywhere(); }, 10s));
    const auto committed = workload.statistics().committed;
    std::this_thread::sleep_for(200ms);
    CHECK(workload.statistics().committed == committed);
    sql(source, "SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF");
    CHECK(workload.wait_for_more(50));
    CHECK_FALSE(workload.refused_everywhere());
    source.kill();
    std::this_thread::sleep_for(200ms);
    source.restart();
    CHECK(workload.wait_for_more(50, 60s));
    workload.stop();
    CHECK(workload.unexpected() == "");
    CHECK(missing_acknowledged(workload, source, live) == std::vector<std::string>{});
}

TEST_CASE("a workload that is to end with the write stop ends with it") {
    const TestServer source = TestServer::start(Flavour::mariadb);
    create_workload_tables(source, live, {.rows = 200});
    Workload workload(source, live, {.seed = 3, .writers = 2, .stop_when_refused = true});
    REQUIRE(workload.wait_for_more(100));
    sql(source, "SET GLOBAL read_only = ON");
    CHECK(eventually([&] { return workload.refused_everywhere(); }, 10s));
    sql(source, "SET GLOBAL read_only = OFF");
    const auto committed = workload.statistics().committed;
    std::this_thread::sleep_for(200ms);
    CHECK(workload.statistics().committed == committed);
    CHECK(missing_acknowledged(workload, source, live) == std::vector<std::string>{});
}
