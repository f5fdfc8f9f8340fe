#include <catch2/catch.hpp>
#include <algorithm>
#include <set>
#include <thread>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "tests/integration/stream/stream_rig.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

using Nothing = std::vector<std::string>;

std::string sum(const StreamRig& rig, const TestServer& server, const std::string& table = "t") {
    return value(server, "SELECT CONCAT(COUNT(*), '/', COALESCE(SUM(n), 0)) FROM " + table, rig.database->name());
}

}  // namespace

TEST_CASE("A held stream stands still, goes to a position exactly, and goes on") {
    StreamRig rig("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n INT); CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(1000));\n");
    rig.begin();
    rig.start();
    rig.on_source("INSERT INTO t (n) VALUES (1);\n");
    rig.drain();
    rig.stream->hold();
    const auto held_at = rig.stream->held(10s);
    REQUIRE(held_at);
    CHECK(rig.stream->status().held);
    std::vector<mysql::binlog::Position> places;
    for (int i = 0; i < 5; ++i) {
        rig.on_source("INSERT INTO t (n) VALUES (10), (100);\n");
        places.push_back(rig.source_position());
    }
    std::this_thread::sleep_for(300ms);
    CHECK(sum(rig, *rig.target) == "1/1");
    CHECK(rig.stream->status().applied == *held_at);
    rig.stream->advance_to(places[1], 10s);
    CHECK(sum(rig, *rig.target) == "5/221");
    CHECK(rig.stream->status().held);
    rig.stream->advance_to(places[1], 10s);
    rig.stream->advance_to(places[2], 10s);
    CHECK(sum(rig, *rig.target) == "7/331");
    // Behind a place that has nothing for the stream, and before a transaction that comes in pieces.
    rig.stream->advance_to(places[4], 10s);
    const std::string elsewhere = rig.database->name() + "_elsewhere";
    rig.on_source("CREATE DATABASE " + elsewhere + ";\n");
    const auto before_big = rig.source_position();
    rig.on_source("INSERT INTO big (v) VALUES (REPEAT('x', 900)), (REPEAT('x', 900)), (REPEAT('x', 900)), (REPEAT('x', 900)), (REPEAT('x', 900));\n"
                  "INSERT INTO big (v) SELECT a.v FROM big a, big b, big c, big d, big e, (SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6) f;\n");
    rig.on_source("DROP DATABASE " + elsewhere + ";\n");
    rig.stream->advance_to(before_big, 10s);
    CHECK(value(*rig.target, "SELECT COUNT(*) FROM big", rig.database->name()) == "0");
    rig.stream->release();
    rig.drain();
    CHECK(rig.differences() == Nothing{});
    CHECK_FALSE(rig.stream->status().held);
}

TEST_CASE("A transaction in pieces that ends behind the place to stop at is taken back") {
    // Servers of their own: the sessions of other cases are not ours to kill.
    const TestServer source = TestServer::start(Flavour::mysql80, {.gtid = true});
    const TestServer target = TestServer::start(Flavour::mysql80, {.gtid = true});
    StreamRig rig(source, target, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n INT); CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(1000));\n");
    rig.setup.retry.backoff_min = 3s;
    rig.setup.retry.backoff_max = 3s;
    rig.begin();
    rig.start();
    rig.on_source("INSERT INTO t (n) VALUES (1);\n");
    rig.drain();
    rig.stream->hold();
    REQUIRE(rig.stream->held(10s));
    // While the reader is away: then it finds the place and the transaction behind it in one go.
    StreamRig::kill_sessions(*rig.source, "command LIKE 'Binlog Dump%'");
    const std::string elsewhere = rig.database->name() + "_elsewhere";
    rig.on_source("CREATE DATABASE " + elsewhere + ";\n");
    const auto place = rig.source_position();
    rig.on_source("INSERT INTO big (v) SELECT REPEAT('x', 900) FROM information_schema.collations a, information_schema.collations b LIMIT 12000;\n"
                  "DROP DATABASE " + elsewhere + ";\n");
    rig.stream->advance_to(place, 20s);
    CHECK(value(*rig.target, "SELECT COUNT(*) FROM big", rig.database->name()) == "0");
    rig.on_source("INSERT INTO t (n) VALUES (2);\n");
    rig.stream->advance_to(rig.source_position(), 30s);
    CHECK(rig.differences() == Nothing{});
    CHECK(rig.stream->status().held);
}

