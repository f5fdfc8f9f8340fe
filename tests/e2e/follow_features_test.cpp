#include <catch2/catch.hpp>
#include <chrono>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr auto a_while = 150s;  // Liquibase alone takes a minute on a busy machine

struct Followed {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    TestDatabase database{{&source}, {&target}};
    Migration migration{source, target};

    Followed() { on_source("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)"); }
    ~Followed() { sql(source, "SET GLOBAL super_read_only = 0; SET GLOBAL read_only = 0"); }

    void on_source(const std::string& script) const { sql(source, script, database.name()); }
    void on_target(const std::string& script) const { sql(target, script, database.name()); }
    [[nodiscard]] Process start(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--cutover", "manual"});
        return Process(migration.command("migrate", database.name(), database.name(), arguments), migration.options());
    }
    [[nodiscard]] bool rows_equal() const {
        return row_differences(source, database.name(), target, database.name()).empty();
    }
};

}  // namespace

TEST_CASE("a changed definition stops a job that follows, and the same command goes on with --ddl apply") {
    const Followed job;
    Process first = job.start({});
    REQUIRE(first.wait_for("ready; following", a_while));
    job.on_source("ALTER TABLE t ADD COLUMN w INT; INSERT INTO t VALUES (4, 4, 44)");
    const ProcessResult stopped = first.wait(30s);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 1);
    CHECK(stopped.err.find("ALTER TABLE t ADD COLUMN w INT") != std::string::npos);
    CHECK(stopped.err.find("--ddl apply") != std::string::npos);

    Process second = job.start({"--ddl", "apply"});
    const bool goes_on = second.wait_for("ready; following", a_while);
    INFO(second.err());
    REQUIRE(goes_on);
    job.on_source("INSERT INTO t VALUES (5, 5, 55)");
    CHECK(eventually([&] { return job.rows_equal(); }, 20s));
}

TEST_CASE("a row that the stream does not find fails the job, and the same command with --repair goes on") {
    const Followed job;
    Process first = job.start({});
    REQUIRE(first.wait_for("ready; following", a_while));
    job.on_target("DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (9, 9)");
    job.on_source("UPDATE t SET v = 20 WHERE id = 2; INSERT INTO t VALUES (6, 6)");
    const ProcessResult stopped = first.wait(30s);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 1);
    CHECK(stopped.err.find("id=2") != std::string::npos);
    CHECK(stopped.err.find("--repair") != std::string::npos);

    Process second = job.start({"--repair"});
    const bool goes_on = second.wait_for("ready; following", a_while);
    INFO(second.err());
    REQUIRE(goes_on);
    job.on_source("UPDATE t SET v = 21 WHERE id = 2");
    CHECK(eventually([&] { return job.rows_equal(); }, 20s));
}

TEST_CASE("rows that differ while a job follows end it with exit code 4 and the name of the row") {
    const Followed job;
    Process first = job.start({"--validate-every", "1s"});
    REQUIRE(first.wait_for("ready; following", a_while));
    job.on_target("UPDATE t SET v = 30 WHERE id = 3");
    const ProcessResult stopped = first.wait(30s);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 4);
    CHECK(stopped.err.find("id=3") != std::string::npos);
}
