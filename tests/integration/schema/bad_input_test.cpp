#include <catch2/catch.hpp>
#include <thread>

#include "tests/integration/schema/schema_job.hpp"
#include "tests/support/process.hpp"

using namespace transload;
using namespace transload::test;

namespace {
struct Failed {
    std::string id, object, message;
    ErrorKind kind = ErrorKind::usage;
};
template <class Act>
Failed error_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::cancelled) CHECK_FALSE(error.remedy().empty());
        return {error.id(), error.object(), error.message(), error.kind()};
    }
    return {"none", "", "", ErrorKind::usage};
}
}  // namespace

TEST_CASE("Each way in which Liquibase or Java can be missing or broken is one clear message") {
    const TestServer server = TestServer::start(Flavour::mysql80);
    sql(server, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY)");
    SchemaMove move(server, server, {{"d", "d2"}});
    const TempDir folder;
    const auto program = [&](const std::string& name, const std::string& text) {
        const auto file = folder.write(name, text);
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        return file.string();
    };
    std::string expected;
    SECTION("no Liquibase") {
        move.spec.liquibase.home = "/no/such/liquibase";
        expected = "liquibase.not_found";
    }
    SECTION("an empty folder") {
        move.spec.liquibase.home = folder.path().string();
        expected = "liquibase.broken";
    }
    SECTION("a core that is no archive") {
        folder.write("internal/lib/liquibase-core.jar", "<html>404</html>");
        move.spec.liquibase.home = folder.path().string();
        expected = "liquibase.broken";
    }
    SECTION("no driver") {
        folder.write("internal/lib/liquibase-core.jar", "PK");
        move.spec.liquibase.home = folder.path().string();
        expected = "liquibase.driver_missing";
    }
    SECTION("no Java") {
        move.spec.liquibase.java = "/no/such/java";
        expected = "java.not_found";
    }
    SECTION("Java that fails") {
        move.spec.liquibase.java = program("java", "#!/bin/sh\necho 'libjvm.so: cannot open'; exit 1\n");
        expected = "java.broken";
    }
    const Findings found = move.tool.inspect(move.spec);
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == expected);
    CHECK(error_of([&] { move.generate(); }).id == expected);
}

TEST_CASE("A Java that hangs is ended by the time limit") {
    const TestServer server = TestServer::start(Flavour::mysql80);
    sql(server, "CREATE DATABASE d");
    SchemaMove move(server, server, {{"d", "d2"}});
    const TempDir folder;
    const auto java = folder.write("java", "#!/bin/sh\nsleep 60\n");
    std::filesystem::permissions(java, std::filesystem::perms::owner_all);
    move.spec.liquibase.java = java.string();
    move.spec.liquibase.timeout = std::chrono::milliseconds(300);
    CHECK(error_of([&] { move.generate(); }).id == "process.time_limit");
}

TEST_CASE("A stop ends Liquibase and its statement's wait") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, a DATETIME(6))");
    SchemaMove move(source, target, {{"d", "d"}});
    move.generate();
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        move.control.stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(error_of([&] {
              for (int i = 0; i < 50; ++i) {
                  move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
                  sql(target, "DROP DATABASE d");
              }
          }).kind == ErrorKind::cancelled);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
}

TEST_CASE("A view on a missing table is named before anything is written") {
    const TestServer source = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE TABLE t (id INT); CREATE VIEW v AS SELECT * FROM t; DROP TABLE t; "
        "CREATE TABLE other (id INT)");
    SchemaMove move(source, source, {{"d", "d2"}});
    const Failed failed = error_of([&] { move.generate(); });
    CHECK(failed.id == "schema.view_broken");
    CHECK(failed.object == "d.v");
    move.spec.tables.exclude = {"v"};
    CHECK(text_of(move.run().different) == "");
}

TEST_CASE("An error of the target is told with its object and words, and a retry goes on from there") {
    ServerOptions trusting;
    trusting.extra = {"--log-bin-trust-function-creators=ON"};
    const TestServer source = TestServer::start(Flavour::mysql80, trusting),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY); "
        "CREATE FUNCTION `next one`() RETURNS INT RETURN 1;");
    SchemaMove move(source, target, {{"d", "d"}});
    const Failed failed = error_of([&] { move.run(); });
    CHECK(failed.id == "schema.apply_failed");
    CHECK(failed.object == "d: function next one");
    CHECK(failed.message.find("log_bin_trust_function_creators") != std::string::npos);
    sql(target, "SET GLOBAL log_bin_trust_function_creators=ON");
    CHECK(text_of(move.run().different) == "");
}
