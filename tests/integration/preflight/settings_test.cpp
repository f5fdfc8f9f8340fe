#include <catch2/catch.hpp>
#include <thread>

#include "adapters/mysql/connection.hpp"
#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

/// Servers whose settings a test may change, with a small database on the source.
struct OwnPair {
    explicit OwnPair(Flavour flavour, std::vector<std::string> target_options = {})
        : source(TestServer::start(flavour, {.memory = "64M"})),
          target(TestServer::start(flavour, {.memory = "64M", .extra = std::move(target_options)})) {
        sql(source,
            "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); CREATE TABLE shop.heap (id "
            "INT)");
        spec = job_of(source, target, "shop");
    }
    TestServer source;
    TestServer target;
    JobSpec spec;

    /// A setting on one server makes the finding, and taking it back unmakes it.
    void check(const TestServer& server, const std::string& set, const std::string& reset,
               std::string_view id, Severity severity) {
        CAPTURE(set, id);
        CHECK_FALSE(has(inspect(spec), id));
        sql(server, set);
        const Findings findings = inspect(spec);
        const Finding* finding = find(findings, id);
        CHECK(finding);
        if (finding) CHECK(finding->severity == severity);
        sql(server, reset);
        CHECK_FALSE(has(inspect(spec), id));
    }
};

}  // namespace

TEST_CASE("settings of a MySQL target that would stop the job are errors, and their remedies mend them") {
    OwnPair pair(Flavour::mysql80);
    const TestServer& target = pair.target;
    pair.check(target, "SET GLOBAL super_read_only = ON",
               "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF", "target.read_only",
               Severity::error);
    pair.check(target, "SET GLOBAL read_only = ON", "SET GLOBAL read_only = OFF", "target.read_only",
               Severity::warning);  // root passes it
    pair.check(target, "SET GLOBAL transaction_read_only = ON", "SET GLOBAL transaction_read_only = OFF",
               "target.read_only", Severity::error);
    pair.check(target, "SET GLOBAL sql_require_primary_key = ON", "SET GLOBAL sql_require_primary_key = OFF",
               "target.require_primary_key", Severity::error);
    pair.check(target, "SET GLOBAL local_infile = OFF", "SET GLOBAL local_infile = ON", "target.local_infile",
               Severity::info);
    pair.check(target, "SET GLOBAL wait_timeout = 20", "SET GLOBAL wait_timeout = 28800",
               "target.wait_timeout", Severity::warning);
    pair.check(target, "SET GLOBAL net_read_timeout = 5", "SET GLOBAL net_read_timeout = 30",
               "target.net_read_timeout", Severity::warning);
    pair.check(target, "SET GLOBAL max_connections = 4", "SET GLOBAL max_connections = 100",
               "target.connections", Severity::warning);
    pair.check(target, "SET GLOBAL sql_mode = ''", "SET GLOBAL sql_mode = DEFAULT", "pair.sql_mode",
               Severity::warning);
    pair.check(target, "SET GLOBAL time_zone = '+05:00'", "SET GLOBAL time_zone = 'SYSTEM'", "pair.time_zone",
               Severity::warning);
    pair.check(target, "SET GLOBAL character_set_server = latin1, collation_server = latin1_swedish_ci",
               "SET GLOBAL character_set_server = utf8mb4, collation_server = utf8mb4_0900_ai_ci",
               "pair.charset", Severity::info);
    pair.check(target, "CREATE DATABASE _transload", "DROP DATABASE _transload", "target.leftovers",
               Severity::info);
}

TEST_CASE("settings of a MySQL source that would hinder the job are told") {
    OwnPair pair(Flavour::mysql80);
    const TestServer& source = pair.source;
    pair.check(source, "SET GLOBAL net_write_timeout = 5", "SET GLOBAL net_write_timeout = 60",
               "source.net_write_timeout", Severity::warning);
    pair.check(source, "SET GLOBAL wait_timeout = 20", "SET GLOBAL wait_timeout = 28800",
               "source.wait_timeout", Severity::warning);
    pair.check(source, "SET GLOBAL max_execution_time = 60000", "SET GLOBAL max_execution_time = 0",
               "source.max_execution_time", Severity::warning);
    pair.check(source, "SET GLOBAL binlog_row_image = MINIMAL", "SET GLOBAL binlog_row_image = FULL",
               "source.binlog_row_image", Severity::info);
    pair.check(source, "SET GLOBAL binlog_row_value_options = PARTIAL_JSON",
               "SET GLOBAL binlog_row_value_options = ''", "source.binlog_row_value_options", Severity::info);
    pair.check(source, "SET GLOBAL binlog_expire_logs_seconds = 60",
               "SET GLOBAL binlog_expire_logs_seconds = 2592000", "source.binlog_retention",
               Severity::warning);
    pair.check(source, "SET GLOBAL max_connections = 4", "SET GLOBAL max_connections = 100",
               "source.connections", Severity::warning);
    pair.check(source, "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'x'",
               "RESET SLAVE ALL", "source.replica_stopped", Severity::warning);
    pair.spec.cutover.mode = CutoverMode::manual;
    pair.check(source, "SET GLOBAL binlog_row_image = MINIMAL", "SET GLOBAL binlog_row_image = FULL",
               "source.binlog_row_image", Severity::info);  // the native engine reads such images
    pair.check(source, "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'x'",
               "RESET SLAVE ALL", "source.replica_stopped", Severity::error);
    pair.spec.engine = EngineChoice::shardingsphere;
    pair.check(source, "SET GLOBAL binlog_row_image = MINIMAL", "SET GLOBAL binlog_row_image = FULL",
               "source.binlog_row_image", Severity::error);
}

