#include "adapters/shardingsphere/gate/connection_judgement.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::shardingsphere;

TEST_CASE("tables that are followed at a time are judged against the connections that a server has left") {
    ShardingSphereOptions options;
    options.proxies.resize(2);
    options.tables_at_once = 4;
    options.read_threads = options.write_threads = 3;
    CHECK(connections_needed(options, 100, true) == 100 * 2 + 8 * 3);
    CHECK(connections_needed(options, 100, false) == 100 * 2 + 8 * 3);
    CHECK(connections_needed(options, 2, true) == 2 * 2 + 2 * 3);
    CHECK(connections_needed(options, 0, true) == 0);
    CHECK_FALSE(judge_connections({"source", true, 151, 10}, options, 50));
    const auto reason = judge_connections({"source", true, 151, 100}, options, 50);
    REQUIRE(reason);
    CHECK(reason->object == "source");
    CHECK(reason->remedy.starts_with("SET GLOBAL max_connections=244"));
    CHECK(finding_of(*reason, false, false).severity == Severity::warning);
}
