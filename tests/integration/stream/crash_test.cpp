#include <signal.h>

#include <catch2/catch.hpp>
#include <atomic>
#include <thread>

#include "adapters/native/stream/named_point.hpp"
#include "tests/integration/stream/stream_rig.hpp"
#include "tests/support/process.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

using Nothing = std::vector<std::string>;

constexpr const char* digits = "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";

std::string ten_thousand(const std::string& expressions) {
    const std::string list = digits;
    return "SELECT " + expressions + " FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM " + list + " a, " +
           list + " b, " + list + " c, " + list + " e) x";
}

/// Throws at the named point the given time it is passed, as if the program ended there.
struct CrashAt {
    CrashAt(std::string point, int time) {
        native::on_named_point = [this, point = std::move(point), time](std::string_view name) {
            if (name == point && ++passed == time) throw std::runtime_error("crashed at " + point);
        };
    }
    ~CrashAt() { native::on_named_point = nullptr; }
    std::atomic<int> passed{0};
};

}  // namespace

TEST_CASE("After a crash at any point every change is there once") {
    const struct {
        const char* point;
        int time;
    } places[] = {{"group.begun", 1}, {"part.written", 1},   {"part.written", 3},   {"part.committed", 1},
                  {"part.committed", 2}, {"part.committed", 4}, {"group.done", 1}, {"group.done", 2}};
    for (const auto& place : places) {
        INFO(place.point << " for the time " << place.time);
        StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, u INT NULL UNIQUE) ENGINE = InnoDB;\n"
                      "CREATE TABLE l (n INT, m INT);\n");
        rig.setup.limits.workers = 4;
        rig.begin();
        rig.on_source("INSERT INTO t " + ten_thousand("n, 0, n") + ";\n"
                      "UPDATE t SET n = n + 1 WHERE id < 9000; INSERT INTO l SELECT id, n FROM t WHERE id < 20;\n"
                      "DELETE FROM t WHERE id BETWEEN 500 AND 600; DELETE FROM l WHERE n < 5;\n"
                      "UPDATE t SET u = NULL WHERE id > 9990; UPDATE t SET u = 9999 WHERE id = 1; UPDATE l SET m = 7 WHERE n = 10;\n");
        {
            CrashAt crash(place.point, place.time);
            rig.start();
            // All that is in the log by now may be one group: more comes until there was another.
            for (int i = 0; i < 600 && crash.passed < place.time; ++i) {
                std::this_thread::sleep_for(100ms);
                if (crash.passed > 0) rig.on_source("UPDATE t SET n = n + 1 WHERE id = 5000;");
            }
            CHECK(rig.failure().starts_with("crashed at"));
            rig.stop();
        }
        rig.on_source("UPDATE t SET n = n + 1 WHERE id > 100; DELETE FROM l WHERE n = 12;\n");
        rig.start();
        rig.drain();
        CHECK(rig.differences() == Nothing{});
        rig.stop();
        CHECK(value(*rig.target, "SELECT pending_parts FROM _transload.stream_state WHERE job_id = '" + rig.setup.id.str() + "'") == "0");
    }
}

TEST_CASE("A crash within a transaction of many pieces, a TRUNCATE or a definition is made up for") {
    const struct {
        const char* point;
        int time;
    } places[] = {{"piece.written", 1}, {"piece.written", 2}, {"part.written", 2}, {"part.written", 3},
                  {"statement.begun", 1}, {"statement.done", 1}};
    for (const auto& place : places) {
        INFO(place.point << " for the time " << place.time);
        StreamRig rig("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(2000)); CREATE TABLE e (id INT PRIMARY KEY);\n");
        rig.setup.ddl = DdlPolicy::apply;
        rig.begin();
        rig.on_source("INSERT INTO e VALUES (1); INSERT INTO t (v) " + ten_thousand("REPEAT(n, 300)") + ";\n"
                      "INSERT INTO e VALUES (2); TRUNCATE TABLE e; INSERT INTO e VALUES (2);\n"
                      "CREATE INDEX by_id ON e (id); INSERT INTO e VALUES (3);\n"
                      "ALTER TABLE t ADD INDEX later (v(10)); INSERT INTO e VALUES (4);\n");
        {
            CrashAt crash(place.point, place.time);
            rig.start();
            CHECK(rig.failure().starts_with("crashed at"));
            rig.stop();
        }
        rig.start();
        rig.drain();
        CHECK(rig.differences() == Nothing{});
        CHECK(show_create(*rig.target, rig.database->name(), "t").find("`later`") != std::string::npos);
    }
}

TEST_CASE("Sessions that are killed again and again on both sides cost nothing but time") {
    // Servers of their own: the sessions of other cases are not ours to kill.
    const TestServer source = TestServer::start(Flavour::mysql80, {.gtid = true});
    const TestServer target = TestServer::start(Flavour::mysql80, {.gtid = true});
    StreamRig rig(source, target, "CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, u INT NULL UNIQUE); CREATE TABLE l (n INT, m INT);\n");
    rig.setup.limits.workers = 3;
    rig.setup.retry.attempts = 50;
    rig.begin();
    rig.start();
    std::atomic<bool> over{false};
    std::thread killer([&] {
        for (int i = 0; !over; ++i) {
            StreamRig::kill_sessions(*rig.target, "command <> 'Binlog Dump' AND info IS NOT NULL OR command = 'Sleep'");
            if (i % 3 == 0) StreamRig::kill_sessions(*rig.source, "command LIKE 'Binlog Dump%'");
            std::this_thread::sleep_for(100ms);
        }
    });
    for (int round = 0; round < 5; ++round) {
        const std::string from = std::to_string(round * 10'000);
        rig.on_source("INSERT INTO t " + ten_thousand("n + " + from + ", 0, NULL") + "; UPDATE t SET n = n + 1, u = id WHERE id >= " + from +
                      " AND id % 3 = 0;\nINSERT INTO l VALUES (" + from + ", 1), (" + from + ", 1); DELETE FROM l LIMIT 1;\n");
    }
    const bool lost = eventually([&] { return rig.stream->status().reconnects > 0; }, 60s);
    std::this_thread::sleep_for(1s);
    over = true;
    killer.join();
    rig.drain();
    CHECK(rig.differences() == Nothing{});
    CHECK(lost);
}

TEST_CASE("A stream whose target has frozen ends when it is told to, and goes on when the target answers again") {
    const TestServer source = TestServer::start(Flavour::mysql80, {.gtid = true});
    const TestServer target = TestServer::start(Flavour::mysql80, {.gtid = true});
    StreamRig rig(source, target, "CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL);\n");
    rig.begin();
    rig.start();
    rig.on_source("INSERT INTO t VALUES (-1, 0)");
    rig.drain();
    struct Frozen {
        pid_t pid;
        explicit Frozen(pid_t which) : pid(which) { kill(pid, SIGSTOP); }
        ~Frozen() { kill(pid, SIGCONT); }
    };
    {
        const Frozen frozen(target.pid());
        rig.on_source("INSERT INTO t " + ten_thousand("n, 0"));
        // A group is under way, whose statement nobody answers: neither it nor KILL QUERY.
        REQUIRE(eventually([&] { return rig.stream->status().lag > 1s; }, 60s));
        std::atomic<bool> stopped{false};
        std::thread stopping([&] {
            rig.stop();
            stopped = true;
        });
        const bool ended = eventually([&] { return stopped.load(); }, 120s);
        if (!ended) kill(target.pid(), SIGCONT);
        stopping.join();
        CHECK(ended);
    }
    rig.start();
    rig.drain();
    CHECK(rig.differences() == Nothing{});
}
