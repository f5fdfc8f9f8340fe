#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "adapters/shardingsphere/gate/data_reader.hpp"
#include "adapters/shardingsphere/gate/fact_reader.hpp"
#include "adapters/shardingsphere/gate/gate.hpp"
#include "adapters/shardingsphere/gate/server_judgement.hpp"
#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace transload::shardingsphere;

namespace {

using Ids = std::vector<std::string>;

Ids ids(const std::vector<Reason>& reasons) {
    Ids all;
    for (const Reason& reason : reasons) all.emplace_back(std::string(reason.id.kind().id).substr(15));
    std::sort(all.begin(), all.end());
    return all;
}

bool has_reason(const std::vector<Reason>& reasons, const std::string& id, const std::string& object = "") {
    return std::any_of(reasons.begin(), reasons.end(), [&](const Reason& reason) {
        return reason.id.kind().id == id && (object.empty() || reason.object == object);
    });
}

/// A database of the shared server, its plans and facts.
struct Source {
    explicit Source(const std::string& script)
        : server(shared_server(Flavour::mysql80, "source")), database({&server}), control() {
        sql(server, script, database.name());
        spec = job_of(server, server, database.name());
        plans = plan_of(spec);
    }

    std::vector<TableFacts> facts() {
        mysql::Server session("source", spec.source);
        return read_facts(session, plans);
    }
    TableFacts facts(const std::string& table) { return facts().at(index(table)); }
    DataFacts data(const std::string& table, const std::string& sharding_column = "") {
        mysql::Server session("source", spec.source);
        return read_data(session, plans.at(index(table)), facts(table), sharding_column, control);
    }
    std::size_t index(const std::string& table) const {
        for (std::size_t i = 0; i < plans.size(); ++i)
            if (plans[i].source.table == table) return i;
        throw std::runtime_error("no plan of " + table);
    }

    const TestServer& server;
    TestDatabase database;
    QuietControl control;
    JobSpec spec;
    std::vector<TablePlan> plans;
};

}  // namespace

TEST_CASE("indexes, foreign keys and ON UPDATE are read from the catalogue") {
    Source source(
        "CREATE TABLE parent (id INT PRIMARY KEY);"
        "CREATE TABLE child (id INT PRIMARY KEY, a INT, b INT, c VARCHAR(20), ts TIMESTAMP NULL ON UPDATE "
        "CURRENT_TIMESTAMP, UNIQUE KEY u (c(5)), KEY f ((lower(c))), CONSTRAINT fa FOREIGN KEY (a) "
        "REFERENCES parent (id) "
        "ON DELETE CASCADE, CONSTRAINT fb FOREIGN KEY (b) REFERENCES parent (id))");
    const TableFacts child = source.facts("child");
    CHECK(child.on_update == std::set<std::string>{"ts"});
    const auto index = [&](const std::string& name) {
        for (const IndexFacts& each : child.indexes)
            if (each.name == name) return each;
        throw std::runtime_error("no index " + name);
    };
    CHECK(index("PRIMARY").columns == Ids{"id"});
    CHECK(index("u").prefix);
    CHECK(index("u").unique);
    CHECK(index("f").expression);
    CHECK(index("f").columns.empty());
    REQUIRE(child.foreign_keys.size() == 2);
    for (const ForeignKeyFacts& key : child.foreign_keys) CHECK(key.changes_rows == (key.name == "fa"));
    CHECK(source.facts("parent").foreign_keys.empty());
}

TEST_CASE("names that fail without quotes are found by trying them") {
    Source source(
        "CREATE TABLE `order` (id INT PRIMARY KEY); CREATE TABLE `rank` (id INT PRIMARY KEY);"
        "CREATE TABLE `names` (id INT PRIMARY KEY)");
    CHECK_FALSE(source.facts("order").unquoted_name_works);
    CHECK_FALSE(source.facts("rank").unquoted_name_works);
    CHECK(source.facts("names").unquoted_name_works);
}

