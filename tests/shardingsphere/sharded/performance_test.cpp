#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

#include "orchestrator/plan/names.hpp"
#include "tests/shardingsphere/sharded/shards.hpp"

using namespace transload;
using namespace transload::test;

// Not among the tests that run by themselves: its figures mean something on a quiet machine only.
TEST_CASE("rows of a sharded table are validated at 10,000 rows a second or more", "[.benchmark]") {
    NEEDS_SHARDING_CLUSTER();
    constexpr int rows = 200'000;
    Shards shards;
    shards.shard("sbtest1", "id");
    shards.on_both({"CREATE TABLE sbtest1 (id INT NOT NULL PRIMARY KEY, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '', pad "
                    "CHAR(60) NOT NULL DEFAULT '', KEY k_1 (k))"});
    const std::string numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i, CRC32(i) % "
                                "500000, CONCAT_WS('-', SHA1(i), SHA1(i + 1)), MD5(i) FROM n ";
    shards.on_source("SET cte_max_recursion_depth = 1000000; INSERT INTO sbtest1 " + numbers + "; ANALYZE TABLE sbtest1;");
    for (std::size_t i = 0; i < 4; ++i)
        shards.on_unit(i % 2, "SET cte_max_recursion_depth = 1000000; INSERT INTO sbtest1_" + std::to_string(i) + " " + numbers +
                                  "WHERE i % 4 = " + std::to_string(i) + ";");
    static_cast<void>(shards.validate(ValidationLevel::rows));  // a proxy that has just started is slow
    for (const ValidationLevel level : {ValidationLevel::counts, ValidationLevel::checksum, ValidationLevel::rows}) {
        const auto begin = std::chrono::steady_clock::now();
        CHECK(clean(shards.validate(level)));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        std::printf("%-8s %9.0f rows/s (%.2f s for %d rows on each side)\n", std::string(to_string(level)).c_str(), rows / took.count(),
                    took.count(), rows);
        if (level != ValidationLevel::counts) CHECK(rows / took.count() >= 10'000);
    }
}