TEST_CASE("A drain that can't be reached in time says so and leaves the stream running") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT);\n");
    rig.begin();
    rig.start();
    rig.stream->hold();
    REQUIRE(rig.stream->held(10s));
    rig.on_source("INSERT INTO t VALUES (1, 1);\n");
    try {
        rig.stream->drain_to(rig.source_position(), 200ms);
        FAIL("it was not there yet");
    } catch (const Error& error) {
        CHECK(error.id() == "native.drain_timeout");
        CHECK(error.kind() == ErrorKind::transient);
    }
    rig.stream->release();
    rig.drain();
    CHECK(rig.differences() == Nothing{});
}

TEST_CASE("Keys of changed rows are remembered, each once, until they are taken") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n");
    rig.begin();
    rig.start();
    rig.stream->remember_keys(100);
    rig.on_source("UPDATE t SET n = 5 WHERE id = 1; UPDATE t SET n = 6 WHERE id = 1; UPDATE t SET id = 7 WHERE id = 2;\n");
    rig.drain();
    auto touched = rig.stream->take_keys();
    CHECK(touched.known);
    CHECK(touched.dropped == 0);
    CHECK(touched.whole == std::vector<bool>{false});
    REQUIRE(touched.keys.size() == 1);
    std::sort(touched.keys[0].begin(), touched.keys[0].end());
    CHECK(touched.keys[0] == std::vector<mysql::KeyValue>{{"1"}, {"2"}, {"7"}});
    CHECK(rig.stream->take_keys().keys[0].empty());
}

TEST_CASE("When more keys were changed than are remembered the most recent stay, and the others are counted") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n");
    rig.begin();
    rig.start();
    rig.stream->remember_keys(4);
    for (const int id : {1, 2, 3, 1}) {
        rig.on_source("UPDATE t SET n = n + 1 WHERE id = " + std::to_string(id) + ";\n");
        rig.drain();
    }
    rig.on_source("INSERT INTO t VALUES (9, 9);\n");
    rig.drain();
    const auto touched = rig.stream->take_keys();
    CHECK(touched.known);
    CHECK(touched.dropped == 1);  // the row 2; the row 1 came again
    REQUIRE(touched.keys.size() == 1);
    CHECK(std::set<mysql::KeyValue>(touched.keys[0].begin(), touched.keys[0].end()) == std::set<mysql::KeyValue>{{"1"}, {"3"}, {"9"}});
}

TEST_CASE("A table without a key that was changed, or one that was emptied, is to be compared whole") {
    StreamRig rig("CREATE TABLE a (n INT); CREATE TABLE b (n INT); CREATE TABLE c (id INT PRIMARY KEY);\n");
    rig.begin();
    rig.start();
    rig.stream->remember_keys(100);
    rig.on_source("INSERT INTO b VALUES (1); INSERT INTO c VALUES (1); DELETE FROM a;\n");
    rig.drain();
    auto touched = rig.stream->take_keys();
    CHECK(touched.known);
    CHECK(touched.whole == std::vector<bool>{false, true, false});
    rig.on_source("TRUNCATE TABLE c;\n");
    rig.drain();
    touched = rig.stream->take_keys();
    CHECK(touched.whole == std::vector<bool>{false, false, true});
}

