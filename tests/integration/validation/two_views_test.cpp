#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "adapters/mysql/consistent_view.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;
using mysql::ConsistentView;
using mysql::ViewExactness;
using mysql::Writers;

namespace {

const std::string_view everything =
    "CREATE TABLE keyed (id INT PRIMARY KEY, v VARCHAR(30)); CREATE TABLE pairs (a VARCHAR(10), b INT, v INT, PRIMARY KEY (a, b)); "
    "CREATE TABLE keyless (a INT, b VARCHAR(30)); "
    "INSERT INTO keyed WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, CONCAT('v', i) FROM n; "
    "INSERT INTO pairs SELECT CONCAT('p', id % 7), id, id FROM keyed; INSERT INTO keyless SELECT id % 40, v FROM keyed;";

Endpoint endpoint(const TestServer& server) {
    Endpoint there;
    there.host = server.host();
    there.port = static_cast<std::uint16_t>(server.port());
    there.user = TestServer::user();
    there.password = Secret(server.password());
    return there;
}

/// Changes all tables of one side again and again, from construction to destruction.
class Writer {
  public:
    Writer(const TestServer& server, const std::string& database)
        : connection_(endpoint(server)), thread_([this, database] {
              const std::string in = "`" + database + "`.";
              for (int i = 0; !stop_; ++i) {
                  const std::string n = std::to_string(i % 900);
                  connection_.execute("UPDATE " + in + "keyed SET v = CONCAT(v, 'x') WHERE id = " + n);
                  connection_.execute("REPLACE INTO " + in + "keyed VALUES (" + std::to_string(10'000 + i) + ", 'new')");
                  connection_.execute("DELETE FROM " + in + "pairs WHERE b = " + n);
                  connection_.execute("INSERT INTO " + in + "keyless VALUES (" + n + ", 'another')");
                  ++rounds_;
              }
          }) {}
    ~Writer() {
        stop_ = true;
        thread_.join();
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    [[nodiscard]] int rounds() const { return rounds_; }

  private:
    mysql::Connection connection_;
    std::atomic<bool> stop_{false};
    std::atomic<int> rounds_{0};
    std::thread thread_;
};

void kill_all_but(ConsistentView& view, std::size_t left) {
    std::vector<ConsistentView::Lease> leases;
    while (leases.size() < view.sessions()) leases.push_back(view.borrow());
    for (std::size_t i = left; i < leases.size(); ++i) mysql::kill_query(view.endpoint(), leases[i]->thread_id());
    mysql::Connection killer(view.endpoint());
    for (std::size_t i = left; i < leases.size(); ++i) killer.execute("KILL " + std::to_string(leases[i]->thread_id()));
}

constexpr ValidationLevel all_levels[] = {ValidationLevel::counts, ValidationLevel::sample, ValidationLevel::checksum,
                                          ValidationLevel::rows};

}  // namespace

TEST_CASE("both sides are compared as their views show them while both are written to") {
    for (const auto& [from, to] : {std::pair{Flavour::mysql80, Flavour::mysql80}, std::pair{Flavour::mysql80, Flavour::mysql97},
                                  std::pair{Flavour::mariadb, Flavour::mariadb}}) {
        if (!available(from) || !available(to)) SKIP_TEST("a server is not installed");
        INFO(name_of(from) << " to " << name_of(to));
        Sides sides(shared_server(from, "source"), shared_server(to, "target"));
        sides.on_both(everything);
        sides.on_target("UPDATE keyed SET v = 'wrong' WHERE id = 77; DELETE FROM pairs WHERE b = 78; DELETE FROM keyless WHERE a = 0 LIMIT 1;");
        sides.rows_per_chunk = 50;
        JobSpec spec = sides.spec;
        spec.limits.workers = 4;
        spec.sample_share = 1;
        const auto tables = sides.plans();
        const auto source = ConsistentView::open(spec.source, 4);
        const auto target = ConsistentView::open(spec.target, 4, Writers::held);
        CHECK(source->sessions() == 4);
        CHECK(target->sessions() == 4);
        CHECK(target->exactness() == ViewExactness::held);
        const Writer one(sides.source(), sides.database());
        const Writer other(sides.target(), sides.database());
        for (const ValidationLevel level : all_levels) {
            spec.validate = level;
            RecordingControl control;
            const ValidationOutcome outcome = mysql::MysqlValidator().validate({spec, tables, source, target}, control);
            CHECK(outcome.tables.at(0).source_rows == 900);
            CHECK(outcome.tables.at(0).target_rows == 900);
            CHECK(outcome.tables.at(2).target_rows == 899);
            const std::vector<std::string> found = named(outcome);
            if (level == ValidationLevel::counts) {
                CHECK(found.size() == 2);  // the numbers of rows of two tables
            } else {
                REQUIRE(found.size() == 3);
                CHECK(found[0] == "different keyed id=77 v");
                CHECK(found[1].starts_with("missing keyless row digest "));
                CHECK(found[2] == "missing pairs a='p1', b=78");
            }
        }
        CHECK(one.rounds() > 0);
        CHECK(other.rounds() > 0);
    }
}

TEST_CASE("nothing is mended through a view of the target") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(everything);
    sides.on_target("UPDATE keyed SET v = 'wrong' WHERE id = 77; DELETE FROM keyless WHERE a = 0 LIMIT 1;");
    JobSpec spec = sides.spec;
    spec.repair = true;
    const auto tables = sides.plans();
    RecordingControl control;
    const auto target = ConsistentView::open(spec.target, 2);
    const ValidationOutcome outcome = mysql::MysqlValidator().validate({spec, tables, nullptr, target}, control);
    CHECK(outcome.summary.mismatches == 2);
    CHECK(outcome.summary.repaired == 0);
    CHECK(value(sides.target(), "SELECT v FROM keyed WHERE id = 77", sides.database()) == "wrong");
}

TEST_CASE("a table that was emptied behind the view is named at once, and the others are compared") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(everything);
    sides.on_target("UPDATE keyed SET v = 'wrong' WHERE id = 77; DELETE FROM keyless WHERE a = 0 LIMIT 1;");
    const auto tables = sides.plans();
    const auto source = ConsistentView::open(sides.spec.source, 2);
    const auto target = ConsistentView::open(sides.spec.target, 2, Writers::held);
    sides.on_source("TRUNCATE TABLE keyless;");
    RecordingControl control;
    const ValidationOutcome outcome = mysql::MysqlValidator().validate({sides.spec, tables, source, target}, control);
    REQUIRE(outcome.unseen.size() == 1);
    CHECK(outcome.unseen.front().table == TableName{sides.database(), "keyless"});
    CHECK_THAT(outcome.unseen.front().why, Catch::Contains("1412"));
    CHECK(named(outcome) == std::vector<std::string>{"different keyed id=77 v"});
    CHECK(outcome.summary.mismatches == 1);
    CHECK(outcome.tables.at(2).source_rows == 900);
    for (const std::string& event : control.events()) CHECK(event.find("trying again") == std::string::npos);
}

TEST_CASE("who waits for a view and makes it wait gets the table when the view ends, and the view says so") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(everything);
    std::jthread truncating;  // before the view: it can only end after that
    auto source = ConsistentView::open(sides.spec.source, 2);
    const std::string name = "`" + sides.database() + "`.keyed";
    {
        const ConsistentView::Lease reader = source->borrow();
        const ConsistentView::Lease late = source->borrow();
        CHECK(reader->scalar("SELECT COUNT(*) FROM " + name) == "900");
        truncating = std::jthread([&] { sides.on_source("TRUNCATE TABLE keyed;"); });
        while (value(sides.source(), "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'Waiting for table metadata lock' "
                                     "AND info LIKE 'TRUNCATE TABLE keyed%' AND db = '" + sides.database() + "'") == "0")
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        try {
            (void)late->scalar("SELECT COUNT(*) FROM " + name);
            FAIL("was ahead of who waited before");
        } catch (const Error& error) {
            CHECK(mysql::waits_in_vain(error));
        }
    }
    source.reset();
    truncating.join();
    CHECK(value(sides.source(), "SELECT COUNT(*) FROM keyed", sides.database()) == "0");
}

