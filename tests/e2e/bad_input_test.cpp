#include <catch2/catch.hpp>

#include "tests/e2e/migration.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

struct Pair {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    TestDatabase database{{&source}, {&target}};
    Migration migration{source, target};

    Pair() { sql(source, "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)", database.name()); }

    [[nodiscard]] bool target_untouched() const {
        return value(target, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name IN ('" +
                                 database.name() + "')") == "0";
    }
};

void check_says(const ProcessResult& result, int code, std::initializer_list<const char*> words) {
    INFO(result.out);
    INFO(result.err);
    CHECK(result.exit_code == code);
    for (const char* word : words) {
        CAPTURE(word);
        CHECK((result.err + result.out).find(word) != std::string::npos);
    }
}

}  // namespace

TEST_CASE("a wrong password is refused with the account's name and without the password") {
    Pair pair;
    ProcessOptions options = pair.migration.options();
    options.environment["TRANSLOAD_TARGET_PASSWORD"] = "wr0ng-s3cret";
    const ProcessResult result = run(pair.migration.command("migrate", pair.database.name(), pair.database.name()), options, a_while);
    check_says(result, 3, {"Access denied", "root@127.0.0.1", "check user and password"});
    CHECK((result.out + result.err).find("wr0ng-s3cret") == std::string::npos);
    CHECK(pair.target_untouched());
    INFO("the same command goes on when the password is right");
    CHECK(pair.migration.run("migrate", pair.database.name()).exit_code == 0);
}

TEST_CASE("an unknown host and a closed port are refused with a remedy") {
    Pair pair;
    check_says(run({transload_program().string(), "migrate", "--source", "mysql://root@no-such-host.invalid/x", "--target",
                    url(pair.target, "x"), "--state-dir", (pair.migration.folder() / "s").string()},
                   pair.migration.options(), a_while),
               3, {"no-such-host.invalid", "check the host name"});
    check_says(run({transload_program().string(), "preflight", "--source", url(pair.source, pair.database.name()), "--target",
                    "mysql://root@127.0.0.1:" + std::to_string(free_port()) + "/x"},
                   pair.migration.options(), a_while),
               3, {"check host and port"});
}

TEST_CASE("a database that does not exist is refused with the names of those that do") {
    Pair pair;
    check_says(pair.migration.run("migrate", "no_such_database"), 3, {"no_such_database", pair.database.name().c_str()});
}

TEST_CASE("a view that refers to a missing table is refused by name and can be left out") {
    Pair pair;
    sql(pair.source, "CREATE TABLE gone (id INT); CREATE VIEW broken AS SELECT * FROM gone; DROP TABLE gone;", pair.database.name());
    check_says(pair.migration.run("migrate", pair.database.name()), 3, {"broken", "exclude"});
    CHECK(pair.target_untouched());
    check_says(pair.migration.run("migrate", pair.database.name(), {"--exclude", "broken"}), 0, {"DONE"});
}

TEST_CASE("a read-only target is refused until it can be written") {
    Pair pair;
    const TestServer other = TestServer::start(Flavour::mysql80);
    const Migration migration(pair.source, other);
    sql(other, "SET GLOBAL super_read_only = ON");
    check_says(migration.run("migrate", pair.database.name()), 3, {"read_only"});
    sql(other, "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF");
    check_says(migration.run("migrate", pair.database.name()), 0, {"DONE"});
}

TEST_CASE("TLS that is demanded and absent is refused") {
    if (!available(Flavour::mariadb)) SKIP_TEST("needs MariaDB, which serves no TLS unless told to");
    Pair pair;
    const TestServer other = TestServer::start(Flavour::mariadb);
    const Migration migration(pair.source, other);
    check_says(run({transload_program().string(), "migrate", "--source", url(pair.source, pair.database.name()), "--target",
                    url(other, "x") + "?tls=required", "--state-dir", (migration.folder() / "s").string()},
                   migration.options(), a_while),
               3, {"TLS"});
}

