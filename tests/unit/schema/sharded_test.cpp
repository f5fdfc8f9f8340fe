#include "adapters/liquibase/sharded.hpp"

#include <catch2/catch.hpp>

#include "adapters/liquibase/compare_sharded.hpp"

using namespace transload;
using namespace transload::liquibase;

namespace {

SourceProgram program(ProgramKind kind, const std::string& name, const std::string& create, const std::string& table = {}) {
    SourceProgram result;
    result.kind = kind;
    result.name = name;
    result.create = create;
    result.table = table;
    return result;
}

TablePlan sharded_plan(const std::string& table) {
    TablePlan plan;
    plan.source = {"shop", table};
    plan.sharded = true;
    return plan;
}

}  // namespace

TEST_CASE("what mentions a sharded table is left out, and what mentions that") {
    SourceDatabase database;
    database.name = "shop";
    database.views = {{"v", "CREATE VIEW `v` AS select `w`.`a` AS `a` from `w`", "", {}},
                      {"w", "CREATE VIEW `w` AS select `orders`.`a` AS `a` from `orders`", "", {}},
                      {"x", "CREATE VIEW `x` AS select 'orders' AS `a` from `other`", "", {}}};
    database.programs = {program(ProgramKind::procedure, "p", "CREATE PROCEDURE p() BEGIN /* orders */ SELECT f(); END"),
                         program(ProgramKind::function, "f", "CREATE FUNCTION f() RETURNS INT RETURN (SELECT 1 FROM Orders)"),
                         program(ProgramKind::procedure, "q", "CREATE PROCEDURE q() SELECT 'orders' -- orders\n"),
                         program(ProgramKind::trigger, "t", "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1", "orders"),
                         program(ProgramKind::event, "e", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO CALL p()")};
    const ShardedSchema found = sharded_schema(database, {sharded_plan("orders")});
    CHECK(found.tables == std::set<std::string>{"orders"});
    CHECK(found.left_out == std::set<std::pair<std::string, std::string>>{
                                {"event", "e"}, {"function", "f"}, {"procedure", "p"}, {"trigger", "t"}, {"view", "v"}, {"view", "w"}});
    CHECK(sharded_schema(database, {}).left_out.empty());
}

TEST_CASE("foreign keys are left out in both directions, and stay between tables that are not sharded") {
    ShardedSchema sharded;
    sharded.tables = {"orders"};
    const DefinitionItem to_orders = parse_item("CONSTRAINT `a` FOREIGN KEY (`o`) REFERENCES `orders` (`id`)");
    const DefinitionItem to_other = parse_item("CONSTRAINT `b` FOREIGN KEY (`o`) REFERENCES `other` (`id`)");
    CHECK(sharded.leaves_out("items", to_orders));
    CHECK(sharded.leaves_out("orders", to_other));
    CHECK_FALSE(sharded.leaves_out("items", to_other));
}

TEST_CASE("who carries a changeSet is kept in the file") {
    Changelog changelog;
    changelog.logical_path = "p";
    for (const auto& [id, carrier] : {std::pair{"table:a", Carrier::liquibase}, {"table:b", Carrier::proxy}, {"view:c", Carrier::nobody}}) {
        ChangeSet change;
        change.id = id;
        change.carrier = carrier;
        change.part = SchemaPart::post_data;
        change.stage = "stage-2";
        change.statements = {"SELECT 1"};
        changelog.change_sets.push_back(change);
    }
    const std::filesystem::path file = std::filesystem::temp_directory_path() / "transload-carrier-test.xml";
    write_file(file, to_xml(changelog));
    const Changelog read = read_changelog(file);
    std::filesystem::remove(file);
    REQUIRE(read.change_sets.size() == 3);
    CHECK(read.change_sets[0].carrier == Carrier::liquibase);
    CHECK(read.change_sets[1].carrier == Carrier::proxy);
    CHECK(read.change_sets[2].carrier == Carrier::nobody);
    for (const ChangeSet& change : read.change_sets) CHECK(change.stage == "stage-2");
}

TEST_CASE("an actual table is read under its source's name, its indexes under theirs") {
    const std::string source = "CREATE TABLE `o` (\n  `a` int,\n  KEY `k` (`a`),\n  KEY `x_o_0` (`a`)\n) ENGINE=InnoDB";
    const std::string actual = "CREATE TABLE `o_0` (\n  `a` int,\n  KEY `k_o_0` (`a`),\n  KEY `x_o_0` (`a`)\n) ENGINE=InnoDB";
    bool renamed = false;
    CHECK(under_source_name(actual, "o_0", source, "o", &renamed) == source);
    CHECK(renamed);
    renamed = false;
    CHECK(under_source_name("CREATE TABLE `o_0` (\n  `a` int\n) ENGINE=InnoDB COMMENT='`o_0`'", "o_0", source, "o", &renamed) ==
          "CREATE TABLE `o` (\n  `a` int\n) ENGINE=InnoDB COMMENT='`o_0`'");
    CHECK_FALSE(renamed);
}

TEST_CASE("a character set that the collation names is not a difference, another collation is") {
    CHECK(without_inherited_charset("CREATE TABLE `t` (\n  `a` char(1) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'CHARACTER SET a COLLATE b'\n) "
                                    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin") ==
          "CREATE TABLE `t` (\n  `a` char(1) COLLATE utf8mb4_bin DEFAULT 'CHARACTER SET a COLLATE b'\n) "
          "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
    CHECK(without_inherited_charset("CREATE TABLE `t` (\n  `a` char(1) CHARACTER SET latin1\n)") ==
          "CREATE TABLE `t` (\n  `a` char(1) CHARACTER SET latin1\n)");
}
