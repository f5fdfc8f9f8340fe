#include <catch2/catch.hpp>

#include "adapters/mysql/binlog/gtid_wire.hpp"
#include "adapters/mysql/binlog/position.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace transload::mysql::binlog;

namespace {

const std::string a = "aaaaaaaa-0000-0000-0000-000000000001", b = "bbbbbbbb-0000-0000-0000-000000000002";

Position at(const std::string& file, std::uint64_t offset, const std::string& gtids = "", bool mariadb = false) {
    return {.server = "s", .file = file, .offset = offset, .gtids = gtids, .mariadb = mariadb};
}

Stamp stamp(const std::string& file, std::uint64_t offset, const Gtid& gtid = {}) { return {"s", file, offset, gtid}; }

std::string error_of(const std::string& text) {
    try {
        static_cast<void>(Position::parse(text));
    } catch (const Error& error) {
        return error.id();
    }
    return "none";
}

}  // namespace

TEST_CASE("sets of GTIDs are read in every form and written in one") {
    CHECK(GtidSet::parse("").text().empty());
    CHECK(GtidSet::parse(b + ":3:1,\n" + a + ":1-5:6:8-9").text() == a + ":1-6:8-9," + b + ":1:3");
    CHECK(GtidSet::parse("AAAAAAAA-0000-0000-0000-000000000001:1").text() == a + ":1");
    CHECK(GtidSet::parse(a + ":1-3:night:4:day_2:1-2").text() == a + ":1-3:day_2:1-2:night:4");
    CHECK(GtidSet::parse(GtidSet::parse(a + ":1:t:2," + b + ":7").text()).text() == a + ":1:t:2," + b + ":7");
    for (const std::string& bad : {a + ":0", a + ":5-3", a + ":x-", std::string("nonsense:1"), a + ":1-2-3",
                                   a + ":18446744073709551615", a + ":99999999999999999999"}) {
        INFO(bad);
        CHECK_THROWS_AS(GtidSet::parse(bad), Error);
    }
}

TEST_CASE("numbers added to a set join their neighbours") {
    GtidSet set;
    for (const std::uint64_t number : {5, 3, 9, 4, 1, 7, 8, 2}) set.add(a, number);
    CHECK(set.text() == a + ":1-5:7-9");
    set.add(a, 6);
    CHECK(set.text() == a + ":1-9");
    set.add(a, 4, 20);
    CHECK(set.text() == a + ":1-20");
    set.add(a, 5);
    CHECK(set.text() == a + ":1-20");
    CHECK(set.contains(a, 20));
    CHECK(!set.contains(a, 21));
    CHECK(!set.contains(b, 1));
    CHECK(set.contains(GtidSet::parse(a + ":2:19-20")));
    CHECK(!set.contains(GtidSet::parse(a + ":2:19-21")));
    CHECK(set.without(GtidSet::parse(a + ":3-4:10," + b + ":1")).text() == a + ":1-2:5-9:11-20");
    CHECK(set.without(set).empty());
}

TEST_CASE("a set goes to the server in its old form, and in the new one when there are tags") {
    const std::string plain = encode(GtidSet::parse(a + ":1-5"));
    CHECK(plain.size() == 8 + 16 + 8 + 16);
    CHECK(plain.substr(0, 8) == std::string("\1\0\0\0\0\0\0\0", 8));
    CHECK(plain.substr(plain.size() - 8) == std::string("\6\0\0\0\0\0\0\0", 8));
    const std::string tagged = encode(GtidSet::parse(a + ":1:t:2"));
    CHECK(tagged.substr(0, 8) == std::string("\1\2\0\0\0\0\0\1", 8));
    CHECK(tagged.size() == 8 + 2 * (16 + 1 + 8 + 16) + 1);
}

TEST_CASE("a position is the same after it was written and read") {
    for (const Position& position : {at("binlog.000001", 4), at("x", ~0ULL, a + ":1-3:t:1"), at("m.000002", 9, "0-1-5,7-2-9", true)}) {
        CHECK(Position::parse(position.text()) == position);
        CHECK(position.text().find('\n') == std::string::npos);
    }
    CHECK(error_of("") == "binlog.bad_position");
    CHECK(error_of("1|mysql|s|f|x|") == "binlog.bad_position");
    CHECK(error_of("1|mysql|s|f|4|nonsense") == "binlog.bad_position");
    CHECK(error_of("2|mysql|s|f|4|") == "binlog.bad_position");
    CHECK(error_of("1|mariadb|s|f|4|0-1") == "binlog.bad_position");
}

TEST_CASE("files are compared by number, then by offset") {
    CHECK(covers(at("b.000002", 10), stamp("b.000002", 10)));
    CHECK(!covers(at("b.000002", 10), stamp("b.000002", 11)));
    CHECK(covers(at("b.000010", 4), stamp("b.000009", 99999)));
    CHECK(covers(at("b.1000000", 4), stamp("b.999999", 99999)));
    CHECK(covers(at("b.000002", 10), at("b.000001", 99)));
    CHECK(!covers(at("b.000001", 99), at("b.000002", 10)));
}

TEST_CASE("GTIDs decide where both have them, and another server's place decides nothing") {
    const Position by_gtid = at("b.000001", 4, a + ":1-5");
    CHECK(covers(by_gtid, stamp("b.000009", 99, {a, 5, 0})));
    CHECK(!covers(by_gtid, stamp("b.000001", 4, {a, 6, 0})));
    Stamp elsewhere = stamp("b.000001", 4, {a, 5, 0});
    elsewhere.server = "other";
    CHECK(covers(by_gtid, elsewhere));
    elsewhere.gtid = {};
    CHECK_THROWS_AS(covers(by_gtid, elsewhere), Error);
    // MariaDB: the place on the same server, else the number.
    const Position mariadb = at("b.000001", 400, "0-1-5", true);
    CHECK(!covers(mariadb, stamp("b.000001", 500, {"0", 4, 1})));
    CHECK(covers(mariadb, stamp("b.000001", 400, {"0", 9, 1})));
    elsewhere.gtid = {"0", 5, 2};
    CHECK(covers(mariadb, elsewhere));
    elsewhere.gtid.number = 6;
    CHECK(!covers(mariadb, elsewhere));
    elsewhere.gtid = {"3", 1, 2};
    CHECK(!covers(mariadb, elsewhere));
}