TEST_CASE("a missing Liquibase or Java is refused before anything is changed") {
    Pair pair;
    check_says(pair.migration.run("migrate", pair.database.name(), {"--liquibase", "/no/such/liquibase"}), 3,
               {"/no/such/liquibase", "iquibase"});
    check_says(pair.migration.run("migrate", pair.database.name(), {"--java", "/no/such/java"}), 3, {"/no/such/java"});
    CHECK(pair.target_untouched());
}

TEST_CASE("words that make no sense end with exit code 2 and name themselves") {
    const TempDir folder;
    const auto go = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), transload_program().string());
        ProcessOptions options;
        options.directory = folder.path();
        return run(arguments, options, 30s);
    };
    check_says(go({}), 2, {"subcommand"});
    check_says(go({"migrat"}), 2, {"migrat"});
    check_says(go({"migrate", "--frobnicate"}), 2, {"--frobnicate"});
    check_says(go({"migrate"}), 2, {"source"});
    check_says(go({"migrate", "--source", "postgres://a@b/c", "--target", "mysql://a@b/c"}), 2, {"postgres"});
    check_says(go({"migrate", "--source", "mysql://a@b:99999/c", "--target", "mysql://a@b/c"}), 2, {"99999"});
    check_says(go({"migrate", "--source", "mysql://a@b/c", "--target", "mysql://a@b/c", "--validate", "maybe"}), 2,
               {"validate", "checksum"});
    check_says(go({"migrate", "--source", "mysql://a@b/c", "--target", "mysql://a@b/d", "--workers", "-3"}), 2, {"workers"});
    check_says(go({"migrate", "--source", "mysql://a@b/c", "--target", "mysql://a@b/d", "--cutover", "maybe"}), 2, {"cutover", "manual"});
    check_says(go({"migrate", "--source", "mysql://a@b/c", "--target", "mysql://a@b/d", "--reverse"}), 2, {"reverse"});
    check_says(go({"migrate", "--source", "mysql://a@b/c", "--target", "mysql://a@b/d", "--engine", "shardingsphere"}), 2,
               {"shardingsphere"});
    check_says(go({"migrate", "no-such-file.yaml"}), 2, {"no-such-file.yaml"});
    folder.write("bad.yaml", "source: mysql://a:s3cret@b/c\ntarget: [\n");
    const ProcessResult malformed = go({"migrate", "bad.yaml"});
    check_says(malformed, 2, {"bad.yaml"});
    CHECK((malformed.out + malformed.err).find("s3cret") == std::string::npos);
    folder.write("unknown.yaml", "source: mysql://a@b/c\ntarget: mysql://a@b/d\nlimits: {worker: 3}\n");
    check_says(go({"migrate", "unknown.yaml"}), 2, {"limits.worker", "workers"});
}

TEST_CASE("a second orchestrator on one state folder is refused by the name of the lock") {
    Pair pair;
    sql(pair.source, "CREATE TABLE w (id INT AUTO_INCREMENT PRIMARY KEY, f CHAR(100) NOT NULL); INSERT INTO w (f) WITH RECURSIVE n (i) AS "
                     "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT 'x' FROM n",
        pair.database.name());
    Process first(pair.migration.command("migrate", pair.database.name(), pair.database.name(), {"--rows-per-second", "50"}),
                  pair.migration.options());
    REQUIRE(first.wait_for("SCHEMA_GENERATING", a_while));
    check_says(pair.migration.run("migrate", pair.database.name()), 1, {"lock", std::to_string(first.pid()).c_str()});
}

TEST_CASE("every command explains itself") {
    for (const char* command : {"migrate", "preflight", "schema", "verify", "serve", "job"})
        check_says(run({transload_program().string(), command, "--help"}), 0, {"Usage", command});
    check_says(run({transload_program().string(), "--version"}), 0, {"transload 0."});
}
