#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/integration/write_gate/gate_source.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

using Source = GateSource;

TEST_CASE("stopped writes are stopped for root too, and come back exactly as they were") {
    Source source;
    source.gate.look(source.spec, source.record, source.control);
    CHECK(source.record.method == "super_read_only");
    CHECK(source.writable());
    source.gate.stop(source.spec, source.record, source.control);
    CHECK_FALSE(source.writable());
    CHECK(source.gate.holds(source.spec, source.record));
    CHECK_FALSE(source.record.position.empty());
    const std::string position = source.gate.position(source.spec);
    source.gate.stop(source.spec, source.record, source.control);  // twice is once
    CHECK(source.gate.position(source.spec) == position);
    source.gate.release(source.spec, source.record, source.control);
    CHECK(source.variables() == "00");
    CHECK(source.writable());
    CHECK_FALSE(source.gate.holds(source.spec, source.record));
    CHECK(source.gate.position(source.spec) != position);
    source.gate.release(source.spec, source.record, source.control);
    CHECK(source.variables() == "00");
}

TEST_CASE("a source that was read-only before stays so when the stop is taken back") {
    Source source;
    const auto before = GENERATE(as<std::string>(), "10", "11");
    sql(source.server, before == "11" ? "SET GLOBAL super_read_only = ON" : "SET GLOBAL read_only = ON");
    source.gate.look(source.spec, source.record, source.control);
    source.gate.stop(source.spec, source.record, source.control);
    CHECK(source.variables() == "11");
    source.gate.release(source.spec, source.record, source.control);
    CHECK(source.variables() == before);
}

TEST_CASE("a table lock that is not given up makes the stop fail in time, and writes go on") {
    Source source;
    mysql::Connection holder(source.spec.source);
    holder.execute("LOCK TABLES w.t WRITE");
    source.gate.look(source.spec, source.record, source.control);
    const auto begun = std::chrono::steady_clock::now();
    try {
        source.gate.stop(source.spec, source.record, source.control);
        FAIL("the stop succeeded past a lock");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::transient);
    }
    CHECK(std::chrono::steady_clock::now() - begun < 60s);  // a server waits for a year
    holder.execute("UNLOCK TABLES");
    source.gate.release(source.spec, source.record, source.control);
    CHECK(source.writable());
}

TEST_CASE("a restarted source has forgotten its stop, and another server is never touched") {
    Source source;
    TestServer own = TestServer::start(Flavour::mysql80);
    source.spec.source.port = static_cast<std::uint16_t>(own.port());
    source.spec.source.password = Secret(own.password());
    source.gate.look(source.spec, source.record, source.control);
    source.gate.stop(source.spec, source.record, source.control);
    own.restart();
    CHECK_FALSE(source.gate.holds(source.spec, source.record));
    source.record.server_uuid = "another";
    CHECK_THROWS_AS(source.gate.stop(source.spec, source.record, source.control), Error);
    CHECK_THROWS_AS(source.gate.release(source.spec, source.record, source.control), Error);
    CHECK(value(own, "SELECT @@GLOBAL.read_only") == "0");
}

TEST_CASE("a hook is called with the phase and the job's facts, and without passwords") {
    Source source;
    const std::string log = (source.folder / "log").string();
    source.spec.databases = {{"w", "w2"}};
    source.spec.cutover.hook = {source.script("echo \"$1 $2 $TRANSLOAD_PHASE $TRANSLOAD_DATABASES $TRANSLOAD_SOURCE_PASSWORD.\" >> " + log),
                                "extra"};
    setenv("TRANSLOAD_SOURCE_PASSWORD", "very secret", 1);
    source.gate.look(source.spec, source.record, source.control);
    CHECK(source.record.method == "hook, super_read_only");
    source.gate.stop(source.spec, source.record, source.control);
    source.gate.release(source.spec, source.record, source.control);
    unsetenv("TRANSLOAD_SOURCE_PASSWORD");
    std::ifstream lines(log);
    std::string first, second;
    std::getline(lines, first);
    std::getline(lines, second);
    CHECK(first == "extra stop stop w=w2 .");
    CHECK(second == "extra release release w=w2 .");
}

TEST_CASE("a hook that fails stops nothing, and what it said is in the error") {
    Source source;
    source.spec.cutover.hook = {source.script("echo the pager is asleep; exit 3")};
    source.gate.look(source.spec, source.record, source.control);
    try {
        source.gate.stop(source.spec, source.record, source.control);
        FAIL("a failing hook was taken for a stop");
    } catch (const Error& error) {
        CHECK(error.id() == "cutover.hook_failed");
        CHECK(error.message().find("the pager is asleep") != std::string::npos);
    }
    CHECK(source.writable());
}

TEST_CASE("writers that a hook is to stop are believed to be stopped only when the log stands still") {
    Source source;
    source.spec.cutover.write_stop = WriteStopMethod::hook;
    source.spec.cutover.hook = {source.script("exit 0")};
    source.spec.cutover.timeout = 3s;
    source.gate.look(source.spec, source.record, source.control);
    {
        std::atomic<bool> stop{false};
        std::jthread writer([&] {
            mysql::Connection connection(source.spec.source);
            while (!stop) {
                connection.execute("INSERT INTO w.t (v) VALUES (9)");
                std::this_thread::sleep_for(20ms);
            }
        });
        try {
            source.gate.stop(source.spec, source.record, source.control);
            FAIL("a source that is written to was taken for still");
        } catch (const Error& error) {
            CHECK(error.id() == "cutover.still_writing");
        }
        stop = true;
    }
    source.gate.stop(source.spec, source.record, source.control);
    CHECK(source.gate.holds(source.spec, source.record));
    CHECK(source.variables() == "00");
    sql(source.server, "INSERT INTO w.t (v) VALUES (4)");
    CHECK_FALSE(source.gate.holds(source.spec, source.record));
}