TEST_CASE("tables that the proxy takes for each other are found") {
    Source source(
        "CREATE TABLE t_1 (id INT PRIMARY KEY, a INT); CREATE TABLE tx1 (id INT PRIMARY KEY, b INT);"
        "CREATE TABLE s_1 (id INT PRIMARY KEY); CREATE TABLE s11 (id INT PRIMARY KEY);"
        "CREATE TABLE twin (id INT PRIMARY KEY); CREATE TABLE Twin (id INT PRIMARY KEY)");
    CHECK(source.facts("t_1").same_as_pattern == "tx1");
    CHECK(source.facts("tx1").same_as_pattern.empty());
    CHECK(source.facts("s_1").same_as_pattern.empty());  // alike in all columns
    CHECK(source.facts("twin").same_but_case == "Twin");
    CHECK(source.facts("Twin").same_but_case == "twin");
}

TEST_CASE("names of indexes that the proxy can't write are found") {
    Source source(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY `two words` (a), KEY `key` (a), KEY k_t (a), KEY k "
        "(a), "
        "KEY status (a), KEY fine (a), KEY `ä` (a))");
    std::vector<std::string> names = source.facts("t").unreadable_names;
    std::sort(names.begin(), names.end());
    CHECK(names == Ids{"k", "k_t", "key", "two words", "ä"});
}

TEST_CASE("the rows say what they hold") {
    Source source(
        "SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';"
        "CREATE TABLE good (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, d DATE, dt DATETIME(6), ts "
        "TIMESTAMP NULL, t TIME, "
        "u BIGINT UNSIGNED, e ENUM('','a'));"
        "INSERT INTO good VALUES (1, '2024-02-29', '0001-01-01', '1970-01-01 00:00:01', '23:59:59', 1, ''), "
        "(2, NULL, NULL, "
        "NULL, NULL, NULL, NULL);"
        "CREATE TABLE bad (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, d DATE, p DATETIME, ts TIMESTAMP "
        "NULL, t TIME, u "
        "BIGINT UNSIGNED, e ENUM('a'), gap DATE, inv DATE);"
        "INSERT IGNORE INTO bad VALUES (0, '0000-00-00', '2024-00-10', '0000-00-00', '-00:00:01', "
        "9223372036854775808, 0, "
        "'1582-10-10', '2024-02-31');"
        "CREATE TABLE days (id INT PRIMARY KEY, t TIME); INSERT INTO days VALUES (1, '24:00:00');"
        "CREATE TABLE zeroes (id INT PRIMARY KEY, d DATE DEFAULT '0000-00-00');"
        "CREATE TABLE wide (id BIGINT PRIMARY KEY);"
        "INSERT INTO wide VALUES (-9223372036854775808), (5), (9223372036854775807);"
        "CREATE TABLE narrow (id BIGINT PRIMARY KEY);"
        "INSERT INTO narrow VALUES (-4611686018427387904), (4611686018427387903)");
    CHECK(source.data("wide").wide_keys == std::set<std::string>{"id"});
    CHECK(source.data("narrow").wide_keys.empty());
    const DataFacts good = source.data("good");
    CHECK(good.zero_dates.empty());
    CHECK(good.calendar_gap.empty());
    CHECK(good.not_a_time_of_day.empty());
    CHECK(good.above_int64.empty());
    CHECK(good.enum_zero.empty());
    CHECK_FALSE(good.auto_increment_zero);
    CHECK_FALSE(good.unread);
    const DataFacts bad = source.data("bad");
    CHECK(bad.zero_dates == std::set<std::string>{"d", "p", "ts"});
    CHECK(bad.calendar_gap.contains("gap"));
    CHECK(bad.calendar_gap.contains("inv"));
    CHECK(bad.not_a_time_of_day == std::set<std::string>{"t"});
    CHECK(bad.above_int64 == std::set<std::string>{"u"});
    CHECK(bad.enum_zero == std::set<std::string>{"e"});
    CHECK(bad.auto_increment_zero);
    CHECK(source.data("days").not_a_time_of_day == std::set<std::string>{"t"});
    CHECK(source.facts("zeroes").zero_defaults == std::set<std::string>{"d"});
}

TEST_CASE("a sharding column is asked for the numbers that hash_mod places differently") {
    Source source(
        "CREATE TABLE a (id INT PRIMARY KEY, s BIGINT NOT NULL);"
        "INSERT INTO a VALUES (1, -1), (2, 5)");
    CHECK(source.data("a", "s").negative == std::set<std::string>{"s"});
    CHECK(source.data("a").negative.empty());
}

