#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/integration/write_gate/gate_source.hpp"
#include "tests/support/cutting_proxy/cutting_proxy.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

TEST_CASE("table locks hold a live writer up, other tables are free, and it goes on when they are given up") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    GateSource source(flavour, WriteStopMethod::lock_tables);
    sql(source.server, "CREATE TABLE w.other (id INT PRIMARY KEY); CREATE TABLE w.`we``ird` (id INT PRIMARY KEY)");
    source.spec.tables.exclude = {"other"};
    source.look();
    CHECK(source.record.method == "lock_tables");
    std::atomic<std::uint64_t> written{0};
    std::jthread writer([&](const std::stop_token& ended) {
        mysql::Connection connection(source.spec.source);
        while (!ended.stop_requested()) {
            connection.execute("INSERT INTO w.t (v) VALUES (5)");
            ++written;
        }
    });
    REQUIRE(eventually([&] { return written > 5; }, 30s));
    source.stop();
    const std::uint64_t then = written;
    CHECK(source.holds());
    CHECK_FALSE(source.record.position.empty());
    CHECK_FALSE(source.writable());
    CHECK(value(source.server, "SELECT COUNT(*) > 0 FROM w.t") == "1");
    sql(source.server, "INSERT INTO w.other VALUES (1)");
    CHECK(written <= then + 1);  // the one that had its answer under way
    source.stop();               // twice is once
    CHECK(source.holds());
    source.release();
    CHECK_FALSE(source.holds());
    CHECK(eventually([&] { return written > then + 5; }, 30s));
    source.release();
}

TEST_CASE("a lost lock session is no stop any more, for another object neither, and the stop can be made again") {
    GateSource source(Flavour::mysql80, WriteStopMethod::lock_tables);
    source.look();
    source.stop();
    {
        mysql::MysqlWriteGate restarted;  // as after a crash: the record is all that is left
        CHECK_FALSE(restarted.holds(source.spec, source.record));
        restarted.release(source.spec, source.record, source.control);
    }
    CHECK(source.holds());
    const std::string holder =
        value(source.server, "SELECT OWNER_THREAD_ID FROM performance_schema.metadata_locks WHERE OBJECT_SCHEMA = 'w' AND LOCK_STATUS = 'GRANTED' AND OBJECT_NAME = 't' LIMIT 1");
    sql(source.server, "KILL " + value(source.server, "SELECT PROCESSLIST_ID FROM performance_schema.threads WHERE THREAD_ID = " + holder));
    CHECK(eventually([&] { return !source.holds(); }, 30s));
    CHECK(source.writable());
    source.stop();
    CHECK(source.holds());
    CHECK_FALSE(source.writable());
}

TEST_CASE("locks of a session that was lost without a word are given up with the stop") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    GateSource source(flavour, WriteStopMethod::lock_tables);
    CuttingProxy network(source.server.port());
    source.spec.source.port = static_cast<std::uint16_t>(network.port());
    source.look();
    source.stop();
    network.abandon();
    REQUIRE(eventually([&] { return network.cuts() > 0; }, 30s));
    CHECK(eventually([&] { return !source.holds(); }, 30s));
    CHECK_FALSE(source.writable());  // the server has not noticed, and would not for hours
    source.release();
    CHECK(eventually([&] { return source.writable(); }, 30s));
}

TEST_CASE("the locks end with the object that holds them, and are refused where the way back is to be kept") {
    GateSource source(Flavour::mysql80, WriteStopMethod::lock_tables);
    {
        mysql::MysqlWriteGate gate;
        gate.look(source.spec, source.record, source.control);
        gate.stop(source.spec, source.record, source.control);
        CHECK_FALSE(source.writable());
    }
    CHECK(source.writable());
    CHECK(GateSource::error_of([&] { source.gate.admit_stream(source.spec, source.record, source.control); }) == "cutover.can't_write");
    source.spec.cutover.reverse = true;
    CHECK(GateSource::error_of([&] { source.look(); }) == "cutover.can't_write");
}
