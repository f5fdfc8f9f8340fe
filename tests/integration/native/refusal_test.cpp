#include <catch2/catch.hpp>
#include <functional>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/native/copy_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

struct Refusal {
    std::string id, object, message;
};

struct Setup {
    const TestServer& source = shared_server(Flavour::mysql80, "native-source");
    const TestServer& target = shared_server(Flavour::mysql80, "native-target");
    TestDatabase database{{&source, &target}, {}, "refusal"};
    JobSpec spec = spec_for(endpoint_of(source), endpoint_of(target), database.name());
    CopyOptions options{.job = "refusal-" + database.name()};

    ~Setup() { forget(spec, options.job); }

    [[nodiscard]] Refusal refused() const {
        RecordingControl control;
        try {
            (void)copy(spec, control, options);
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::failed);
            CHECK_FALSE(error.remedy().empty());
            return {error.id(), error.object(), error.message()};
        }
        FAIL("nothing was refused");
        return {};
    }
};

}  // namespace

TEST_CASE("a value that the target would change is an error that names table, column and row") {
    const Setup setup;
    sql(setup.source,
        "CREATE TABLE t (id INT PRIMARY KEY, c VARCHAR(20)); INSERT INTO t VALUES (7, 'ok'), (42, 'too long "
        "a text')",
        setup.database.name());
    sql(setup.target, "CREATE TABLE t (id INT PRIMARY KEY, c VARCHAR(5))", setup.database.name());
    const Refusal refusal = setup.refused();
    CHECK(refusal.id == "native.value_changed");
    CHECK(refusal.object == setup.database.name() + ".t");
    CHECK(refusal.message.find("id=42") != std::string::npos);
    CHECK(refusal.message.find("'c'") != std::string::npos);
    CHECK(value(setup.target, "SELECT COUNT(*) FROM t", setup.database.name()) == "0");
}

TEST_CASE("a row that the target would skip is an error") {
    const Setup setup;
    sql(setup.source, "CREATE TABLE t (id INT PRIMARY KEY, c INT); INSERT INTO t VALUES (1, 5), (2, 5)",
        setup.database.name());
    sql(setup.target, "CREATE TABLE t (id INT PRIMARY KEY, c INT UNIQUE)", setup.database.name());
    CHECK(setup.refused().id == "native.value_changed");
    CHECK(value(setup.target, "SELECT COUNT(*) FROM t", setup.database.name()) == "0");
}

TEST_CASE("rows that the job did not write are refused before anything is copied") {
    const Setup setup;
    sql(setup.source, "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)", setup.database.name());
    sql(setup.target, "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (2)", setup.database.name());
    CHECK(setup.refused().id == "native.target_not_empty");
    CHECK(value(setup.target, "SELECT GROUP_CONCAT(id) FROM t", setup.database.name()) == "2");
}

TEST_CASE("a table whose definition changed since the job began is refused") {
    const Setup setup;
    sql(setup.source, "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)", setup.database.name());
    sql(setup.target, "CREATE TABLE t (id INT PRIMARY KEY, c INT)", setup.database.name());
    RecordingControl control;
    (void)copy(setup.spec, control, setup.options);
    sql(setup.source, "ALTER TABLE t ADD c INT", setup.database.name());
    const Refusal refusal = setup.refused();
    CHECK(refusal.id == "native.definition_changed");
    CHECK(refusal.object == setup.database.name() + ".t");
}

TEST_CASE("ENUM values without a name are copied without complaint, however many there are") {
    const Setup setup;
    sql(setup.source,
        "SET SESSION sql_mode = '';\nCREATE TABLE d (n INT PRIMARY KEY); INSERT INTO d VALUES "
        "(0),(1),(2),(3),(4),(5),(6),(7),(8),(9);\n"
        "CREATE TABLE t (id INT PRIMARY KEY, e ENUM('1', 'a'), f ENUM('x'));\n"
        "INSERT INTO t SELECT a.n + b.n * 10 + c.n * 100 + d.n * 1000 + e.n * 10000, '1', 'x' FROM d a, d b, "
        "d c, d d, d e;\n"
        "UPDATE IGNORE t SET e = 0, f = 0 WHERE id % 5 <> 0;",
        setup.database.name());
    clone_tables(setup.source, setup.target, setup.database.name());
    RecordingControl control;
    (void)copy(setup.spec, control, setup.options);
    CHECK(row_differences(setup.source, setup.database.name(), setup.target, setup.database.name()) ==
          std::vector<std::string>{});
}

TEST_CASE("a limit of rows per second is kept") {
    const Setup setup;
    sql(setup.source,
        "CREATE TABLE d (n INT PRIMARY KEY); INSERT INTO d VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);\n"
        "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t SELECT a.n + b.n * 10 + c.n * 100 + d.n * 1000 "
        "FROM d a, d b, d c, d d;",
        setup.database.name());
    clone_tables(setup.source, setup.target, setup.database.name());
    JobSpec spec = setup.spec;
    spec.limits.rows_per_second = 5'000;
    RecordingControl control;
    const auto begun = std::chrono::steady_clock::now();
    (void)copy(spec, control, setup.options);
    CHECK(std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(1'700));
}

TEST_CASE("rows of 16 MiB in four lanes stay under 200 MB of memory", "[memory]") {
    const TestServer source =
        TestServer::start(Flavour::mysql80, {.password = "pw", .extra = {"--max-allowed-packet=64M"}});
    const TestServer target =
        TestServer::start(Flavour::mysql80, {.password = "pw", .extra = {"--max-allowed-packet=64M"}});
    for (const TestServer* server : {&source, &target})
        sql(*server,
            "CREATE DATABASE d; CREATE TABLE d.a (id INT PRIMARY KEY, b LONGBLOB); CREATE TABLE d.b LIKE "
            "d.a; "
            "CREATE TABLE d.c LIKE d.a; CREATE TABLE d.e LIKE d.a;");
    // Half of it needs escaping, which doubles it.
    for (const char* table : {"a", "b", "c", "e"})
        sql(source, std::string("INSERT INTO d.") + table +
                        " VALUES (1, REPEAT('\\n\\\\ab', 4194304)), (2, REPEAT('\\t\\\\ab', 4194304)), (3, "
                        "REPEAT('abcd', 4194304));");
    Process process({TRANSLOAD_NATIVE_COPY_PROGRAM, "source=" + std::to_string(source.port()),
                     "target=" + std::to_string(target.port()), "password=pw", "database=d"});
    const ProcessResult result = process.wait(std::chrono::seconds(100));
    INFO(result.out << result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(row_differences(source, "d", target, "d") == std::vector<std::string>{});
    const std::size_t at = result.out.find("peak_kb=");
    REQUIRE(at != std::string::npos);
    WARN(result.out.substr(at, 20));
    CHECK(std::stoul(result.out.substr(at + 8)) < 200'000);
}