TEST_CASE("a look at the rows that takes too long is said to be unfinished") {
    Source source(
        "CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, d DATE);"
        "INSERT INTO big (d) VALUES ('2024-01-01');" +
        [] {
            std::string doubling;
            for (int i = 0; i < 17; ++i) doubling += "INSERT INTO big (d) SELECT d FROM big;";
            return doubling;
        }());
    mysql::Server session("source", source.spec.source);
    const DataFacts data = read_data(session, source.plans[0], source.facts("big"), "", source.control,
                                     std::chrono::milliseconds{1});
    CHECK(data.unread);
    CHECK(data.zero_dates.empty());
}

TEST_CASE("bodies of triggers and events are read for what they name") {
    Source source(
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE log (id INT);"
        "CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES (1);"
        "CREATE EVENT ev ON SCHEDULE EVERY 1 YEAR DO DELETE FROM log");
    mysql::Server session("source", source.spec.source);
    const mysql::DatabaseObjects objects = read_programs(session, source.database.name());
    REQUIRE(objects.stored.size() == 2);
    for (const mysql::StoredObject& object : objects.stored)
        CHECK(object.body.find("log") != std::string::npos);
}

TEST_CASE("a source is judged by its settings, and the remedy mends it") {
    const TestServer server = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    sql(server, "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY)");
    JobSpec spec = job_of(server, server, "shop");
    const std::vector<TablePlan> plans = plan_of(spec);
    const auto judge = [&] {
        mysql::Server source("source", spec.source);
        return judge_source(source, spec, plans);
    };
    CHECK(ids(judge()) == Ids{});
    const auto check = [&](const std::string& set, const std::string& reset, const std::string& id) {
        CAPTURE(set);
        sql(server, set);
        CHECK(ids(judge()) == Ids{id});
        sql(server, reset);
        CHECK(ids(judge()) == Ids{});
    };
    check("SET GLOBAL binlog_format = STATEMENT", "SET GLOBAL binlog_format = ROW", "source_binlog");
    check("SET GLOBAL binlog_row_image = MINIMAL", "SET GLOBAL binlog_row_image = FULL", "source_binlog");
    check("SET GLOBAL binlog_row_value_options = PARTIAL_JSON", "SET GLOBAL binlog_row_value_options = ''",
          "source_binlog");
    check("SET GLOBAL binlog_expire_logs_seconds = 60", "SET GLOBAL binlog_expire_logs_seconds = 2592000",
          "source_retention");
    spec.source.tls.mode = TlsMode::required;
    CHECK(has_reason(judge(), "shardingsphere.source_tls"));
    spec.source.tls.mode = TlsMode::preferred;

    mysql::Server writable("source", spec.source);
    CHECK(may_be_written(writable, spec));
    sql(server, "SET GLOBAL super_read_only = ON");
    mysql::Server at_rest("source", spec.source);
    CHECK_FALSE(may_be_written(at_rest, spec));
    spec.cutover.mode = CutoverMode::automatic;
    CHECK(may_be_written(at_rest, spec));
    sql(server, "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF");

    CHECK_FALSE(allows_zero_dates(writable));
    sql(server, "SET GLOBAL sql_mode = ''");
    CHECK(allows_zero_dates(mysql::Server("source", spec.source)));
}

