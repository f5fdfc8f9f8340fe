#include <catch2/catch.hpp>

#include "tests/integration/schema/schema_job.hpp"
#include "tests/support/compare.hpp"

using namespace transload;
using namespace transload::test;

TEST_CASE("The same source gives the same bytes, whatever job, folder and time") {
    const TestServer source = TestServer::start(Flavour::mysql80);
    sql(source, "CREATE DATABASE hostile; SET GLOBAL event_scheduler=OFF");
    load(source, "hostile_mysql.sql", "hostile");
    SchemaMove first(source, source, {{"hostile", "hostile"}}, "job-1"),
        second(source, source, {{"hostile", "hostile"}}, "another-job");
    first.generate();
    second.generate();
    const std::string bytes = read_file(first.changelog("hostile"));
    CHECK(bytes == read_file(second.changelog("hostile")));
    CHECK(bytes.find("job-1") == std::string::npos);
}

TEST_CASE("What Liquibase generates stays where it is provably right") {
    const TestServer server = TestServer::start(Flavour::mysql80);
    sql(server,
        "CREATE DATABASE d; USE d; CREATE TABLE simple (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name "
        "VARCHAR(50) NOT NULL DEFAULT 'x', price DECIMAL(10,2), KEY k (name)) AUTO_INCREMENT=7; CREATE TABLE "
        "odd (a TINYINT(1), b DATETIME(6));");
    const TestServer target = TestServer::start(Flavour::mysql80);
    SchemaMove move(server, target, {{"d", "d"}});
    CHECK(text_of(move.run().different) == "");
    const std::string xml = read_file(move.changelog("d"));
    CHECK(xml.find("<createTable tableName=\"simple\"") != std::string::npos);
    CHECK(xml.find("<createTable tableName=\"odd\"") == std::string::npos);
    CHECK(xml.find("CREATE TABLE `odd`") != std::string::npos);
    CHECK(show_create(target, "d", "simple").find("AUTO_INCREMENT=7") != std::string::npos);
}

TEST_CASE("Deferred indexes are read from the saved file, and marked as run when the engine has built them") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE TABLE `t, x` (id INT PRIMARY KEY, a VARCHAR(20), b INT NOT NULL, "
        "UNIQUE KEY `u,1` (b), KEY `k` (a(3),b DESC) COMMENT 'a, b', FULLTEXT KEY f (a)); CREATE TABLE s (id "
        "INT PRIMARY KEY)");
    SchemaMove move(source, target, {{"d", "d2"}});
    move.generate();
    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
    CHECK(query(target, "SHOW INDEX FROM `t, x`", "d2").size() == 1);
    CHECK(text_of(move.tool.compare(move.job(), SchemaPart::pre_data, move.control).different) == "");
    const std::vector<DeferredIndexes> deferred = move.tool.deferred_indexes(move.job());
    REQUIRE(deferred.size() == 1);
    CHECK(deferred[0].target == TableName{"d2", "t, x"});
    CHECK(deferred[0].names == std::vector<std::string>{"u,1", "k", "f"});
    CHECK(deferred[0].clauses[1] == "ADD KEY `k` (`a`(3),`b` DESC) COMMENT 'a, b'");
    std::string alter = "ALTER TABLE `t, x` ";
    for (std::size_t i = 0; i < deferred[0].clauses.size(); ++i)
        alter += (i ? "," : "") + deferred[0].clauses[i];
    sql(target, alter, "d2");
    move.tool.apply(move.job(), SchemaPart::post_data, move.control);
    CHECK(text_of(move.tool.compare(move.job(), SchemaPart::post_data, move.control).different) == "");
    CHECK(schema_differences(source, "d", target, "d2").empty());
}

TEST_CASE("A kill between a statement and Liquibase's record of it does no harm") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE t (id INT "
        "AUTO_INCREMENT PRIMARY KEY, p INT, d DATETIME(3), KEY k (d), FOREIGN KEY (p) REFERENCES p(id)); "
        "CREATE VIEW v AS SELECT * FROM t; "
        "CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW SET @x=1; CREATE TRIGGER a BEFORE INSERT ON t FOR "
        "EACH ROW SET @x=2; CREATE PROCEDURE q() SELECT 1;");
    SchemaMove move(source, target, {{"d", "d"}});
    REQUIRE(text_of(move.run().different) == "");
    // As after the kill: everything is there, nothing is recorded, and the lock is held by a dead process.
    sql(target,
        "DELETE FROM _transload.changelog_job_1; UPDATE _transload.changelog_lock_job_1 SET LOCKED=1, "
        "LOCKEDBY='the dead', LOCKGRANTED=NOW()");
    CHECK(text_of(move.run().different) == "");
    CHECK(schema_differences(source, "d", target, "d").empty());
}

TEST_CASE("What was dropped since Liquibase recorded it is made again") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, a DATETIME(2), KEY k (a)); CREATE "
        "VIEW v AS SELECT * FROM t");
    SchemaMove move(source, target, {{"d", "d"}});
    REQUIRE(text_of(move.run().different) == "");
    sql(target, "DROP DATABASE d");
    CHECK(text_of(move.run().different) == "");
}

TEST_CASE("Liquibase's own tables do not land in the moved database, and forget leaves none of the job's") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY)");
    SchemaMove move(source, target, {{"d", "d"}});
    move.run();
    CHECK(query(target, "SHOW TABLES", "d").size() == 1);
    CHECK(query(target, "SHOW TABLES LIKE 'changelog\\_job%'", "_transload").size() == 1);
    move.tool.forget(move.job(), move.control);
    // It was the only job: the database of the books goes with its last table.
    CHECK(query(target, "SHOW DATABASES LIKE '\\_transload'").empty());
}

TEST_CASE("The password is in no log, no changelog and no process list") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY)");
    SchemaMove move(source, target, {{"d", "d"}});
    move.run();
    for (const TestServer* server : {&source, &target}) {
        CHECK(move.log().find(server->password()) == std::string::npos);
        CHECK(read_file(move.changelog("d")).find(server->password()) == std::string::npos);
    }
    CHECK(move.log().find("Liquibase") != std::string::npos);
}
