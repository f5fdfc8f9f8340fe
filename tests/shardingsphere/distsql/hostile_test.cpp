#include <catch2/catch.hpp>

#include <chrono>

#include "tests/shardingsphere/distsql/proxy_world.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

std::string literal(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') result += '\\';
        result += c;
    }
    return result + "'";
}

/// An account that may do everything, and goes with the object.
class Account {
  public:
    Account(const TestServer& server, std::string user, const std::string& password)
        : server_(server), name_(literal(user) + "@'%'") {
        sql(server_, "DROP USER IF EXISTS " + name_ + "; CREATE USER " + name_ + " IDENTIFIED BY " +
                         literal(password) + "; GRANT ALL ON *.* TO " + name_);
    }
    ~Account() { sql(server_, "DROP USER " + name_); }
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

  private:
    const TestServer& server_;
    std::string name_;
};

const std::string hostile = R"(a\b\\c%20{};#?&=+:/@ ,()<>|~^!*$-_. -- /* */ \n üñ日本\)";
/// As long as a source's may be.
const std::string hostile_source = R"(\\a%20{};#?&=+:/@,(<|~^*$日 ü\)";

}  // namespace

TEST_CASE("a source's password arrives at the proxy as it is") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    for (const std::string& password : {hostile_source, std::string("\\"), std::string("`"), std::string("``"),
                                        std::string("`x`"), std::string("`a`b`"), std::string("`a``b\\`"),
                                        std::string("ends with `"), std::string("${x} $->{y} #{z}")}) {
        CAPTURE(password);
        const Account account(world.source(), "mover", password);
        UnitDefinition unit = world.source_unit();
        unit.endpoint = endpoint_of(world.source(), "mover", password);
        CHECK_NOTHROW(world.proxy().register_source_unit(unit));
        CHECK(world.proxy().source_units().size() == 1);
        world.proxy().unregister_source_unit(unit.name);
    }
}

TEST_CASE("a target's password arrives at the proxy as it is, quotes and brackets included") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    for (const std::string& password :
         {hostile, hostile + "'\"[]`", std::string("'"), std::string("''"), std::string("\"x\""), std::string("[x]"),
          std::string("\\'"), std::string("\\\\"), std::string("\\"), std::string("`x`"), std::string("\\n"),
          std::string("'; DROP DATABASE x; '")}) {
        CAPTURE(password);
        const Account account(world.target(), "mover", password);
        UnitDefinition unit = world.target_unit();
        unit.endpoint = endpoint_of(world.target(), "mover", password);
        CHECK_NOTHROW(world.proxy().register_storage_unit(unit));
        CHECK(world.proxy().storage_units(world.database()).size() == 1);
        world.proxy().unregister_storage_unit(unit.name);
    }
}

TEST_CASE("what the proxy would change is refused before it is sent") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    for (const char* password : {"it's", "\"", "[", "a]b", "line\nbreak"}) {
        CAPTURE(password);
        UnitDefinition unit = world.source_unit();
        unit.endpoint.password = Secret(password);
        CHECK(code_of([&] {
            CHECK_THROWS_AS(world.proxy().register_source_unit(unit), Error);
        }) == 0);
    }
    CHECK(world.proxy().source_units().empty());
    // The reason: sent by hand, the quote is gone and the login with it.
    const Account account(world.source(), "mover", "it's");
    CHECK_THROWS_WITH(world.proxy().run("REGISTER MIGRATION SOURCE STORAGE UNIT x (URL='jdbc:mysql://127.0.0.1:" +
                                        std::to_string(world.source().port()) +
                                        "/mysql?allowPublicKeyRetrieval=true&useSSL=false', USER='mover', "
                                        "PASSWORD='it''s')"),
                      Catch::Contains("Access denied"));
}