TEST_CASE("accounts that the proxy can't use are told with the grant that mends it") {
    const TestServer& server = shared_server(Flavour::mysql80, "source");
    const TestDatabase database({&server});
    const std::string name = database.name(), user = "g" + name.substr(0, 20);
    sql(server,
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE USER '" + user +
            "'@'%' IDENTIFIED WITH mysql_native_password BY 'pw'; "
            "GRANT ALL ON `" +
            name + "`.* TO '" + user + "'@'%'",
        name);
    JobSpec spec = job_of(server, server, name);
    const std::vector<TablePlan> plans = plan_of(spec);
    spec.source = endpoint_of(server, user, "pw");
    const auto judge = [&] {
        mysql::Server source("source", spec.source);
        return judge_source(source, spec, plans);
    };
    const std::vector<Reason> reasons = judge();
    REQUIRE(ids(reasons) == Ids{"privilege"});
    CHECK(reasons[0].remedy == "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '" + user + "'@'%'");
    sql(server, reasons[0].remedy);
    CHECK(ids(judge()) == Ids{});
    sql(server, "REVOKE ALL ON `" + name + "`.* FROM '" + user + "'@'%'; GRANT INSERT ON `" + name +
                    "`.* TO '" + user + "'@'%'");
    CHECK(ids(judge()) == Ids{"privilege"});
    {
        mysql::Server target("target", spec.source);
        CHECK(ids(judge_target(target, spec.source, {name})) == Ids{"privilege"});
    }
    sql(server, "GRANT ALL ON `" + name + "`.* TO '" + user + "'@'%'; ALTER USER '" + user +
                    "'@'%' IDENTIFIED WITH mysql_native_password BY 'p]w'");
    spec.source = endpoint_of(server, user, "p]w");
    CHECK(ids(judge()) == Ids{"endpoint"});
    sql(server, "DROP USER '" + user + "'@'%'");
}

TEST_CASE("a neighbour that is being written with harmful values keeps the job from ShardingSphere") {
    const TestServer server = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    sql(server,
        "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY);"
        "CREATE DATABASE other; CREATE TABLE other.places (id INT PRIMARY KEY, p POINT NOT NULL);"
        "CREATE TABLE other.plain (id INT AUTO_INCREMENT PRIMARY KEY, doc JSON, t TIME);"
        "CREATE TABLE other.odd (id INT AUTO_INCREMENT PRIMARY KEY, doc JSON);"
        "CREATE TABLE other.dates (id INT PRIMARY KEY, d DATETIME(6), s SET('a','b'));"
        "INSERT INTO other.plain (doc, t) VALUES ('{\"a\": 1}', '12:00:00'); INSERT INTO other.odd (doc) "
        "VALUES ('true')");
    const JobSpec spec = job_of(server, server, "shop");
    const std::vector<TablePlan> plans = plan_of(spec);
    QuietControl control;
    mysql::Server source("source", spec.source);
    {
        Neighbours quiet(source, false);
        const std::vector<Reason> reasons = quiet.judge({&plans[0]}, control);
        CHECK(ids(reasons) == Ids{"neighbour_idle", "neighbour_idle", "neighbour_idle"});
        CHECK_FALSE(has_reason(reasons, "shardingsphere.neighbour_idle", "other.dates"));
    }
    Neighbours busy(source, false);
    sql(server,
        "INSERT INTO other.places VALUES (1, ST_GeomFromText('POINT(1 2)')); INSERT INTO other.plain (t) "
        "VALUES "
        "('13:00:00'); INSERT INTO other.odd (doc) VALUES ('1')");
    const std::vector<Reason> reasons = busy.judge({&plans[0]}, control);
    CHECK(has_reason(reasons, "shardingsphere.neighbour", "other.places"));
    CHECK(has_reason(reasons, "shardingsphere.neighbour", "other.odd"));
    CHECK(has_reason(reasons, "shardingsphere.neighbour_idle", "other.plain"));
}

TEST_CASE("without proxies nothing is asked and all tables are native") {
    JobSpec spec;
    spec.source.host = spec.target.host = "192.0.2.1";  // nobody there: a question would fail
    TablePlan plan;
    plan.engine = EngineChoice::shardingsphere;
    std::vector<TablePlan> plans{plan};
    QuietControl control;
    CHECK(ShardingSphereGate().choose(spec, plans, control).empty());
    CHECK(plans[0].engine == EngineChoice::native);
    spec.engine = EngineChoice::native;
    spec.shardingsphere.proxies.emplace_back();
    CHECK(ShardingSphereGate().choose(spec, plans, control).empty());
    spec.sharding.emplace();
    CHECK(errors(ShardingSphereGate().choose(spec, plans, control)) == Ids{"shardingsphere.native_sharded"});
    spec.engine = EngineChoice::shardingsphere;
    spec.sharding.reset();
    spec.shardingsphere.proxies.clear();
    CHECK(errors(ShardingSphereGate().choose(spec, plans, control)) == Ids{"shardingsphere.no_proxy"});
}
