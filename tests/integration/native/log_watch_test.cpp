#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "adapters/mysql/catalog.hpp"
#include "adapters/native/native_engine.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/integration/native/copy_job.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

/// The log that a following job begins with is written no more, then gone, while its rows are copied slowly.
void purged_while_copying(Flavour flavour, bool gtid) {
    if (!available(flavour)) SKIP_TEST("needs " << name_of(flavour));
    ServerOptions options;
    options.gtid = gtid;
    const TestServer source = TestServer::start(flavour, options);
    const TestServer target = TestServer::start(flavour, options);
    sql(source,
        "CREATE DATABASE d; CREATE TABLE d.n (n INT PRIMARY KEY); INSERT INTO d.n VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);"
        "CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t SELECT a.n + b.n * 10 + c.n * 100 + e.n * 1000 FROM d.n a, d.n b, "
        "d.n c, d.n e; SET GLOBAL binlog_expire_logs_seconds = 8");
    sql(target, "CREATE DATABASE d");
    clone_tables(source, target, "d");
    JobSpec spec = spec_for(endpoint_of(source), endpoint_of(target), "d");
    spec.cutover.mode = CutoverMode::manual;
    spec.limits.rows_per_second = 50;  // minutes for all of them
    RecordingControl control;
    mysql::MysqlCatalog catalog;
    const DataJob job{JobId("20260101-000000-00000001"), spec, catalog.plan_tables(spec, control), {}};
    native::NativeEngine engine;
    engine.configure(job, control);
    std::string id, message;
    std::jthread copying([&] {
        try {
            (void)engine.transfer(job, control);
        } catch (const Error& error) {
            id = error.id();
            message = error.message();
        }
    });
    sql(source, "INSERT INTO d.t VALUES (-1); FLUSH BINARY LOGS; INSERT INTO d.t VALUES (-2)");
    CHECK(eventually([&] { return control.has_event("which would end the job; SET GLOBAL binlog_expire_logs_seconds"); }, 60s));
    const std::string last = query(source, "SHOW BINARY LOGS").back().at(0).value();
    sql(source, "PURGE BINARY LOGS TO '" + last + "'");
    copying.join();
    CHECK(id == "binlog.purged");
    CHECK(message.find("seen while rows were copied") != std::string::npos);
    CHECK(value(target, "SELECT COUNT(*) < 10000 FROM d.t") == "1");
    control.stop();
}

}  // namespace

TEST_CASE("a log that MySQL purges while rows are copied ends the copy at once, after a warning, by GTID") {
    purged_while_copying(Flavour::mysql80, true);
}

TEST_CASE("a log that MySQL purges while rows are copied ends the copy at once, after a warning, by file") {
    purged_while_copying(Flavour::mysql80, false);
}

TEST_CASE("a log that MariaDB purges while rows are copied ends the copy at once, after a warning") {
    purged_while_copying(Flavour::mariadb, false);
}
