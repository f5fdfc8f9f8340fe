#include <catch2/catch.hpp>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

constexpr std::string_view everything = R"sql(
    CREATE TABLE parent (id INT PRIMARY KEY);
    CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id));
    CREATE VIEW v AS SELECT id FROM parent;
    CREATE TRIGGER tr BEFORE INSERT ON parent FOR EACH ROW SET NEW.id = NEW.id;
    CREATE PROCEDURE p() SELECT 1;
    CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
    CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
)sql";

/// An account of its own on a server, gone at the end.
class Account {
  public:
    Account(const TestServer& server, const std::string& database)
        : server_(server), name_("acc_" + database) {
        name_ = name_.substr(0, 32);
        sql(server_, "DROP USER IF EXISTS " + quoted() + "; CREATE USER " + quoted() + " IDENTIFIED BY 'pw'");
    }
    ~Account() { sql(server_, "DROP USER IF EXISTS " + quoted()); }
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    [[nodiscard]] std::string quoted() const { return "'" + name_ + "'@'%'"; }
    [[nodiscard]] Endpoint endpoint() const { return endpoint_of(server_, name_, "pw"); }
    void grant(const std::string& privileges, const std::string& on) {
        sql(server_, "GRANT " + privileges + " ON " + on + " TO " + quoted());
    }

  private:
    const TestServer& server_;
    std::string name_;
};

/// The GRANT of a remedy, without the alternatives that follow it.
std::string statement_of(const Finding& finding) {
    return finding.remedy.substr(0, finding.remedy.find(';'));
}

/// Executes what the findings of one side ask for until nothing of it is left, and returns the ids in the
/// order met.
std::vector<std::string> grant_until_content(const JobSpec& spec, const TestServer& server,
                                             std::string_view prefix) {
    std::vector<std::string> met;
    for (int round = 0; round < 40; ++round) {
        const Findings findings = inspect(spec);
        const Finding* next = nullptr;
        for (const Finding& finding : findings)
            if (!next && finding.id.starts_with(prefix)) next = &finding;
        if (!next) return met;
        CAPTURE(describe(findings));
        REQUIRE(statement_of(*next).starts_with("GRANT "));
        met.push_back(next->id);
        sql(server, statement_of(*next));
        const Findings after = inspect(spec);
        CAPTURE(next->id, statement_of(*next), describe(after));
        const Finding* same = find(after, next->id, next->object);
        REQUIRE((same == nullptr || statement_of(*same) != statement_of(*next)));
    }
    FAIL("there is no end to it");
    return met;
}

bool contains(const std::vector<std::string>& list, std::string_view id) {
    return std::find(list.begin(), list.end(), id) != list.end();
}

}  // namespace

TEST_CASE("each privilege missing on the source is named with the GRANT that mends it") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer& source = shared_server(flavour, "source");
    const TestServer& target = shared_server(flavour, "target");
    const TestDatabase database({&source}, {&target}, "with_under_score");
    sql(source, everything, database.name());
    Account account(source, database.name());
    // Enough to see the tables and the routines' names.
    account.grant("EXECUTE, REFERENCES", "`" + database.name() + "`.*");
    JobSpec spec = job_of(source, target, database.name());
    spec.source = account.endpoint();

    const std::vector<std::string> met = grant_until_content(spec, source, "source.privilege.");
    for (const std::string_view id :
         {"source.privilege.show_view", "source.privilege.trigger", "source.privilege.event",
          "source.privilege.routine", "source.privilege.reload", "source.privilege.process",
          "source.privilege.replication_client"}) {
        CAPTURE(id);
        CHECK(contains(met, id));
    }
    // MySQL 8.0.15 shows routines to those with SELECT on everything, which then is not missing any more.
    CHECK(contains(met, "source.privilege.select") == (flavour != Flavour::mysql80));
    CHECK(errors(inspect(spec)).empty());
}

