#include <catch2/catch.hpp>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

struct Followed {
    const TestServer& source;
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    TestDatabase database{{&source}, {&target}};
    Migration migration{source, target};

    /// A source that is cut over from stays read-only: such a job needs one of its own.
    explicit Followed(const TestServer& from = shared_server(Flavour::mysql80, "source")) : source(from) {
        on_source("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    }

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
    const ProcessResult stopped = first.wait(a_while);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 1);
    CHECK(stopped.err.find("ALTER TABLE t ADD COLUMN w INT") != std::string::npos);
    CHECK(stopped.err.find("--ddl apply") != std::string::npos);

    Process second = job.start({"--ddl", "apply"});
    const bool goes_on = second.wait_for("ready; following", a_while);
    INFO(second.err());
    REQUIRE(goes_on);
    job.on_source("INSERT INTO t VALUES (5, 5, 55)");
    CHECK(eventually([&] { return job.rows_equal(); }, a_while));
}

TEST_CASE("a row that the stream does not find fails the job, and the same command with --repair goes on") {
    const Followed job;
    Process first = job.start({});
    REQUIRE(first.wait_for("ready; following", a_while));
    job.on_target("DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (9, 9)");
    job.on_source("UPDATE t SET v = 20 WHERE id = 2; INSERT INTO t VALUES (6, 6)");
    const ProcessResult stopped = first.wait(a_while);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 1);
    CHECK(stopped.err.find("id=2") != std::string::npos);
    CHECK(stopped.err.find("--repair") != std::string::npos);

    Process second = job.start({"--repair"});
    const bool goes_on = second.wait_for("ready; following", a_while);
    INFO(second.err());
    REQUIRE(goes_on);
    job.on_source("UPDATE t SET v = 21 WHERE id = 2");
    CHECK(eventually([&] { return job.rows_equal(); }, a_while));
}

TEST_CASE("rows that differ while a job follows end it with exit code 4 and the name of the row") {
    const Followed job;
    Process first = job.start({"--validate-every", "1s"});
    REQUIRE(first.wait_for("ready; following", a_while));
    job.on_target("UPDATE t SET v = 30 WHERE id = 3");
    const ProcessResult stopped = first.wait(a_while);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 4);
    CHECK(stopped.err.find("id=3") != std::string::npos);
}

TEST_CASE("the command of a move that was handed over does nothing more, and nothing lets it drop what the target took since") {
    const TestServer source = TestServer::start(Flavour::mysql80);
    const Followed job(source);
    const auto migrate = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--cutover", "auto", "--json"});
        return job.migration.run("migrate", job.database.name(), arguments);
    };
    const ProcessResult made = migrate({});
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    job.on_target("INSERT INTO t VALUES (7, 7)");

    const ProcessResult again = migrate({});
    INFO(again.err);
    CHECK(again.exit_code == 0);
    CHECK(again.err.find("nothing is left to do") != std::string::npos);
    CHECK(report_of(again)["job_id"] == report_of(made)["job_id"]);

    const ProcessResult anew = migrate({"--restart", "--if-exists", "drop"});
    INFO(anew.err);
    CHECK(anew.exit_code == 3);
    CHECK(report_of(anew)["failure"]["id"] == "target.handed_over");
    CHECK(value(job.target, "SELECT COUNT(*) FROM t", job.database.name()) == "4");
}

TEST_CASE("a table that is truncated again and again is compared all the same, and the job cuts over") {
    const Followed job;
    job.on_source(
        "CREATE TABLE queue (id INT PRIMARY KEY, note VARCHAR(20)); "
        "CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, filler VARCHAR(200) NOT NULL); "
        "INSERT INTO big (filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
        "SELECT REPEAT('x', 200) FROM n; "
        "INSERT INTO big (filler) SELECT a.filler FROM big a JOIN (SELECT 1 FROM big LIMIT 300) b");
    Process first = job.start({});
    REQUIRE(first.wait_for("the engine is prepared", a_while));
    std::atomic<bool> cutting{false};
    std::atomic<int> truncated{0};
    std::thread truncating([&] {
        while (!cutting) {
            try {
                job.on_source("TRUNCATE TABLE queue; INSERT INTO queue VALUES (1, 'a'), (2, 'b')");
                ++truncated;
            } catch (const std::exception&) {
                // the test looks at what there is in the end
            }
        }
    });
    const bool ready = first.wait_for("ready; following", a_while);
    cutting = true;
    truncating.join();
    INFO(first.err());
    REQUIRE(ready);
    CHECK(truncated > 10);
    CHECK(eventually([&] { return job.rows_equal(); }, a_while));
}
