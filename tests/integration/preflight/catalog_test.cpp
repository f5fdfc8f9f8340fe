#include <algorithm>
#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

const TablePlan& table(const std::vector<TablePlan>& plans, std::string_view name) {
    const auto found = std::find_if(plans.begin(), plans.end(),
                                    [&](const TablePlan& plan) { return plan.source.table == name; });
    if (found == plans.end()) throw std::runtime_error("no plan of " + std::string(name));
    return *found;
}

const Column& column(const TablePlan& plan, std::string_view name) {
    const auto found = std::find_if(plan.columns.begin(), plan.columns.end(),
                                    [&](const Column& each) { return each.name == name; });
    if (found == plan.columns.end()) throw std::runtime_error("no column " + std::string(name));
    return *found;
}

std::string key(const TablePlan& plan) {
    if (!plan.key) return "none";
    std::string text = plan.key->index_name + ":";
    for (const KeyPart& part : plan.key->parts)
        text += plan.columns.at(part.column).name + (part.descending ? " DESC," : ",");
    return text;
}

}  // namespace

TEST_CASE("each selected base table is planned with its columns, in order of name") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer& server = shared_server(flavour, "source");
    const TestDatabase database({&server});
    sql(server, R"sql(
        CREATE TABLE zebra (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, k INT,
            name VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_general_ci NOT NULL DEFAULT 'x',
            word ENUM('unsigned', 'b') NOT NULL, vgen INT GENERATED ALWAYS AS (k + 1) VIRTUAL,
            sgen INT GENERATED ALWAYS AS (k + 2) STORED, made DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3), raw VARBINARY(9));
        CREATE TABLE `a ``b``` (id INT PRIMARY KEY);
        CREATE TABLE skipped_one (id INT PRIMARY KEY);
        CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;
        CREATE VIEW v AS SELECT 1 AS one;
        CREATE TRIGGER t BEFORE INSERT ON parts FOR EACH ROW SET NEW.id = NEW.id;
        INSERT INTO zebra (k, word) VALUES (1, 'b'), (2, 'b'), (3, 'b');
    )sql",
        database.name());
    JobSpec spec = job_of(server, server, database.name(), "elsewhere");
    spec.tables.exclude = {"skipped_*"};
    const std::vector<TablePlan> plans = plan_of(spec);

    REQUIRE(plans.size() == 3);
    CHECK(plans[0].source.table == "a `b`");
    CHECK(plans[0].source.database == database.name());
    CHECK(plans[0].target == TableName{"elsewhere", "a `b`"});
    CHECK(plans[1].partitioned);
    const TablePlan& zebra = plans[2];
    CHECK_FALSE(zebra.partitioned);
    CHECK(zebra.storage_engine == "InnoDB");
    CHECK(zebra.estimated_rows == 3);
    CHECK(zebra.data_bytes > 0);
    CHECK(zebra.definition_digest.size() == 64);
    REQUIRE(zebra.columns.size() == 8);
    CHECK(column(zebra, "id").is_unsigned);
    CHECK(column(zebra, "id").auto_increment);
    CHECK(column(zebra, "id").data_type == "bigint");
    CHECK_FALSE(column(zebra, "id").nullable);
    CHECK(column(zebra, "name").charset == "latin1");
    CHECK(column(zebra, "name").collation == "latin1_general_ci");
    CHECK_FALSE(column(zebra, "word").is_unsigned);
    CHECK(column(zebra, "vgen").generated);
    CHECK(column(zebra, "sgen").generated);
    CHECK_FALSE(column(zebra, "made").generated);
    CHECK(column(zebra, "k").nullable);
    CHECK(column(zebra, "raw").charset.empty());
}

TEST_CASE("the key of a table is the one that names its rows") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer& server = shared_server(flavour, "source");
    const TestDatabase database({&server});
    sql(server, R"sql(
        CREATE TABLE composite (a INT, b VARCHAR(9), c INT, PRIMARY KEY (b, a));
        CREATE TABLE prefixed (a VARCHAR(99) NOT NULL, PRIMARY KEY (a(5)));
        CREATE TABLE prefixed_and_unique (a VARCHAR(99) NOT NULL, b INT NOT NULL, PRIMARY KEY (a(5)), UNIQUE KEY ub (b));
        CREATE TABLE nullable_unique (a INT, UNIQUE KEY (a));
        CREATE TABLE two_uniques (a BIGINT NOT NULL, b TINYINT NOT NULL, UNIQUE KEY ua (a), UNIQUE KEY ub (b));
        CREATE TABLE float_key (a FLOAT NOT NULL PRIMARY KEY, b INT NOT NULL, UNIQUE KEY ub (b));
        CREATE TABLE only_float (a DOUBLE NOT NULL PRIMARY KEY);
        CREATE TABLE heap (a INT, KEY (a));
    )sql",
        database.name());
    if (flavour == Flavour::mysql97)
        sql(server, R"sql(
            SET SESSION sql_generate_invisible_primary_key = ON;
            CREATE TABLE gipk (a INT);
            CREATE TABLE functional (a INT NOT NULL, b INT NOT NULL, UNIQUE KEY ((a + 1)));
            CREATE TABLE hidden_column (a INT NOT NULL PRIMARY KEY INVISIBLE, b INT);
            CREATE TABLE hidden_index (a INT NOT NULL, UNIQUE KEY u (a) INVISIBLE, b INT PRIMARY KEY);
        )sql",
            database.name());
    const std::vector<TablePlan> plans = plan_of(job_of(server, server, database.name()));
    CHECK(key(table(plans, "composite")) == "PRIMARY:b,a,");
    CHECK(key(table(plans, "prefixed")) == "none");
    CHECK(key(table(plans, "prefixed_and_unique")) == "ub:b,");
    CHECK(key(table(plans, "nullable_unique")) == "none");
    CHECK(key(table(plans, "two_uniques")) == "ub:b,");
    CHECK(key(table(plans, "float_key")) == "ub:b,");
    CHECK(key(table(plans, "only_float")) == "PRIMARY:a,");
    CHECK(key(table(plans, "heap")) == "none");
    if (flavour != Flavour::mysql97) return;
    CHECK(key(table(plans, "gipk")) == "PRIMARY:my_row_id,");
    CHECK(column(table(plans, "gipk"), "my_row_id").invisible);
    CHECK(key(table(plans, "functional")) == "PRIMARY:my_row_id,");
    CHECK(key(table(plans, "hidden_column")) == "PRIMARY:a,");
    CHECK(key(table(plans, "hidden_index")) == "PRIMARY:b,");
}