TEST_CASE("images that lack what a statement changed are refused on a MariaDB source that is to be followed") {
    OwnPair pair(Flavour::mariadb);
    const auto check = [&](const std::string& image, Severity severity) {
        pair.check(pair.source, "SET GLOBAL binlog_row_image = " + image, "SET GLOBAL binlog_row_image = FULL",
                   "source.binlog_row_image", severity);
    };
    check("MINIMAL", Severity::info);
    pair.spec.cutover.mode = CutoverMode::manual;
    check("NOBLOB", Severity::info);
    check("MINIMAL", Severity::error);
}

TEST_CASE("functions and triggers for a target that does not trust their authors are refused") {
    OwnPair pair(Flavour::mysql80);
    sql(pair.source,
        "SET GLOBAL log_bin_trust_function_creators = ON;"
        "CREATE FUNCTION shop.f() RETURNS INT RETURN RAND()");
    const Findings findings = inspect(pair.spec);
    const Finding* finding = find(findings, "target.log_bin_trust_function_creators");
    REQUIRE(finding);
    CHECK_THAT(finding->message, Catch::Contains("shop.f"));
    CHECK_THROWS_WITH(sql(pair.target, "CREATE DATABASE x; CREATE FUNCTION x.f() RETURNS INT RETURN RAND()"),
                      Catch::Contains("1418"));
    sql(pair.target, "SET GLOBAL log_bin_trust_function_creators = ON");
    CHECK_FALSE(has(inspect(pair.spec), "target.log_bin_trust_function_creators"));
    sql(pair.target, "CREATE FUNCTION x.f() RETURNS INT RETURN RAND()");
}

TEST_CASE("a server that can't hold a table's engine refuses it") {
    OwnPair pair(Flavour::mysql80, {"--disabled-storage-engines=MyISAM,ARCHIVE"});
    sql(pair.source,
        "CREATE TABLE shop.isam (id INT PRIMARY KEY) ENGINE = MyISAM;"
        "CREATE TABLE shop.hole (id INT PRIMARY KEY) ENGINE = BLACKHOLE");
    const Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(has(findings, "target.unsupported_engine", "MyISAM"));
    CHECK_FALSE(has(findings, "target.unsupported_engine", "BLACKHOLE"));
    CHECK_FALSE(has(findings, "target.unsupported_engine", "InnoDB"));
}

TEST_CASE("names that differ only in case are refused by a target that ignores it") {
    OwnPair pair(Flavour::mysql80, {});
    sql(pair.source,
        "CREATE TABLE shop.Order_ (id INT PRIMARY KEY); CREATE TABLE shop.order_ (id INT PRIMARY KEY)");
    CHECK(errors(inspect(pair.spec)).empty());
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    // MySQL 8.0 fixes the setting when the data directory is made; MariaDB takes it at each start.
    const TestServer folding =
        TestServer::start(Flavour::mariadb, {.memory = "64M", .extra = {"--lower-case-table-names=1"}});
    pair.spec.target = endpoint_of(folding);
    const Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(has(findings, "pair.case_collision", "shop.order_"));
    CHECK(has(findings, "pair.lower_case_table_names"));
}

TEST_CASE("a value longer than the target's packets is found") {
    OwnPair pair(Flavour::mysql80, {"--max-allowed-packet=1M"});
    sql(pair.source,
        "CREATE TABLE shop.files (id INT PRIMARY KEY, body LONGBLOB);"
        "INSERT INTO shop.files VALUES (1, REPEAT('x', 500000))");
    CHECK_FALSE(has(inspect(pair.spec), "target.max_allowed_packet", "shop.files"));
    sql(pair.source, "INSERT INTO shop.files VALUES (2, REPEAT('x', 3000000))");
    const Findings findings = inspect(pair.spec);
    const Finding* finding = find(findings, "target.max_allowed_packet", "shop.files");
    REQUIRE(finding);
    CHECK(finding->severity == Severity::error);
    CHECK_THAT(finding->message, Catch::Contains("3000000 bytes"));
    sql(pair.target, "SET GLOBAL max_allowed_packet = 1073741824");
    CHECK_FALSE(has(inspect(pair.spec), "target.max_allowed_packet"));
}

