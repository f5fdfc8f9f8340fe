#include <catch2/catch.hpp>

#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

TEST_CASE("source and target may not be the same database, nor read from each other") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer& server = shared_server(flavour, "source");
    const TestDatabase one({&server}), two({&server});
    sql(server, "CREATE TABLE t (id INT PRIMARY KEY)", one.name());
    CHECK(has(inspect(job_of(server, server, one.name())), "pair.same_database", one.name()));

    // The same server under another name is the same server.
    JobSpec renamed = job_of(server, server, one.name());
    renamed.target.host = "localhost";
    CHECK(has(inspect(renamed), "pair.same_database", one.name()));

    JobSpec crossed = job_of(server, server, one.name(), two.name());
    CHECK_FALSE(has(inspect(crossed), "pair.target_is_source"));
    CHECK(has(inspect(crossed), "pair.same_server"));
    crossed.databases.push_back({two.name(), one.name()});
    CHECK(has(inspect(crossed), "pair.target_is_source", two.name()));

    const TestServer& other = shared_server(flavour, "target");
    const Findings apart = inspect(job_of(server, other, one.name()));
    CHECK_FALSE(has(apart, "pair.same_database"));
    CHECK_FALSE(has(apart, "pair.same_server"));
}

TEST_CASE("system databases and Transload's own can't be moved") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    CHECK(has(inspect(job_of(source, target, "mysql", "copy")), "selection.system_database", "mysql"));
    const TestDatabase database({&source});
    CHECK(has(inspect(job_of(source, target, database.name(), "_transload")), "selection.system_database",
              "_transload"));
}

TEST_CASE("two databases with a table of one name can't become one") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    const TestDatabase one({&source}), two({&source});
    sql(source, "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE a (id INT PRIMARY KEY)", one.name());
    sql(source, "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY)", two.name());
    JobSpec spec = job_of(source, target, one.name(), "both");
    spec.databases.push_back({two.name(), "both"});
    const Findings findings = inspect(spec);
    CHECK(has(findings, "pair.duplicate_target", "both.t"));
    CHECK_FALSE(has(findings, "pair.duplicate_target", "both.a"));
}

TEST_CASE("a collation that MariaDB does not know is refused, one that it knows by another name is not") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mariadb, "target");
    const TestDatabase database({&source}, {&target});
    sql(source,
        "ALTER DATABASE " + identifier(database.name()) +
            " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; "
            "CREATE TABLE fine (id INT PRIMARY KEY, v VARCHAR(9)) CHARACTER SET utf8",
        database.name());
    Findings findings = inspect(job_of(source, target, database.name()));
    CAPTURE(describe(findings));
    CHECK(errors(findings).empty());
    CHECK(has(findings, "pair.flavour"));
    sql(source, "CREATE TABLE newer (id INT PRIMARY KEY, v VARCHAR(9) COLLATE utf8mb4_ja_0900_as_cs)",
        database.name());
    findings = inspect(job_of(source, target, database.name()));
    const Finding* finding = find(findings, "pair.unknown_collation", "utf8mb4_ja_0900_as_cs");
    REQUIRE(finding);
    CHECK_THAT(finding->message, Catch::Contains(database.name() + ".newer"));
}

TEST_CASE("what an older server would drop or not understand is refused, table by table") {
    if (!available(Flavour::mysql97)) SKIP_TEST("MySQL 9.7 is not installed");
    const TestServer& source = shared_server(Flavour::mysql97, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");  // 8.0.15
    const TestDatabase database({&source}, {&target});
    sql(source, R"sql(
        CREATE TABLE checked (id INT PRIMARY KEY, v INT CHECK (v > 0));
        CREATE TABLE hidden (id INT PRIMARY KEY, v INT INVISIBLE);
        CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3));
        CREATE TABLE lists (id INT PRIMARY KEY, j JSON, KEY m ((CAST(j AS UNSIGNED ARRAY))));
        CREATE TABLE plain (id INT PRIMARY KEY, v INT DEFAULT (1 + 1), p POINT NOT NULL SRID 4326, KEY ((v + 1)),
            KEY falling (v DESC) INVISIBLE);
    )sql",
        database.name());
    const Findings findings = inspect(job_of(source, target, database.name()));
    CAPTURE(describe(findings));
    CHECK(has(findings, "pair.older_target"));
    for (const std::string_view name : {"checked", "hidden", "vectors", "lists"}) {
        CAPTURE(name);
        CHECK(has(findings, "table.feature_unknown", database.name() + "." + std::string(name)));
    }
    CHECK_FALSE(has(findings, "table.feature_unknown", database.name() + ".plain"));
}

TEST_CASE("what MariaDB has not is refused for a MariaDB target, and the other way round") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    const TestServer& mysql = shared_server(Flavour::mysql80, "source");
    const TestServer& mariadb = shared_server(Flavour::mariadb, "target");
    const TestDatabase one({&mysql}, {&mariadb});
    sql(mysql,
        "CREATE TABLE functional (id INT PRIMARY KEY, v INT, KEY ((v + 1)));"
        "CREATE TABLE located (id INT PRIMARY KEY, p POINT NOT NULL SRID 4326);"
        "CREATE TABLE hidden (id INT PRIMARY KEY, v INT, KEY (v) INVISIBLE);"
        "CREATE TABLE plain (id INT PRIMARY KEY, v INT, KEY (v DESC))",
        one.name());
    const Findings there = inspect(job_of(mysql, mariadb, one.name()));
    CAPTURE(describe(there));
    for (const std::string_view name : {"functional", "located", "hidden"})
        CHECK(has(there, "table.feature_unknown", one.name() + "." + std::string(name)));
    CHECK_FALSE(has(there, "table.feature_unknown", one.name() + ".plain"));

    const TestDatabase two({&mariadb}, {&mysql});
    sql(mariadb,
        "CREATE TABLE versioned (id INT PRIMARY KEY) WITH SYSTEM VERSIONING;"
        "CREATE TABLE ids (id UUID PRIMARY KEY); CREATE TABLE long_unique (b BLOB NOT NULL, UNIQUE KEY (b));"
        "CREATE TABLE aria (id INT PRIMARY KEY) ENGINE = Aria; CREATE TABLE plain (id INT PRIMARY KEY)",
        two.name());
    const Findings back = inspect(job_of(mariadb, mysql, two.name()));
    CAPTURE(describe(back));
    for (const std::string_view name : {"versioned", "ids", "long_unique"})
        CHECK(has(back, "table.feature_unknown", two.name() + "." + std::string(name)));
    CHECK(has(back, "target.unsupported_engine", "Aria"));
    CHECK_FALSE(has(back, "table.feature_unknown", two.name() + ".plain"));
}

TEST_CASE("tables that can't be marked done in their own transaction are refused where GTIDs forbid it") {
    if (!available(Flavour::mysql97)) SKIP_TEST("MySQL 9.7 is not installed");
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql97, "target");
    const TestDatabase database({&source}, {&target});
    sql(source, "CREATE TABLE isam (id INT PRIMARY KEY) ENGINE = MyISAM", database.name());
    JobSpec spec = job_of(source, target, database.name());
    const bool enforced = value(target, "SELECT @@enforce_gtid_consistency") == "ON";
    CHECK(has(inspect(spec), "target.gtid_nontransactional") == enforced);
    spec.target_log_bin = false;
    CHECK_FALSE(has(inspect(spec), "target.gtid_nontransactional"));
}