TEST_CASE(
    "without any right the source has no such database, with one on a table only that one is missing less") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, everything, database.name());
    Account account(source, database.name());
    JobSpec spec = job_of(source, target, database.name());
    spec.source = account.endpoint();
    CHECK_THROWS_AS(inspect(spec), Error);

    account.grant("SELECT, TRIGGER", "`" + database.name() + "`.parent");
    spec.tables.include = {"parent"};
    const Findings one = inspect(spec);
    CAPTURE(describe(one));
    CHECK_FALSE(has(one, "source.privilege.select"));
    CHECK_FALSE(has(one, "source.privilege.trigger"));
    CHECK(has(one, "source.privilege.event"));

    account.grant("REFERENCES", "`" + database.name() + "`.child");
    spec.tables.include = {"parent", "child"};
    const Findings two = inspect(spec);
    const Finding* missing = find(two, "source.privilege.select");
    REQUIRE(missing);
    CHECK_THAT(missing->message, Catch::Contains("(child)"));
}

TEST_CASE("each privilege missing on the target is named with the GRANT that mends it") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer& source = shared_server(flavour, "source");
    const TestServer& target = shared_server(flavour, "target");
    const TestDatabase database({&source}, {&target}, "with_under_score");
    sql(source, everything, database.name());
    Account account(target, database.name());
    JobSpec spec = job_of(source, target, database.name());
    spec.target = account.endpoint();
    spec.target_log_bin = false;

    const std::vector<std::string> met = grant_until_content(spec, target, "target.privilege.");
    for (const std::string_view id :
         {"target.privilege.tables", "target.privilege.views", "target.privilege.trigger",
          "target.privilege.event", "target.privilege.routine", "target.privilege.show_routine",
          "target.privilege.checkpoints", "target.privilege.set_definer", "target.privilege.sql_log_bin"})
        CHECK(contains(met, id));
    CHECK(contains(met, "target.privilege.system_user") == (flavour == Flavour::mysql97));

    // What preflight asked for is enough: the account can do all of it.
    Findings rest = inspect(spec);
    CAPTURE(describe(rest));
    if (has(rest, "target.log_bin_trust_function_creators")) {
        account.grant("SUPER", "*.*");
        rest = inspect(spec);
    }
    CHECK(errors(rest).empty());
    mysql::Connection connection(spec.target, {.sql_log_bin = false});
    connection.execute("CREATE DATABASE " + mysql::quote_name(database.name()));
    connection.execute("USE " + mysql::quote_name(database.name()));
    for (const char* statement :
         {"CREATE TABLE parent (id INT PRIMARY KEY)", "ALTER TABLE parent ADD v INT, ADD KEY (v)",
          "CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id))",
          "INSERT INTO parent VALUES (1, 2)", "UPDATE parent SET v = 3", "DELETE FROM parent",
          "TRUNCATE TABLE child", "CREATE DEFINER = root@localhost VIEW v AS SELECT id FROM parent",
          "SHOW CREATE VIEW v",
          "CREATE DEFINER = root@localhost TRIGGER tr BEFORE INSERT ON parent FOR EACH ROW SET NEW.id = "
          "NEW.id",
          "CREATE DEFINER = root@localhost PROCEDURE p() SELECT 1",
          "CREATE DEFINER = root@localhost FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
          "CREATE DEFINER = root@localhost EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
          "DROP TABLE child", "DROP PROCEDURE IF EXISTS absent"}) {
        CAPTURE(statement);
        CHECK_NOTHROW(connection.execute(statement));
    }
    // Its own objects can be read again, although they belong to somebody else.
    for (const char* statement : {"SHOW CREATE PROCEDURE p", "SHOW CREATE FUNCTION f",
                                  "SHOW CREATE TRIGGER tr", "SHOW CREATE EVENT e"}) {
        const mysql::Result shown = connection.query(statement);
        const std::size_t text = std::string_view(statement).starts_with("SHOW CREATE EVENT") ? 3 : 2;
        CAPTURE(statement);
        CHECK(shown.rows.at(0).at(text).has_value());
    }
    CHECK_NOTHROW(connection.execute("CREATE DATABASE IF NOT EXISTS _transload"));
}

TEST_CASE("objects without definers ask for less on the target") {
    const TestServer& source = shared_server(Flavour::mysql97, "source");
    if (!available(Flavour::mysql97)) SKIP_TEST("MySQL 9.7 is not installed");
    const TestServer& target = shared_server(Flavour::mysql97, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, everything, database.name());
    Account account(target, database.name());
    JobSpec spec = job_of(source, target, database.name());
    spec.target = account.endpoint();
    spec.definers.policy = DefinerPolicy::strip;
    const Findings findings = inspect(spec);
    CAPTURE(describe(findings));
    CHECK_FALSE(has(findings, "target.privilege.set_definer"));
    CHECK_FALSE(has(findings, "target.privilege.system_user"));
    CHECK_FALSE(has(findings, "target.privilege.show_routine"));
    CHECK(has(findings, "target.privilege.tables"));
}