TEST_CASE("Changes that the copied rows contain are dropped by the run of their key") {
    const std::string schema =
        "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT); CREATE TABLE w (id VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, n INT);\n"
        "CREATE TABLE l (n INT);\n";
    StreamRig rig(schema);
    rig.begin();
    rig.on_source("INSERT INTO t VALUES (-5, 1), (1, 1), (20, 1); INSERT INTO w VALUES ('a', 1), ('M', 1), ('z', 1); INSERT INTO l VALUES (1);\n");
    const auto early = rig.source_position();
    rig.on_source("UPDATE t SET n = n + 10; UPDATE w SET n = n + 10; INSERT INTO l VALUES (2);\n"
                  "UPDATE t SET id = 21 WHERE id = 1; UPDATE t SET id = 2 WHERE id = 20; DELETE FROM w WHERE id = 'm'; INSERT INTO w VALUES ('B', 5);\n");
    const auto late = rig.source_position();
    // Keys up to 10 (and words up to M) were read early, the others late.
    rig.on_target("INSERT INTO t VALUES (-5, 1), (1, 1), (21, 11); INSERT INTO w VALUES ('a', 1), ('M', 1), ('z', 11); INSERT INTO l VALUES (1), (2);\n");
    native::Window window;
    for (const TablePlan& plan : rig.setup.tables) {
        const std::string bound = plan.source.table == "t" ? "10" : "m";
        if (plan.source.table == "l")
            window.tables.push_back({{{}, late, {}}});
        else
            window.tables.push_back({{{mysql::KeyValue{bound}, std::nullopt}, late, {}}, {{std::nullopt, mysql::KeyValue{bound}}, early, {}}});
    }
    rig.start(window);
    rig.on_source("UPDATE t SET n = n + 100; UPDATE w SET n = n + 100; DELETE FROM l WHERE n = 1;\n");
    rig.drain();
    CHECK(rig.differences() == Nothing{});
}

TEST_CASE("Rows whose view lies somewhere in a bracket arrive, whether they contain the changes in it or not") {
    for (const bool contains : {false, true}) {
        StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT);\n");
        rig.on_source("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n");
        rig.begin();
        const auto low = rig.source_position();
        rig.on_source("UPDATE t SET n = 10 WHERE id = 1; DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (4, 4); UPDATE t SET id = 9 WHERE id = 3;\n");
        const auto high = rig.source_position();
        rig.on_target(contains ? "INSERT INTO t VALUES (1, 10), (4, 4), (9, 3);\n" : "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n");
        native::Window window;
        window.tables.push_back({{{}, high, low}});
        rig.start(window);
        rig.on_source("UPDATE t SET n = n + 1;\n");
        rig.drain();
        CHECK(rig.differences() == Nothing{});
    }
}

TEST_CASE("The status tells lag and counts, and what the stream wrote itself is nothing to a stream back") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT);\n");
    rig.begin();
    rig.start();
    native::StreamSetup back = rig.setup;
    std::swap(back.from, back.to);
    back.direction = native::StreamDirection::reverse;
    back.window = {};
    mysql::Connection target(rig.setup.to);
    native::StreamStore store(back.to, back.id, back.direction, true);
    store.begin(mysql::binlog::current_position(target));
    {
        native::ChangeStream reverse(back, rig.control);
        rig.on_source("INSERT INTO t VALUES (1, 1); INSERT INTO t VALUES (2, 2);\n");
        rig.drain();
        rig.on_target("INSERT INTO t VALUES (3, 3);\n");
        reverse.drain_to(mysql::binlog::current_position(target), 10s);
        CHECK(reverse.status().row_changes == 1);
        CHECK(sum(rig, *rig.source) == "3/6");
    }
    // The row that came back is no news either.
    rig.drain();
    const auto status = rig.stream->status();
    CHECK(status.row_changes == 2);
    CHECK(status.transactions == 2);
    CHECK(status.lag < 10s);
    store.forget();
}

TEST_CASE("Forgetting a stream leaves nothing of it") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT);\n");
    native::StreamStore store(rig.setup.to, rig.setup.id, rig.setup.direction, true);
    CHECK_FALSE(store.begun());
    CHECK_FALSE(store.load());
    rig.begin();
    const auto first = store.load();
    rig.on_source("INSERT INTO t VALUES (1, 1);\n");
    rig.begin();
    CHECK(store.load()->applied == first->applied);
    store.forget();
    store.forget();
    CHECK_FALSE(store.begun());
}
