#include <catch2/catch.hpp>

#include "orchestrator/codec/time_text.hpp"

using namespace transload;
using namespace std::chrono_literals;

TEST_CASE("a time is written in UTC with milliseconds") {
    CHECK(utc_text(WallTime{} + 1'795'172'395'123ms) == "2026-11-20T10:59:55.123Z");
    CHECK(utc_text(WallTime{}) == "1970-01-01T00:00:00.000Z");
}

TEST_CASE("a time before 1970 rounds down, not towards zero") {
    CHECK(utc_text(WallTime{} - 1ms) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a written time is read back") {
    const WallTime time = WallTime{} + 1'709'251'199'999ms;
    CHECK(utc_from_text(utc_text(time)) == time);
}

TEST_CASE("text that is no time is refused") {
    for (const char* text :
         {"", "2026-11-20", "2026-13-20T10:59:55.123Z", "2026-02-30T10:59:55.123Z",
          "2026-11-20T24:00:00.000Z", "2026-11-20T10:59:55.123+", "2026-11-20T10:59:55.-12Z",
          "yyyy-mm-ddThh:mm:ss.mmmZ", "2026-11-20T10:59:55.123ZZ"}) {
        CAPTURE(text);
        CHECK_FALSE(utc_from_text(text).has_value());
    }
}
