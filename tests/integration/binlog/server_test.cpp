#include <catch2/catch.hpp>
#include <signal.h>

#include "adapters/mysql/connection.hpp"
#include "tests/integration/binlog/replay.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace transload::mysql::binlog;

namespace {

struct Server {
    TestServer server;
    std::vector<TablePlan> plans;
    Position from;

    Server(Flavour flavour, const ServerOptions& options) : server(TestServer::start(flavour, options)) {
        sql(server, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, v VARCHAR(9)); INSERT INTO d.t VALUES (1, 'one');");
        plans = plans_of(server, "d");
        from = position_now(server);
    }
    [[nodiscard]] std::string error_from(const Position& position) const {
        try {
            ChangeReader reader(log_endpoint(server), plans, position);
            for (int i = 0; i < 50; ++i) static_cast<void>(reader.next(std::chrono::milliseconds(100)));
        } catch (const Error& error) {
            CHECK(!error.remedy().empty());
            return error.id() + ": " + error.message();
        }
        return "none";
    }
};

void follows_through_restarts(Flavour flavour, const ServerOptions& options) {
    if (!available(flavour)) SKIP_TEST("needs " << name_of(flavour));
    Server test(flavour, options);
    sql(test.server, "INSERT INTO d.t VALUES (2, 'two'); FLUSH BINARY LOGS; INSERT INTO d.t VALUES (3, 'three');");
    CHECK(read_log(test.server, test.plans, test.from).size() == 2);
    ChangeReader reader(log_endpoint(test.server), test.plans, test.from);
    for (int i = 0; i < 100 && !covers(reader.position(), position_now(test.server)); ++i)
        static_cast<void>(reader.next(std::chrono::milliseconds(100)));
    const Position before = reader.position();
    test.server.kill();
    try {
        for (int i = 0; i < 150; ++i) static_cast<void>(reader.next(std::chrono::milliseconds(100)));
        FAIL("a dead server was not noticed");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::transient);
    }
    test.server.restart();
    sql(test.server, "INSERT INTO d.t VALUES (4, 'four');");
    const auto pieces = read_log(test.server, test.plans, before);
    REQUIRE(pieces.size() == 1);
    CHECK(cell_text(pieces[0].changes.at(0).after, 1) == "four");

    // The oldest files go: what was in them is named.
    sql(test.server, "FLUSH BINARY LOGS; INSERT INTO d.t VALUES (5, 'five'); FLUSH BINARY LOGS;");
    const Position now = position_now(test.server);
    sql(test.server, "PURGE BINARY LOGS TO '" + now.file + "';");
    const std::string purged = test.error_from(test.from);
    INFO(purged);
    CHECK(purged.starts_with("binlog.purged"));
    const bool gtids = flavour != Flavour::mariadb && !test.from.gtids.empty();
    CHECK(purged.find(gtids ? test.from.server : test.from.file) != std::string::npos);
    CHECK(test.error_from(now) == "none");

    Position ahead = now;
    ahead.server = "11111111-1111-1111-1111-111111111111";
    if (gtids) ahead.gtids += ",11111111-1111-1111-1111-111111111111:1-5";
    else if (flavour == Flavour::mariadb) ahead.gtids.clear();
    const std::string other = test.error_from(ahead);
    INFO(other);
    CHECK(other.starts_with("binlog.other_history"));
}

}  // namespace

TEST_CASE("a killed MySQL 8.0 without GTIDs is noticed, read on, and its purged log named") {
    follows_through_restarts(Flavour::mysql80, {});
}

TEST_CASE("a killed MySQL 8.0 with GTIDs is noticed, read on, and its purged log named") {
    follows_through_restarts(Flavour::mysql80, {.gtid = true, .extra = {"--binlog-checksum=NONE"}});
}

TEST_CASE("a killed MySQL 9 with GTIDs is noticed, read on, and its purged log named") {
    follows_through_restarts(Flavour::mysql97, {.gtid = true});
}

TEST_CASE("a killed MariaDB is noticed, read on, and its purged log named") {
    follows_through_restarts(Flavour::mariadb, {});
}

TEST_CASE("a server that hangs is given up after ten seconds") {
    if (!available(Flavour::mysql80)) SKIP_TEST("needs MySQL 8.0");
    const Server test(Flavour::mysql80, {});
    ChangeReader reader(log_endpoint(test.server), test.plans, test.from);
    static_cast<void>(reader.next(std::chrono::milliseconds(500)));
    kill(test.server.pid(), SIGSTOP);
    const auto begin = std::chrono::steady_clock::now();
    bool lost = false;
    while (!lost && std::chrono::steady_clock::now() - begin < std::chrono::seconds(30)) {
        try {
            static_cast<void>(reader.next(std::chrono::seconds(60)));
        } catch (const Error& error) {
            lost = error.kind() == ErrorKind::transient;
        }
    }
    kill(test.server.pid(), SIGCONT);
    CHECK(lost);
}

TEST_CASE("a server without a log says so") {
    if (!available(Flavour::mysql80)) SKIP_TEST("needs MySQL 8.0");
    const TestServer server = TestServer::start(Flavour::mysql80, {.binlog = false});
    try {
        static_cast<void>(position_now(server));
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.id() == "binlog.unavailable");
    }
}
