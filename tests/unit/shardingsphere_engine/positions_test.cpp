#include <catch2/catch.hpp>

#include "adapters/shardingsphere/engine/binlog_position.hpp"
#include "adapters/shardingsphere/engine/zookeeper_positions.hpp"

using namespace transload;
using shardingsphere::BinlogPosition;
using shardingsphere::incremental_position;

namespace {

BinlogPosition at(std::string file, std::uint64_t offset) { return {std::move(file), offset}; }

}  // namespace

TEST_CASE("a position is read as ShardingSphere writes it, and nothing else is taken for one") {
    const auto position = BinlogPosition::parse("binlog.000012#4711");
    REQUIRE(position);
    CHECK(position->file == "binlog.000012");
    CHECK(position->offset == 4711);
    CHECK(BinlogPosition::parse("odd#name.1#5")->file == "odd#name.1");
    for (const char* text : {"", "#5", "binlog.1", "binlog.1#", "binlog.1#x", "binlog.1#-1", "binlog.1#18446744073709551616"})
        CHECK_FALSE(BinlogPosition::parse(text));
}

TEST_CASE("a later file reaches every place of an earlier one, by number and not by letters") {
    CHECK(at("binlog.000010", 4).reaches(at("binlog.000009", 999'999)));
    CHECK_FALSE(at("binlog.000009", 999'999).reaches(at("binlog.000010", 4)));
    CHECK(at("binlog.1000000", 4).reaches(at("binlog.999999", 5)));
    CHECK(at("binlog.000009", 5).reaches(at("binlog.000009", 5)));
    CHECK_FALSE(at("binlog.000009", 4).reaches(at("binlog.000009", 5)));
}

TEST_CASE("a log of another name is never reached: the server's log was set up anew") {
    CHECK_FALSE(at("mysql-bin.000010", 4).reaches(at("binlog.000001", 4)));
    CHECK_FALSE(at("binlog", 4).reaches(at("binlog.000001", 4)));
}

TEST_CASE("what is left to apply is known within one file only") {
    CHECK(at("binlog.000001", 100).distance_to(at("binlog.000001", 150)) == 50);
    CHECK(at("binlog.000001", 200).distance_to(at("binlog.000001", 150)) == 0);
    CHECK(at("binlog.000002", 4).distance_to(at("binlog.000001", 150)) == 0);
    CHECK(at("binlog.000001", 100).distance_to(at("binlog.000002", 4)) == std::nullopt);
}

TEST_CASE("what is left to apply is counted over the files that the source still has") {
    const std::vector<shardingsphere::BinlogFile> files{{"binlog.000002", 1000}, {"binlog.000003", 500}, {"binlog.000004", 300}};
    CHECK(bytes_between(files, at("binlog.000002", 900), at("binlog.000004", 157)) == 100 + 500 + 157);
    CHECK(bytes_between(files, at("binlog.000002", 900), at("binlog.000003", 4)) == 104);
    CHECK(bytes_between(files, at("binlog.000003", 100), at("binlog.000003", 150)) == 50);
    CHECK(bytes_between(files, at("binlog.000004", 100), at("binlog.000003", 150)) == 0);
    CHECK(bytes_between(files, at("binlog.000001", 900), at("binlog.000003", 4)) == std::nullopt);
    CHECK(bytes_between(files, at("other.000002", 900), at("binlog.000003", 4)) == std::nullopt);
}

TEST_CASE("the position is found in a job item's progress, beside keys that look like one") {
    const auto position = incremental_position(R"(dataSourceName: ds
incremental:
  dataSourceName: ds
  delay: {lastEventTimestamps: 1, latestActiveTimeMillis: 2}
  position: binlog.000003#1234
inventory:
  unfinished:
    ds.t#0: 's,abc#12,xyz#34'
sourceDatabaseType: MySQL
status: EXECUTE_INCREMENTAL_TASK
)");
    REQUIRE(position);
    CHECK(position->text() == "binlog.000003:1234");
}

TEST_CASE("a progress without a position, or one that is no YAML, tells none") {
    CHECK_FALSE(incremental_position(""));
    CHECK_FALSE(incremental_position("incremental:\n  position: ''\n"));
    CHECK_FALSE(incremental_position("inventory:\n  position: binlog.000003#1\n"));
    CHECK_FALSE(incremental_position("incremental:\n  position: [a, b]\n"));
    CHECK_FALSE(incremental_position("{{{ not: yaml"));
}