TEST_CASE("a pinned table is not truncated while the view lives") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) SKIP_TEST("a server is not installed");
        INFO(name_of(flavour));
        Sides sides(shared_server(flavour, "source"), shared_server(flavour, "target"));
        sides.on_source(everything);
        {
            const auto source = ConsistentView::open(sides.spec.source, 2);
            source->pin({{sides.database(), "keyed"}, {sides.database(), "is not there"}});
            CHECK_THROWS_WITH(sides.on_source("SET lock_wait_timeout = 1; TRUNCATE TABLE keyed;"), Catch::Contains("1205"));
            sides.on_source("SET lock_wait_timeout = 1; TRUNCATE TABLE pairs;");
            CHECK(source->borrow()->scalar("SELECT COUNT(*) FROM `" + sides.database() + "`.keyed") == "900");
        }
        sides.on_source("TRUNCATE TABLE keyed;");
    }
}

TEST_CASE("lanes that lose sessions of both views share those that are left") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(everything);
    sides.rows_per_chunk = 20;
    JobSpec spec = sides.spec;
    spec.limits.workers = 4;
    const auto tables = sides.plans();
    const auto source = ConsistentView::open(spec.source, 4);
    const auto target = ConsistentView::open(spec.target, 4);
    kill_all_but(*source, 1);
    kill_all_but(*target, 1);
    RecordingControl control;
    CHECK(clean(mysql::MysqlValidator().validate({spec, tables, source, target}, control)));
    CHECK(target->sessions() == 1);
    kill_all_but(*target, 0);
    try {
        static_cast<void>(mysql::MysqlValidator().validate({spec, tables, source, target}, control));
        FAIL("compared without a session");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::transient);
        CHECK(error.id() == "view.lost");
    }
}