TEST_CASE("a descending key keeps its direction") {
    const TestServer& server = shared_server(Flavour::mysql80, "source");
    const TestDatabase database({&server});
    sql(server,
        "CREATE TABLE falling (a INT NOT NULL, b INT NOT NULL, UNIQUE KEY u (a DESC, b), c INT);"
        "CREATE TABLE functional (a INT NOT NULL, UNIQUE KEY ((a + 1)));"
        "CREATE TABLE hidden_index (b BIGINT NOT NULL, UNIQUE KEY seen (b), a TINYINT NOT NULL, "
        "UNIQUE KEY hidden (a) INVISIBLE)",
        database.name());
    const std::vector<TablePlan> plans = plan_of(job_of(server, server, database.name()));
    CHECK(key(table(plans, "falling")) == "u:a DESC,b,");
    CHECK(key(table(plans, "functional")) == "none");
    CHECK(key(table(plans, "hidden_index")) == "seen:b,");
}

TEST_CASE("what only MariaDB has is planned as what it is") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    const TestServer& server = shared_server(Flavour::mariadb, "source");
    const TestDatabase database({&server});
    sql(server, R"sql(
        CREATE TABLE docs (id INT PRIMARY KEY, doc JSON, same LONGTEXT CHECK (json_valid(same)), text LONGTEXT,
            other LONGTEXT CHECK (json_valid(other) AND length(other) < 9), hidden INT INVISIBLE, who UUID);
        CREATE TABLE history (id INT PRIMARY KEY) WITH SYSTEM VERSIONING;
        CREATE SEQUENCE numbers;
        CREATE TABLE long_unique (b BLOB NOT NULL, UNIQUE KEY (b));
    )sql",
        database.name());
    const std::vector<TablePlan> plans = plan_of(job_of(server, server, database.name()));
    REQUIRE(plans.size() == 3);
    const TablePlan& docs = table(plans, "docs");
    CHECK(column(docs, "doc").json_text);
    CHECK(column(docs, "same").json_text);
    CHECK_FALSE(column(docs, "text").json_text);
    CHECK_FALSE(column(docs, "other").json_text);
    CHECK(column(docs, "hidden").invisible);
    CHECK(column(docs, "who").data_type == "uuid");
    CHECK(table(plans, "history").columns.size() == 1);
    CHECK(key(table(plans, "long_unique")) == "none");
}

TEST_CASE("the digest of a definition stays while rows come and changes with a column") {
    const TestServer& server = shared_server(Flavour::mysql80, "source");
    const TestDatabase database({&server});
    sql(server, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)", database.name());
    const JobSpec spec = job_of(server, server, database.name());
    const std::string before = plan_of(spec).at(0).definition_digest;
    sql(server, "INSERT INTO t (v) VALUES (1), (2), (3)", database.name());
    CHECK(show_create(server, database.name(), "t").find("AUTO_INCREMENT=4") != std::string::npos);
    CHECK(plan_of(spec).at(0).definition_digest == before);
    sql(server, "ALTER TABLE t MODIFY v BIGINT", database.name());
    CHECK(plan_of(spec).at(0).definition_digest != before);
}

TEST_CASE("a database that does not exist is refused with those that do") {
    const TestServer& server = shared_server(Flavour::mysql80, "source");
    const TestDatabase database({&server});
    try {
        (void)plan_of(job_of(server, server, "no such database"));
        FAIL("was planned");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::refused);
        CHECK(error.id() == "source.no_such_database");
        CHECK(error.object() == "no such database");
        CHECK_THAT(error.remedy(), Catch::Contains(database.name()));
    }
}

TEST_CASE("several databases are planned together, each to its target") {
    const TestServer& server = shared_server(Flavour::mysql80, "source");
    const TestDatabase one({&server}), two({&server});
    sql(server, "CREATE TABLE t (id INT PRIMARY KEY)", one.name());
    sql(server, "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE s (id INT PRIMARY KEY)", two.name());
    JobSpec spec = job_of(server, server, two.name(), "b");
    spec.databases.push_back({one.name(), "a"});
    spec.tables.include = {one.name() + ".*", "t"};
    const std::vector<TablePlan> plans = plan_of(spec);
    REQUIRE(plans.size() == 2);
    CHECK(std::is_sorted(plans.begin(), plans.end(),
                         [](const TablePlan& a, const TablePlan& b) { return a.source < b.source; }));
    for (const TablePlan& plan : plans)
        CHECK(plan.target.database == (plan.source.database == one.name() ? "a" : "b"));
}
