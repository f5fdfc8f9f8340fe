#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

namespace {

double seconds_of(const Sides& sides, ValidationLevel level, std::size_t rows) {
    const auto begin = std::chrono::steady_clock::now();
    const ValidationOutcome outcome = sides.validate(level);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    CHECK(clean(outcome));
    CHECK(outcome.tables.at(0).source_rows == rows);
    return took.count();
}

}  // namespace

// Not among the tests that run by themselves: its figures mean something on a quiet machine only.
TEST_CASE("half a million ordinary rows are validated at 100,000 rows a second or more", "[.benchmark]") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    constexpr std::size_t rows = 500'000;
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE sbtest1 (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL "
                  "DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', KEY k_1 (k)); SET cte_max_recursion_depth = 1000000; INSERT INTO sbtest1 "
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT i, CRC32(i) % 500000, "
                  "CONCAT_WS('-', SHA1(i), SHA1(i + 1)), MD5(i) FROM n; ANALYZE TABLE sbtest1;");
    static_cast<void>(sides.validate(ValidationLevel::counts));  // both buffer pools warm
    for (const auto& [name, level] : {std::pair{"counts", ValidationLevel::counts}, std::pair{"checksum", ValidationLevel::checksum},
                                      std::pair{"rows", ValidationLevel::rows}, std::pair{"sample", ValidationLevel::sample}}) {
        const double seconds = seconds_of(sides, level, rows);
        std::printf("%-8s %9.0f rows/s (%.2f s for %zu rows on each side)\n", name, static_cast<double>(rows) / seconds, seconds, rows);
        if (level == ValidationLevel::checksum) CHECK(static_cast<double>(rows) / seconds >= 100'000);
    }
}