TEST_CASE("a target with far more rows than the source is compared within the sessions of its view") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE keyed (id INT PRIMARY KEY, v VARCHAR(30)); INSERT INTO keyed VALUES (1, 'v1'), (200000, 'v2');");
    sides.on_target("SET cte_max_recursion_depth = 1000000; INSERT INTO keyed WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n "
                    "WHERE i < 120009) SELECT i, 'extra' FROM n;");
    const auto tables = sides.plans();
    const auto target = ConsistentView::open(sides.spec.target, 1);
    JobSpec spec = sides.spec;
    spec.validate = ValidationLevel::rows;
    RecordingControl control;
    const ValidationOutcome outcome = mysql::MysqlValidator().validate({spec, tables, nullptr, target}, control);
    CHECK(outcome.summary.mismatches == 120'000);
    CHECK(target->sessions() == 1);
}

TEST_CASE("a view of a server whose writers are held needs neither a quiet log nor a lock, nor a log at all") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    for (const bool log : {true, false}) {
        ServerOptions options;
        options.binlog = log;
        const TestServer& server = shared_server(Flavour::mysql80, log ? "target" : "no-log", options);
        Sides sides(shared_server(Flavour::mysql80, "source"), server);
        sides.on_both(everything);
        const TestDatabase elsewhere({&server});
        sql(server, "CREATE TABLE keyed (id INT PRIMARY KEY, v MEDIUMTEXT); CREATE TABLE pairs (b INT); CREATE TABLE keyless (a INT, b VARCHAR(9));",
            elsewhere.name());
        // Without RELOAD: a lock could not be had.
        const std::string account = "reader_" + sides.database();
        sql(server, "CREATE USER '" + account + "'@'%' IDENTIFIED BY 'pw'; GRANT SELECT ON *.* TO '" + account + "'@'%';");
        Endpoint reader = sides.spec.target;
        reader.user = account;
        reader.password = Secret("pw");
        {
            const Writer busy(server, elsewhere.name());
            const auto view = ConsistentView::open(reader, 4, Writers::held);
            CHECK(view->exactness() == ViewExactness::held);
            CHECK(view->sessions() == 4);
        }
        sql(server, "DROP USER '" + account + "'@'%'");
    }
}

TEST_CASE("a view tells all coordinates of its place in the log") {
    for (const bool gtid : {false, true}) {
        if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
        ServerOptions options;
        options.gtid = gtid;
        const TestServer server = TestServer::start(Flavour::mysql80, options);
        sql(server, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1);");
        const auto view = ConsistentView::open(endpoint(server), 2);
        CHECK(view->exactness() == ViewExactness::bracketed);
        const auto status = query(server, "SHOW MASTER STATUS").at(0);
        CHECK(view->log_state().known());
        CHECK(view->log_state().file == status.at(0));
        CHECK(view->bracket().first == view->log_state());
        CHECK(view->bracket().second == view->log_state());
        CHECK(view->log_state().gtids.empty() != gtid);
        CHECK(view->server() == value(server, "SELECT @@server_uuid"));
        CHECK(view->position() == view->log_state().position());
    }
}

TEST_CASE("MariaDB names file, offset and GTIDs of a snapshot; writes after it do not move them") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    const TestServer server = TestServer::start(Flavour::mariadb);
    sql(server, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1);");
    const auto status = query(server, "SHOW MASTER STATUS").at(0);
    const auto gtids = value(server, "SELECT @@gtid_binlog_pos");
    const auto view = ConsistentView::open(endpoint(server), 3);
    sql(server, "INSERT INTO d.t VALUES (2);");
    CHECK(view->exactness() == ViewExactness::native);
    CHECK(view->sessions() == 3);
    CHECK(view->log_state().file == status.at(0));
    CHECK(view->log_state().offset == status.at(1));
    CHECK(view->log_state().gtids == gtids);
    CHECK(view->server() == "server_id:" + value(server, "SELECT @@server_id"));
}

TEST_CASE("one session on a server that never rests knows its place within a bracket") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    const TestServer server = TestServer::start(Flavour::mysql80);
    const TestDatabase database({&server});
    sql(server, everything, database.name());
    const Writer busy(server, database.name());
    const auto view = ConsistentView::open(endpoint(server), 1);
    REQUIRE(view->exactness() == ViewExactness::single);
    CHECK(view->bracket().first == view->log_state());
    CHECK(view->bracket().first.known());
    CHECK(std::stoull(view->bracket().first.offset) < std::stoull(view->bracket().second.offset));
}
