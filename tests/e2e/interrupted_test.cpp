#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/e2e/migration.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

/// One server for both sides, of this test alone: its tables are locked. Database `here` moves to `there`.
struct House {
    TestServer server = TestServer::start(Flavour::mysql80);
    Migration migration{server, server};

    House() {
        sql(server, "CREATE DATABASE here; USE here; CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, f CHAR(50) NOT NULL); "
                    "CREATE TABLE b LIKE a; CREATE TABLE c LIKE a; INSERT INTO a (f) WITH RECURSIVE n (i) AS "
                    "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT 'x' FROM n; INSERT INTO b SELECT * FROM a; "
                    "INSERT INTO c SELECT * FROM a");
    }

    [[nodiscard]] Process start(const std::string& command, std::vector<std::string> arguments = {}) const {
        return Process(migration.command(command, "here", "there", std::move(arguments)), migration.options());
    }

    /// Waits until a statement that begins so waits for a table, or until none does.
    [[nodiscard]] bool waits_for_a_table(const std::string& statement, bool waits = true) const {
        const std::string waiting = "SELECT COUNT(*) FROM information_schema.processlist WHERE STATE LIKE 'Waiting for%' AND INFO LIKE '" +
                                    statement + "%'";
        return eventually([&] { return (value(server, waiting) != "0") == waits; }, a_while);
    }
};

/// Keeps tables locked by a session of its own.
class Locked {
  public:
    Locked(const TestServer& server, const std::string& tables)
        : server_(server),
          client_({"mariadb", "--no-defaults", "--host=" + server.host(), "--port=" + std::to_string(server.port()),
                   "--user=" + TestServer::user(), "--protocol=tcp", "--batch", "--skip-column-names", "--unbuffered"},
                  with_input(server, "LOCK TABLES " + tables +
                                         ";\nSELECT CONCAT('held by ', CONNECTION_ID(), ';');\nSELECT SLEEP(600);\n")) {
        REQUIRE(client_.wait_for(";", a_while));
        const std::string out = client_.out();
        const std::size_t begin = out.find("held by ") + 8;
        id_ = out.substr(begin, out.find(';') - begin);
    }
    void end() { sql(server_, "KILL " + id_); }

  private:
    static ProcessOptions with_input(const TestServer& server, const std::string& input) {
        ProcessOptions options;
        options.environment["MYSQL_PWD"] = server.password();
        options.input = input;
        return options;
    }

    const TestServer& server_;
    Process client_;
    std::string id_;
};

}  // namespace

TEST_CASE("verify that waits for a server ends with 130 when it is told to, and says so") {
    House house;
    sql(house.server, "CREATE DATABASE there; CREATE TABLE there.a LIKE here.a; CREATE TABLE there.b LIKE here.b; "
                      "CREATE TABLE there.c LIKE here.c");
    Locked locked(house.server, "here.b WRITE");
    for (const int number : {SIGTERM, SIGINT}) {
        REQUIRE(house.waits_for_a_table("", false));
        Process verify = house.start("verify");
        REQUIRE(house.waits_for_a_table(""));
        verify.signal(number);
        const ProcessResult result = verify.wait(a_while);
        INFO(result.err);
        CHECK(result.exit_code == 130);
        CHECK(result.err.find("stopped on request") != std::string::npos);
    }
}

TEST_CASE("Ctrl-C while --restart removes what an earlier job created ends with 130, and the same command goes on") {
    House house;
    Process first = house.start("migrate", {"--rows-per-second", "20"});
    REQUIRE(first.wait_for("DATA_RUNNING", a_while));
    first.signal(SIGINT);
    REQUIRE(first.wait(a_while).exit_code == 130);
    Locked locked(house.server, "there.a READ, there.b READ, there.c READ");
    Process second = house.start("migrate", {"--restart"});
    REQUIRE(house.waits_for_a_table("DROP"));
    second.signal(SIGINT);
    REQUIRE(second.wait_for("stopping at the next safe point", a_while));
    locked.end();
    const ProcessResult interrupted = second.wait(a_while);
    INFO(interrupted.err);
    CHECK(interrupted.exit_code == 130);
    CHECK(interrupted.err.find("is kept in state ROLLING_BACK") != std::string::npos);
    const ProcessResult third = house.start("migrate", {"--restart"}).wait(a_while);
    INFO(third.err);
    CHECK(third.exit_code == 0);
}
