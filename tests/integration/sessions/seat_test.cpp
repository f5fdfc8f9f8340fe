#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "adapters/mysql/session_group.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/test_server.hpp"

using namespace transload;
using namespace transload::test;

namespace {

std::unique_ptr<mysql::Connection> session(const TestServer& server, const std::string& host, const std::string& group) {
    Endpoint there;
    there.host = host;
    there.port = static_cast<std::uint16_t>(server.port());
    there.user = TestServer::user();
    there.password = Secret(server.password());
    return std::make_unique<mysql::Connection>(there, mysql::ConnectOptions{.group = group});
}

std::string seats_of(mysql::Connection& session) {
    return session.scalar("SELECT COUNT(*) FROM performance_schema.metadata_locks WHERE object_type = 'USER LEVEL LOCK'").value_or("");
}

}  // namespace

TEST_CASE("sessions of one group and of others live beside each other, also where one server has two names") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) SKIP_TEST("a server is not installed");
        INFO(name_of(flavour));
        const TestServer server = TestServer::start(flavour);
        const std::string group = mysql::session_group(JobId("20260101-000000-00000001"));
        std::vector<std::unique_ptr<mysql::Connection>> all;
        for (int i = 0; i < 4; ++i) {
            all.push_back(session(server, "127.0.0.1", group));
            all.push_back(session(server, "localhost", group));
            all.push_back(session(server, "127.0.0.1", mysql::session_group(JobId("20260101-000000-00000002"))));
        }
        all.front()->reconnect();
        for (const auto& one : all) CHECK(one->ping());
        if (flavour == Flavour::mariadb) continue;  // it does not show them
        CHECK(seats_of(*all.front()) == "12");
        all.erase(all.begin() + 1, all.end());
        all.push_back(session(server, "127.0.0.1", group));
        CHECK(eventually([&] { return seats_of(*all.front()) == "2"; }, std::chrono::seconds(10)));
    }
}

TEST_CASE("a session that holds a seat which nobody in this process has is ended, and its transaction with it") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) SKIP_TEST("a server is not installed");
        INFO(name_of(flavour));
        const TestServer server = TestServer::start(flavour);
        sql(server, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1)");
        const std::string group = mysql::session_group(JobId("20260101-000000-00000003"));
        // What is left of another process: the seat's lock on a session that this one does not know as its own.
        const auto lost = session(server, "127.0.0.1", "");
        lost->execute("DO GET_LOCK('" + mysql::seat_name(lost->endpoint(), group, 5) + "', 0)");
        lost->execute("BEGIN");
        lost->execute("DELETE FROM d.t");
        const auto next = session(server, "127.0.0.1", group);
        next->execute("SET SESSION innodb_lock_wait_timeout = 10");
        CHECK(next->execute("DELETE FROM d.t WHERE id = 1") == 1);
        CHECK_FALSE(lost->ping());
    }
}

TEST_CASE("sessions of a group that are opened and closed at the same time do not end one another") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) SKIP_TEST("a server is not installed");
        INFO(name_of(flavour));
        const TestServer server = TestServer::start(flavour);
        const std::string group = mysql::session_group(JobId("20260101-000000-00000004"));
        std::atomic<int> opened = 0;
        std::atomic<int> ended = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&] {
                    for (int round = 0; round < 60; ++round) {
                        try {
                            const auto first = session(server, "127.0.0.1", group);
                            const auto second = session(server, "127.0.0.1", group);
                            opened += 2;
                            for (const auto* one : {&first, &second}) ended += (*one)->ping() ? 0 : 1;
                        } catch (const std::exception&) {
                            ++ended;
                        }
                    }
                });
        }
        CHECK(opened == 960);
        CHECK(ended == 0);
    }
}