TEST_CASE("a table moves live with hostile users, passwords and databases on both sides") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    const std::string user = "we ird%us{er};$\\ü日-`", database = "sho$p-Ümlaut日本_" + world.database();
    REQUIRE(hostile_source.size() == 32);
    const Account source(world.source(), user, hostile_source);
    const Account target(world.target(), user, hostile + "'\"[]`");
    const std::string quoted = identifier(database);
    sql(world.source(), "CREATE DATABASE " + quoted + "; CREATE TABLE " + quoted +
                            ".Goods (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO " + quoted + ".Goods VALUES (1, 'x')");
    sql(world.target(), "CREATE DATABASE " + quoted);
    const auto drop = [&] {
        sql(world.source(), "DROP DATABASE IF EXISTS " + quoted);
        sql(world.target(), "DROP DATABASE IF EXISTS " + quoted);
    };
    try {
        world.proxy().register_source_unit(
            {.name = "src", .endpoint = endpoint_of(world.source(), user, hostile_source), .database = database});
        world.proxy().register_storage_unit(
            {.name = "tgt", .endpoint = endpoint_of(world.target(), user, hostile + "'\"[]`"), .database = database});
        const std::string id = world.migrate("Goods", "staged_goods");
        world.follow(id);
        sql(world.source(), "UPDATE " + quoted + ".Goods SET v = 'changed'; INSERT INTO " + quoted + ".Goods VALUES (2, 'y')");
        CHECK(eventually(
            [&] {
                return query(world.target(), "SELECT v FROM " + quoted + ".staged_goods ORDER BY id") ==
                       std::vector<Row>{{"changed"}, {"y"}};
            },
            30s, 250ms));
        const CheckStatus check = world.checked(id);
        INFO(check.error_message);
        CHECK(check.result == true);
        world.proxy().commit_migration(id);
        sql(world.target(), "RENAME TABLE " + quoted + ".staged_goods TO " + quoted + ".Goods");
        world.proxy().load_single_tables("tgt", {"Goods"});
        CHECK(world.proxy().run("SELECT v FROM Goods WHERE id = 2").at(0).at("v") == "y");
    } catch (...) {
        drop();
        throw;
    }
    drop();
}

TEST_CASE("a source's password that the source would refuse from the proxy's binlog client is refused before it is sent") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    const std::string longer(33, 'p');
    const Account account(world.source(), "mover", longer);
    UnitDefinition unit = world.source_unit();
    unit.endpoint = endpoint_of(world.source(), "mover", longer);
    CHECK_THROWS_WITH(world.proxy().register_source_unit(unit), Catch::Contains("32 bytes"));
    // The reason: sent by hand, all goes well until the inventory is done.
    world.proxy().run("REGISTER MIGRATION SOURCE STORAGE UNIT src (URL='jdbc:mysql://127.0.0.1:" +
                      std::to_string(world.source().port()) + "/" + world.database() +
                      "?allowPublicKeyRetrieval=true&useSSL=false', USER='mover', PASSWORD='" + longer + "')");
    world.proxy().register_storage_unit(world.target_unit());
    world.on_source("CREATE TABLE t (id INT PRIMARY KEY)");
    const std::string id = world.migrate("t", "staged_t");
    CHECK(eventually(
        [&] {
            return world.proxy().migration_status(id)->error_message.find("too long 'report-password'") !=
                   std::string::npos;
        },
        60s, 250ms));
}

TEST_CASE("a name of the proxy's own that it would take and forget is refused before it is sent") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    const auto before = world.proxy().databases();
    for (const char* name : {"a-b", "a b", "a$b", "a.b", "schön", "a'b"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(world.proxy().create_database(name), Error);
    }
    CHECK(world.proxy().databases() == before);
    // The reason: the statement succeeds and there is no database.
    world.proxy().run("CREATE DATABASE `a-b`");
    CHECK(world.proxy().databases() == before);
}

TEST_CASE("a table with a dollar sign is refused, since the proxy would move it and then not see it") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.on_target("CREATE TABLE `a$b` (id INT PRIMARY KEY)");
    CHECK_THROWS_AS(world.proxy().migrate_table("src", "a$b", world.database(), "staged"), Error);
    CHECK_THROWS_AS(world.proxy().migrate_table("src", "staged", world.database(), "a$b"), Error);
    CHECK(code_of([&] { world.proxy().load_single_tables("tgt", {"a$b"}); }) == 10002);
}