TEST_CASE("privileges of an active role count, those of an inactive one do not") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer& source = shared_server(flavour, "source");
    const TestServer& target = shared_server(flavour, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, everything, database.name());
    Account account(source, database.name());
    const std::string role = "role_" + database.name();
    const std::string level = "`" + database.name() + "`.*";
    sql(source, "CREATE ROLE " + role + "; GRANT SHOW VIEW, TRIGGER, EVENT ON " + level + " TO " + role +
                    "; GRANT " + role + " TO " + account.quoted());
    account.grant("SELECT", level);
    JobSpec spec = job_of(source, target, database.name());
    spec.source = account.endpoint();
    const Findings inactive = inspect(spec);
    CAPTURE(describe(inactive));
    const Finding* missing = find(inactive, "source.privilege.trigger");
    REQUIRE(missing);
    CHECK_THAT(missing->remedy, Catch::Contains("SET DEFAULT ROLE"));

    sql(source, flavour == Flavour::mariadb ? "SET DEFAULT ROLE " + role + " FOR " + account.quoted()
                                            : "SET DEFAULT ROLE " + role + " TO " + account.quoted());
    const Findings active = inspect(spec);
    sql(source, "DROP ROLE " + role);
    CAPTURE(describe(active));
    CHECK_FALSE(has(active, "source.privilege.trigger"));
    CHECK_FALSE(has(active, "source.privilege.show_view"));
    CHECK_FALSE(has(active, "source.privilege.event"));
}

TEST_CASE("a partial revoke on the source's database is noticed") {
    if (!available(Flavour::mysql97)) SKIP_TEST("MySQL 9.7 is not installed");
    const TestServer source =
        TestServer::start(Flavour::mysql97, {.memory = "64M", .extra = {"--partial-revokes=ON"}});
    sql(source, "CREATE DATABASE my_shop; CREATE TABLE my_shop.t (id INT PRIMARY KEY)");
    Account account(source, "revoked");
    account.grant("SELECT, TRIGGER, EVENT, REFERENCES, SHOW VIEW", "*.*");
    JobSpec spec = job_of(source, source, "my_shop", "other");
    spec.source = account.endpoint();
    CHECK_FALSE(has(inspect(spec), "source.privilege.select"));
    sql(source, "REVOKE SELECT ON my_shop.* FROM " + account.quoted());
    const Findings findings = inspect(spec);
    const Finding* missing = find(findings, "source.privilege.select");
    REQUIRE(missing);
    CHECK_THAT(missing->remedy, Catch::Contains("ON `my_shop`.*"));  // no escape: names are literal here
    sql(source, statement_of(*missing));
    CHECK_FALSE(has(inspect(spec), "source.privilege.select"));
}

TEST_CASE("a password that must be changed is a finding, not a crash") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, "CREATE TABLE t (id INT PRIMARY KEY)", database.name());
    Account account(target, database.name());
    sql(target, "ALTER USER " + account.quoted() + " PASSWORD EXPIRE");
    JobSpec spec = job_of(source, target, database.name());
    spec.target = account.endpoint();
    const Findings findings = inspect(spec);
    CAPTURE(describe(findings));
    CHECK(errors(findings) == std::vector<std::string>{"preflight.account_expired"});
}

TEST_CASE("a cutover asks for the privileges of following and of stopping writes") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, "CREATE TABLE t (id INT PRIMARY KEY)", database.name());
    Account account(source, database.name());
    account.grant("SELECT, TRIGGER, EVENT, EXECUTE", "`" + database.name() + "`.*");
    JobSpec spec = job_of(source, target, database.name());
    spec.source = account.endpoint();
    CHECK(errors(inspect(spec)).empty());
    spec.cutover.mode = CutoverMode::manual;
    CHECK(errors(inspect(spec)) == std::vector<std::string>{"source.privilege.replication_client",
                                                            "source.privilege.replication_slave",
                                                            "source.privilege.write_stop"});
    (void)grant_until_content(spec, source, "source.privilege.");
    CHECK(errors(inspect(spec)).empty());
}
