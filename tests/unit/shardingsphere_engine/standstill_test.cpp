#include <catch2/catch.hpp>

#include "adapters/shardingsphere/engine/standstill.hpp"

using transload::shardingsphere::Standstill;
using namespace std::chrono_literals;

TEST_CASE("what is the same at every look has stood still since the first of them, and a change begins anew") {
    Standstill standstill;
    const Standstill::Clock::time_point begun{};
    CHECK(standstill.look(1, "binlog.1:4", begun) == 0s);
    CHECK(standstill.look(1, "binlog.1:4", begun + 60s) == 60s);
    CHECK(standstill.look(1, "binlog.1:4", begun + 110s) == 110s);
    CHECK(standstill.look(2, "binlog.1:4", begun + 110s) == 0s);
    CHECK(standstill.look(1, "binlog.1:5", begun + 120s) == 0s);
    CHECK(standstill.look(1, "binlog.1:5", begun + 150s) == 30s);
    CHECK(standstill.look(1, "binlog.1:4", begun + 160s) == 0s);
}

TEST_CASE("nothing is said of a time in which nobody looked") {
    Standstill standstill;
    const Standstill::Clock::time_point begun{};
    CHECK(standstill.look(1, "x", begun) == 0s);
    CHECK(standstill.look(1, "x", begun + 1h) == 0s);
    CHECK(standstill.look(1, "x", begun + 1h + 30s) == 30s);
    standstill.forget(1);
    CHECK(standstill.look(1, "x", begun + 1h + 40s) == 0s);
}
