#include <catch2/catch.hpp>

#include "adapters/config/config_error.hpp"
#include "adapters/config/units.hpp"

using namespace transload::config;
using namespace std::chrono_literals;

TEST_CASE("sizes have units of 1000 and of 1024") {
    CHECK(parse_bytes("128MiB") == 128ULL << 20);
    CHECK(parse_bytes("128MB") == 128'000'000);
    CHECK(parse_bytes("1 GiB") == 1ULL << 30);
    CHECK(parse_bytes("64KB") == 64'000);
    CHECK(parse_bytes("7") == 7);
    for (const char* text : {"", "MiB", "-1MiB", "1.5GiB", "1mib", "1 ", "1  MiB", "0x10",
                             "18446744073709551616", "18446744073709551615KiB", "1e3", "１MiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_bytes(text).has_value());
    }
}

TEST_CASE("durations have units") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("5s") == 5s);
    CHECK(parse_duration("10m") == 10min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("0") == 0ms);
    for (const char* text : {"", "5", "s", "-5s", "1.5s", "5S", "5 min", "9223372036854775807h", "inf"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
}

TEST_CASE("a near miss is found, a stranger is not") {
    CHECK(near_miss("wokers", {"workers", "memory"}) == "workers");
    CHECK(near_miss("memroy", {"workers", "memory"}) == "memory");
    CHECK(near_miss("tables_", {"table", "tables"}) == "tables");
    CHECK(near_miss("x", {"workers", "memory"}).empty());
    CHECK(near_miss(std::string(100'000, 'w'), {"workers"}).empty());
    CHECK(near_miss("", {"workers"}).empty());
}
