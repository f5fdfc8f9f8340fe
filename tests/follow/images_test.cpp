#include <catch2/catch.hpp>

#include "tests/follow/live_move.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;

/// Whole jobs from sources that log less than whole rows.
namespace {

void check_images(Flavour flavour, const std::string& image, std::vector<std::string> more) {
    if (!available(flavour)) SKIP_TEST("no server of this flavour");
    more.push_back("--binlog-row-image=" + image);
    LiveMove move({}, {.flavour = flavour, .server = more});
    REQUIRE(value(move.source, "SELECT @@global.binlog_row_image") == image);
    move.follow();
    REQUIRE(move.workload->wait_for_more(500));
    move.catches_up();
    REQUIRE(move.job.command("cutover").exit_code == 0);
    const ProcessResult ended = move.process->wait(std::chrono::seconds(150));
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    const auto report = nlohmann::json::parse(ended.out);
    CHECK(report.at("state") == "DONE");
    CHECK(report.at("changes_applied") > 500);
    move.check_refused_and_whole(move.target);
    move.check_equal();
}

}  // namespace

TEST_CASE("a source that logs only what changed is followed and handed over with equal rows, MySQL") { check_images(Flavour::mysql80, "MINIMAL", {}); }

TEST_CASE("a source that logs documents in part and rows without their blobs is followed and handed over with equal rows, MySQL") {
    check_images(Flavour::mysql80, "NOBLOB", {"--binlog-row-value-options=PARTIAL_JSON"});
}

// Not MINIMAL: MariaDB's log does not hold the columns that REPLACE sets to their defaults then, and its own replicas miss them.
TEST_CASE("a source that logs rows without their blobs is followed and handed over with equal rows, MariaDB") { check_images(Flavour::mariadb, "NOBLOB", {}); }
