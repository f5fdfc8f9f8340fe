#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/integration/write_gate/gate_source.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

std::string count(const GateSource& source, const std::string& value_of_v) {
    return value(source.server, "SELECT COUNT(*) FROM w.t WHERE v = " + value_of_v);
}

}  // namespace

TEST_CASE("a transaction that is open gets its time and is committed before writes stop") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) return;
    GateSource source(flavour);
    source.look();
    std::atomic<bool> committed{false};
    mysql::Connection writer(source.spec.source);
    writer.execute("BEGIN");
    writer.execute("INSERT INTO w.t (v) VALUES (33)");
    std::jthread later([&] {
        std::this_thread::sleep_for(400ms);
        writer.commit();
        committed = true;
    });
    source.stop();
    CHECK(committed);
    CHECK(count(source, "33") == "1");
    CHECK(source.control.told("root"));
    CHECK(source.record.stopped_at > 0);
}

TEST_CASE("a transaction that stays open withdraws the stop, and the error names it without its values") {
    GateSource source;
    source.spec.cutover.transaction_limit = 300ms;
    mysql::Connection writer(source.spec.source);
    mysql::Connection second(source.spec.source);
    writer.execute("BEGIN");
    writer.execute("INSERT INTO w.t (v) VALUES (34)");
    source.look();
    try {
        source.stop();
        FAIL("the stop went past an open transaction");
    } catch (const Error& error) {
        CHECK(error.id() == "cutover.open_transactions");
        CHECK(error.kind() == ErrorKind::transient);
        CHECK(error.message().find("session " + std::to_string(writer.thread_id())) != std::string::npos);
    }
    CHECK(source.writable());
    CHECK(source.variables() == "00");
    writer.commit();
    source.stop();
    CHECK(source.holds());
}

TEST_CASE("a transaction that stays open is killed when the job says so, and nothing of it stays") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) return;
    GateSource source(flavour);
    source.spec.cutover.transaction_limit = 200ms;
    source.spec.cutover.open_transactions = OpenTransactions::kill;
    mysql::Connection writer(source.spec.source);
    writer.execute("BEGIN");
    writer.execute("INSERT INTO w.t (v) VALUES (35)");
    source.look();
    source.stop();
    CHECK(source.control.told("killed"));
    CHECK_FALSE(writer.ping());
    CHECK(count(source, "35") == "0");
    CHECK(source.holds());
}

TEST_CASE("transactions that only read are not waited for") {
    GateSource source;
    source.spec.cutover.transaction_limit = 0ms;
    mysql::Connection reader(source.spec.source);
    reader.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
    (void)reader.scalar("SELECT COUNT(*) FROM w.t");
    source.look();
    source.stop();
    CHECK(source.holds());
    CHECK(reader.scalar("SELECT COUNT(*) FROM w.t") == "1");
}

TEST_CASE("a prepared XA transaction withdraws the stop, since nobody can tell how it ends") {
    GateSource source;
    source.spec.cutover.transaction_limit = 200ms;
    source.spec.cutover.open_transactions = OpenTransactions::kill;
    {
        mysql::Connection writer(source.spec.source);
        writer.execute("XA START 'x'");
        writer.execute("INSERT INTO w.t (v) VALUES (36)");
        writer.execute("XA END 'x'");
        writer.execute("XA PREPARE 'x'");
    }
    source.look();
    CHECK(GateSource::error_of([&] { source.stop(); }) == "cutover.open_transactions");
    sql(source.server, "XA ROLLBACK 'x'");
}

TEST_CASE("a stop that waits ends as soon as the job is stopped") {
    GateSource source;
    mysql::Connection holder(source.spec.source);
    const bool lock = GENERATE(false, true);
    if (lock) {
        holder.execute("LOCK TABLES w.t WRITE");
    } else {
        holder.execute("BEGIN");
        holder.execute("INSERT INTO w.t (v) VALUES (37)");
    }
    source.spec.cutover.timeout = 30s;
    source.look();
    std::jthread later([&] {
        std::this_thread::sleep_for(300ms);
        source.control.stop.request_stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(GateSource::error_of([&] { source.stop(); }) == "job.stopped");
    CHECK(std::chrono::steady_clock::now() - begin < 15s);
}

TEST_CASE("a rehearsal names the transactions that a write stop would meet, and changes nothing") {
    GateSource source;
    mysql::Connection writer(source.spec.source);
    CHECK(source.gate.obstacles(source.spec, source.control).empty());
    writer.execute("BEGIN");
    writer.execute("INSERT INTO w.t (v) VALUES (77)");
    const std::string session = "session " + std::to_string(writer.thread_id());
    const auto named = [&] {
        const Findings findings = source.gate.obstacles(source.spec, source.control);
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
            return finding.id == "rehearsal.open_transactions" && finding.message.find(session) != std::string::npos;
        });
    };
    const auto end = std::chrono::steady_clock::now() + 5s;  // servers renew what they tell ten times a second
    while (!named() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(100ms);
    CHECK(named());
    CHECK(source.writable());
    writer.commit();
    CHECK(count(source, "77") == "1");
}
