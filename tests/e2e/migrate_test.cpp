#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

const char* const two_tables = R"(
CREATE TABLE parent (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL, KEY by_name (name));
CREATE TABLE child (id BIGINT PRIMARY KEY, parent INT, note TEXT, CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parent (id));
INSERT INTO parent (name) VALUES ('a'), ('b'), ('c');
INSERT INTO child VALUES (-5, 1, 'x'), (18, 2, NULL), (19, NULL, '');
CREATE VIEW pairs AS SELECT p.name, c.note FROM parent p JOIN child c ON c.parent = p.id;
)";

struct Pair {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    TestDatabase database{{&source}, {&target}};
    Migration migration{source, target};

    Pair() { sql(source, two_tables, database.name()); }
    void check_equal() const {
        CHECK(schema_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
        CHECK(row_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
    }
};

}  // namespace

TEST_CASE("a text report says what was done and where the changelog lies") {
    Pair pair;
    const ProcessResult result = pair.migration.run("migrate", pair.database.name());
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.out.find("DONE") != std::string::npos);
    CHECK(result.out.find(pair.database.name() + ".xml") != std::string::npos);
    CHECK(result.out.find("0 different") != std::string::npos);
    pair.check_equal();
}

TEST_CASE("a target of another name gets the same objects") {
    Pair pair;
    const TestDatabase other{{}, {&pair.target}, "other"};
    const ProcessResult result =
        run(pair.migration.command("migrate", pair.database.name(), other.name(), {"--json"}), pair.migration.options(), a_while);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(schema_differences(pair.source, pair.database.name(), pair.target, other.name()) == std::vector<std::string>{});
    CHECK(row_differences(pair.source, pair.database.name(), pair.target, other.name()) == std::vector<std::string>{});
}

TEST_CASE("two databases with keys and views across them move in one job") {
    Pair pair;
    const TestDatabase second{{&pair.source}, {&pair.target}, "second"};
    const std::string first = pair.database.name();
    sql(pair.source,
        "CREATE TABLE grandchild (id INT PRIMARY KEY, c BIGINT, CONSTRAINT across FOREIGN KEY (c) REFERENCES `" + first +
            "`.child (id)); INSERT INTO grandchild VALUES (1, 18); CREATE VIEW wide AS SELECT g.id, p.name FROM grandchild g "
            "JOIN `" + first + "`.child c ON c.id = g.c JOIN `" + first + "`.parent p ON p.id = c.parent;",
        second.name());
    sql(pair.source, "CREATE VIEW back AS SELECT * FROM `" + second.name() + "`.wide", first);
    const ProcessResult result = run(
        pair.migration.command("migrate", "", "", {"--json", "--databases", first + "," + second.name()}),
        pair.migration.options(), a_while);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(report_of(result)["schema"]["changelog"].size() == 2);
    pair.check_equal();
    CHECK(schema_differences(pair.source, second.name(), pair.target, second.name()) == std::vector<std::string>{});
    CHECK(row_differences(pair.source, second.name(), pair.target, second.name()) == std::vector<std::string>{});
}

TEST_CASE("a second migration onto the same tables is refused and changes nothing") {
    Pair pair;
    REQUIRE(pair.migration.run("migrate", pair.database.name()).exit_code == 0);
    const std::string stamp = value(pair.target, "SELECT COUNT(*) FROM parent", pair.database.name());
    const ProcessResult again = pair.migration.run("migrate", pair.database.name(), {"--json"});
    CHECK(again.exit_code == 3);
    const auto report = report_of(again);
    CHECK(report["state"] == "PREFLIGHT_FAILED");
    CHECK_FALSE(report["failure"]["remedy"].get<std::string>().empty());
    CHECK(value(pair.target, "SELECT COUNT(*) FROM parent", pair.database.name()) == stamp);

    const ProcessResult dropped = pair.migration.run("migrate", pair.database.name(), {"--if-exists", "drop"});
    INFO(dropped.err);
    CHECK(dropped.exit_code == 0);
    pair.check_equal();
    const ProcessResult truncated = pair.migration.run("migrate", pair.database.name(), {"--if-exists", "truncate"});
    INFO(truncated.err);
    CHECK(truncated.exit_code == 0);
    pair.check_equal();
}

TEST_CASE("Ctrl-C keeps the state and the same command goes on") {
    Pair pair;
    sql(pair.source,
        "CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, filler VARCHAR(200) NOT NULL); "
        "INSERT INTO big (filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT REPEAT('x', 200) FROM n;"
        "INSERT INTO big (filler) SELECT a.filler FROM big a JOIN (SELECT 1 FROM big LIMIT 60) b;",
        pair.database.name());
    Process process(pair.migration.command("migrate", pair.database.name(), pair.database.name(),
                                           {"--rows-per-second", "20000"}),
                    pair.migration.options());
    REQUIRE(process.wait_for("DATA_RUNNING", a_while));
    std::this_thread::sleep_for(500ms);
    process.signal(SIGINT);
    const ProcessResult interrupted = process.wait(a_while);
    INFO(interrupted.err);
    CHECK(interrupted.exit_code == 130);
    const ProcessResult done = pair.migration.run("migrate", pair.database.name());
    INFO(done.err);
    CHECK(done.exit_code == 0);
    CHECK(done.err.find("continuing job") != std::string::npos);
    pair.check_equal();
}

TEST_CASE("verify finds a changed row by name and mends it") {
    Pair pair;
    REQUIRE(pair.migration.run("migrate", pair.database.name()).exit_code == 0);
    sql(pair.target, "UPDATE child SET note = 'y' WHERE id = -5; DELETE FROM parent WHERE id = 3;", pair.database.name());
    const ProcessResult found = pair.migration.run("verify", pair.database.name(), {"--level", "checksum", "--json"});
    CHECK(found.exit_code == 4);
    const auto validation = report_of(found)["validation"];
    CHECK(validation["mismatches"] == 2);
    CHECK(found.out.find("\"note\"") != std::string::npos);
    CHECK(pair.migration.run("verify", pair.database.name(), {"--level", "checksum", "--repair"}).exit_code == 0);
    CHECK(pair.migration.run("verify", pair.database.name(), {"--level", "rows"}).exit_code == 0);
    pair.check_equal();
}

TEST_CASE("schema generates the same changelog twice") {
    Pair pair;
    const auto changelog = [&] {
        const auto report = report_of(pair.migration.run("schema", pair.database.name(), {"--json"}));
        return read_file(report["schema"]["changelog"].get<std::string>());
    };
    const std::string first = changelog();
    CHECK(first.find("databaseChangeLog") != std::string::npos);
    CHECK(first == changelog());
}
