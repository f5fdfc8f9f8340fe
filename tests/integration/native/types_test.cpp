#include <catch2/catch.hpp>

#include "tests/integration/native/copy_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace transload::test;

namespace {

void load_shop(const TestServer& server) {
    const auto folder = source_dir() / "deploy" / "sample-shop";
    for (const char* file : {"00-database.sql", "10-tables.sql", "11-types.sql", "12-names.sql",
                             "20-mysql-only.sql", "30-rows.sql", "31-edge-rows.sql"}) {
        if (server.flavour() == Flavour::mariadb && std::string_view(file) == "20-mysql-only.sql") continue;
        sql_file(server, folder / file);
    }
}

void copies_the_shop(Flavour from, Flavour to, bool local_infile) {
    if (!available(from) || !available(to)) SKIP_TEST("needs " << name_of(from) << " and " << name_of(to));
    const TestServer source = TestServer::start(from);
    const TestServer target = TestServer::start(to, {.local_infile = local_infile});
    load_shop(source);
    sql(target, query(source, "SHOW CREATE DATABASE shop").at(0).at(1).value() + ";");
    clone_tables(source, target, "shop");
    const JobSpec spec = spec_for(endpoint_of(source), endpoint_of(target), "shop");
    RecordingControl control;
    const TransferResult result = copy(spec, control);
    CHECK(result.rows_copied > 300'000);
    CHECK(control.has_event("rows go by INSERT") == !local_infile);
    CHECK(row_differences(source, "shop", target, "shop") == std::vector<std::string>{});
    forget(spec);
    CHECK(value(target,
                "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '_transload'") == "0");
}

}  // namespace

// With LOAD DATA the shop moves in the end-to-end tests, between all pairs of servers.
TEST_CASE("every type and value arrives bit for bit where the target forbids LOAD DATA LOCAL") {
    copies_the_shop(Flavour::mysql80, Flavour::mysql80, false);
}
