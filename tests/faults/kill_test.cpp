#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

/// Programs whose command line names the folder: Liquibase's JVM gets the changelog's path.
std::vector<std::string> processes_that_name(const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "cmdline", std::ios::binary);
        std::string line;
        try {
            line.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        } catch (const std::ios_base::failure&) {
            continue;  // it ended while it was looked at
        }
        if (line.find(folder) != std::string::npos) found.push_back(entry.path().filename().string() + " " + line.substr(0, 60));
    }
    return found;
}

/// The newest job of the folder is DONE.
bool is_made(const Migration& migration, const std::string& program) {
    Process list({program, "job", "list", "--json", "--state-dir", (migration.folder().path() / "state").string()});
    const ProcessResult result = list.wait(60s);
    if (result.exit_code != 0) return false;  // killed before there was a folder
    const auto jobs = nlohmann::json::parse(result.out).at("jobs");
    return !jobs.empty() && jobs.front().at("state") == "DONE";
}

const char* const tables = R"(
CREATE TABLE plain (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, filler CHAR(120) NOT NULL, KEY by_a (a), UNIQUE KEY u (a, id));
CREATE TABLE texty (k VARCHAR(40) NOT NULL, n INT NOT NULL, v TEXT, PRIMARY KEY (k, n));
CREATE TABLE keyless (a INT, b VARCHAR(20));
CREATE TABLE sparse (id BIGINT UNSIGNED PRIMARY KEY, v DATETIME(6));
INSERT INTO plain (a, filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT CRC32(i) % 1000, REPEAT(CHAR(65 + i % 26), 100) FROM n;
INSERT INTO plain (a, filler) SELECT p.a + q.a, p.filler FROM plain p JOIN (SELECT a FROM plain LIMIT 150) q;
INSERT INTO texty SELECT CONCAT('k', a), id, filler FROM plain WHERE id < 40000;
INSERT INTO keyless SELECT a, LEFT(filler, 10) FROM plain WHERE id < 20000;
INSERT INTO sparse SELECT id * 123456789, '2024-01-01 00:00:00.123456' FROM plain WHERE id < 30000;
CREATE TABLE child (id INT PRIMARY KEY, plain_id INT, CONSTRAINT f FOREIGN KEY (plain_id) REFERENCES plain (id));
INSERT INTO child SELECT id, id FROM plain WHERE id < 5000;
CREATE VIEW v AS SELECT COUNT(*) c FROM plain;
)";

}  // namespace

TEST_CASE("killed at random moments and started again, every row and object is there once") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    const TestDatabase database({&source}, {&target}, "kill");
    sql(source, tables, database.name());
    const char* wanted = std::getenv("TRANSLOAD_KILL_ROUNDS");
    const int rounds = wanted ? std::atoi(wanted) : 5;
    const char* given_seed = std::getenv("TRANSLOAD_KILL_SEED");
    const unsigned seed = given_seed ? static_cast<unsigned>(std::strtoul(given_seed, nullptr, 10)) : std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        sql(target, "DROP DATABASE IF EXISTS " + identifier(database.name()));
        const Migration migration(source, target);
        // Slow enough that a kill may fall into the copying as well as into the schema's steps.
        const auto command = migration.command("migrate", database.name(), database.name(), {"--rows-per-second", "100000", "--json"});
        int kills = 0;
        while (true) {
            Process process(command, migration.options());
            const auto moment = std::chrono::milliseconds(std::uniform_int_distribution<int>(200, 14000)(random));
            const auto deadline = std::chrono::steady_clock::now() + moment;
            while (process.running() && std::chrono::steady_clock::now() < deadline && kills < 6) std::this_thread::sleep_for(10ms);
            if (process.running() && kills < 6) {
                process.signal(SIGKILL);
                process.wait(5s);
                ++kills;
                CHECK(eventually([&] { return processes_that_name(migration.folder().path().string()).empty(); }, 5s));
                // Between DONE and its exit: the copy is made, and the same command would begin another, onto its tables.
                if (is_made(migration, command.front())) break;
                continue;
            }
            const ProcessResult result = process.wait(180s);
            INFO(result.err);
            REQUIRE(result.exit_code == 0);
            break;
        }
        CAPTURE(kills);
        REQUIRE(row_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
        REQUIRE(schema_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
    }
}