TEST_CASE("packets that are small for any job are told before it starts") {
    OwnPair pair(Flavour::mysql80, {"--max-allowed-packet=1M"});
    sql(pair.source,
        "CREATE TABLE shop.notes (id INT PRIMARY KEY, a MEDIUMTEXT, b MEDIUMTEXT);"
        "INSERT INTO shop.notes VALUES (1, REPEAT('x', 700000), REPEAT('y', 700000)); ANALYZE TABLE shop.notes");
    REQUIRE(has(inspect(pair.spec), "target.max_allowed_packet", "target"));
    CHECK(find(inspect(pair.spec), "target.max_allowed_packet", "target")->severity == Severity::warning);

    sql(pair.target, "SET GLOBAL local_infile = ON");
    CHECK_FALSE(has(inspect(pair.spec), "target.max_allowed_packet", "shop.notes"));
    sql(pair.target, "SET GLOBAL local_infile = OFF");
    CHECK(has(inspect(pair.spec), "target.max_allowed_packet", "shop.notes"));

    sql(pair.target, "SET GLOBAL max_allowed_packet = 1024");
    sql(pair.source, "DROP TABLE shop.notes; CREATE TABLE shop.notes (id INT PRIMARY KEY COMMENT '" + std::string(1000, 'c') +
                         "')");
    const Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    REQUIRE(has(findings, "target.max_allowed_packet", "target"));
    CHECK(find(findings, "target.max_allowed_packet", "target")->severity == Severity::error);
    CHECK(has(findings, "target.max_allowed_packet", "shop.notes"));
}

TEST_CASE("prepared XA transactions are found on either side") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    OwnPair pair(flavour);
    sql(pair.source, "XA START 'left'; INSERT INTO shop.t VALUES (1); XA END 'left'; XA PREPARE 'left'");
    CHECK(has(inspect(pair.spec), "source.prepared_xa"));
    sql(pair.source, "XA ROLLBACK 'left'");
    CHECK_FALSE(has(inspect(pair.spec), "source.prepared_xa"));
}

TEST_CASE("settings of a MariaDB target that would stop the job are errors") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    OwnPair pair(Flavour::mariadb);
    pair.check(pair.target, "SET GLOBAL innodb_force_primary_key = ON",
               "SET GLOBAL innodb_force_primary_key = OFF", "target.require_primary_key", Severity::error);
    pair.check(pair.target, "SET GLOBAL read_only = ON", "SET GLOBAL read_only = OFF", "target.read_only",
               Severity::warning);
    pair.check(pair.target, "SET GLOBAL enforce_storage_engine = Aria",
               "SET GLOBAL enforce_storage_engine = NULL", "target.unsupported_engine", Severity::error);
    pair.check(pair.source, "SET GLOBAL max_statement_time = 5", "SET GLOBAL max_statement_time = 0",
               "source.max_execution_time", Severity::warning);
    sql(pair.source, "CREATE TABLE shop.pressed (id INT PRIMARY KEY) ROW_FORMAT = COMPRESSED");
    pair.check(pair.target, "SET GLOBAL innodb_read_only_compressed = ON",
               "SET GLOBAL innodb_read_only_compressed = OFF", "target.compressed_read_only",
               Severity::error);
    pair.check(pair.target, "SET GLOBAL innodb_file_per_table = OFF", "SET GLOBAL innodb_file_per_table = ON",
               "target.row_format", Severity::error);
}

TEST_CASE("settings of a MySQL 9.7 target that would change or refuse tables are told") {
    if (!available(Flavour::mysql97)) SKIP_TEST("MySQL 9.7 is not installed");
    OwnPair pair(Flavour::mysql97);
    pair.check(pair.target, "SET GLOBAL sql_generate_invisible_primary_key = ON",
               "SET GLOBAL sql_generate_invisible_primary_key = OFF", "target.generates_primary_key",
               Severity::warning);
    sql(pair.source,
        "SET SESSION restrict_fk_on_non_standard_key = OFF; USE shop;"
        "CREATE TABLE p (id INT PRIMARY KEY, k INT, KEY (k));"
        "CREATE TABLE c (id INT PRIMARY KEY, k INT, FOREIGN KEY (k) REFERENCES p (k))");
    CHECK(has(inspect(pair.spec), "table.foreign_key_not_unique", "shop.c"));
    sql(pair.target, "SET GLOBAL restrict_fk_on_non_standard_key = OFF");
    CHECK_FALSE(has(inspect(pair.spec), "table.foreign_key_not_unique"));
}

TEST_CASE("DDL that runs on a selected database is noticed") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, "CREATE TABLE t (id INT PRIMARY KEY)", database.name());
    const JobSpec spec = job_of(source, target, database.name());
    CHECK_FALSE(has(inspect(spec), "source.running_ddl"));

    mysql::Connection reader(spec.source, {.database = database.name()});
    reader.execute("BEGIN");
    (void)reader.query("SELECT * FROM t");  // keeps the table's metadata lock
    std::thread changer([&] {
        mysql::Connection connection(spec.source, {.database = database.name()});
        connection.execute("ALTER TABLE t ADD v INT");
    });
    const bool seen = eventually([&] { return has(inspect(spec), "source.running_ddl", database.name()); },
                                 std::chrono::seconds(10));
    reader.execute("ROLLBACK");
    changer.join();
    CHECK(seen);
    CHECK_FALSE(has(inspect(spec), "source.running_ddl"));
}
