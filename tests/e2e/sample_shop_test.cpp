#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;

namespace {

/// Moves the whole shop and checks everything with the tests' own oracle.
void move_shop(Flavour from, Flavour to, bool same_text) {
    if (!available(from) || !available(to)) SKIP_TEST("needs " << name_of(from) << " and " << name_of(to));
    const TestServer source = TestServer::start(from);
    const TestServer target = TestServer::start(to);
    load_sample_shop(source);
    // No server creates a view that uses an object whose definer it does not know; preflight would refuse the job.
    create_shop_definers(target);
    const Migration migration(source, target);
    const ProcessResult result = migration.run("migrate", "shop", {"--json", "--validate", "checksum"});
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    const auto report = report_of(result);
    CHECK(report["state"] == "DONE");
    CHECK(report["failure"].is_null());
    CHECK(report["validation"]["mismatches"] == 0);
    CHECK(report["schema"]["objects"] > 40);
    CHECK(report["rows_copied"] > 300000);
    CHECK(std::filesystem::exists(report["schema"]["changelog"].get<std::string>()));
    CHECK(row_differences(source, "shop", target, "shop") == std::vector<std::string>{});
    if (same_text) {
        CHECK(report["schema"]["identical"] == report["schema"]["objects"]);
        CHECK(schema_differences(source, "shop", target, "shop") == std::vector<std::string>{});
    } else {
        // Between versions the text may differ; each difference is listed, and none is an error.
        for (const auto& finding : report["schema"]["different"]) CHECK(finding["severity"] == "info");
        CHECK(report["schema"]["identical"].get<int>() + static_cast<int>(report["schema"]["different"].size()) >=
              report["schema"]["objects"].get<int>());
    }
    CHECK(value(target, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '_transload'") == "0");
}

}  // namespace

TEST_CASE("the sample shop moves from MySQL 8.0 to MySQL 8.0 with every object and row the same") {
    move_shop(Flavour::mysql80, Flavour::mysql80, true);
}

TEST_CASE("the sample shop moves from MySQL 8.0 to MySQL 9.7 with every row the same and differences explained") {
    move_shop(Flavour::mysql80, Flavour::mysql97, false);
}

TEST_CASE("the sample shop moves from MariaDB 10.11 to MariaDB 10.11 with every object and row the same") {
    move_shop(Flavour::mariadb, Flavour::mariadb, true);
}
