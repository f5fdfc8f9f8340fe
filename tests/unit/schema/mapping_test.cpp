#include <catch2/catch.hpp>

#include "adapters/liquibase/mapping.hpp"

using namespace transload;
using namespace transload::liquibase;

namespace {
Column column(const std::string& name, const std::string& target = {}, bool left_out = false) {
    Column result;
    result.name = name;
    result.target_name = target;
    result.left_out = left_out;
    return result;
}

TablePlan plan(const std::string& table, const std::string& target, std::vector<Column> columns) {
    TablePlan result;
    result.source = {"shop", table};
    result.target = {"shop", target};
    result.columns = std::move(columns);
    return result;
}

std::string ids(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) text += finding.id + " ";
    return text;
}

const std::string kOrders =
    "CREATE TABLE `orders` (\n"
    "  `id` int(11) NOT NULL AUTO_INCREMENT,\n"
    "  `total` decimal(10,2) NOT NULL DEFAULT '0.00' COMMENT 'the `total`',\n"
    "  `gross` decimal(12,2) GENERATED ALWAYS AS ((`total` * 1.19)) STORED,\n"
    "  `customer` int(11) DEFAULT NULL,\n"
    "  `secret` varchar(10) DEFAULT NULL,\n"
    "  PRIMARY KEY (`id`),\n"
    "  UNIQUE KEY `total` (`total`,`id`),\n"
    "  KEY `secret` (`customer`,`secret`),\n"
    "  KEY `expr` (((`total` + 1)) DESC),\n"
    "  CONSTRAINT `of` FOREIGN KEY (`customer`) REFERENCES `customers` (`id`) ON DELETE CASCADE,\n"
    "  CONSTRAINT `more` CHECK ((`total` > 0))\n"
    ") ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='`total`'\n"
    "/*!50100 PARTITION BY RANGE (`id`)\n"
    "(PARTITION total VALUES LESS THAN (10) ENGINE = InnoDB) */";
}  // namespace

TEST_CASE("Names of columns change wherever a table's definition means them, and nowhere else") {
    const SchemaMapping mapping(
        {plan("orders", "shop_orders", {column("id", "order_id"), column("total", "net")}),
         plan("customers", "people", {column("id", "we`ird")})});
    Findings findings;
    CHECK(mapped_table(kOrders, "shop", "orders", mapping, findings) ==
          "CREATE TABLE `shop_orders` (\n"
          "  `order_id` int(11) NOT NULL AUTO_INCREMENT,\n"
          "  `net` decimal(10,2) NOT NULL DEFAULT '0.00' COMMENT 'the `total`',\n"
          "  `gross` decimal(12,2) GENERATED ALWAYS AS ((`net` * 1.19)) STORED,\n"
          "  `customer` int(11) DEFAULT NULL,\n"
          "  `secret` varchar(10) DEFAULT NULL,\n"
          "  PRIMARY KEY (`order_id`),\n"
          "  UNIQUE KEY `total` (`net`,`order_id`),\n"
          "  KEY `secret` (`customer`,`secret`),\n"
          "  KEY `expr` (((`net` + 1)) DESC),\n"
          "  CONSTRAINT `of` FOREIGN KEY (`customer`) REFERENCES `people` (`we``ird`) ON DELETE CASCADE,\n"
          "  CONSTRAINT `more` CHECK ((`net` > 0))\n"
          ") ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='`total`'\n"
          "/*!50100 PARTITION BY RANGE (`order_id`)\n"
          "(PARTITION total VALUES LESS THAN (10) ENGINE = InnoDB) */");
    CHECK(findings.empty());
}

TEST_CASE("What needs a left-out column is left out too, and a foreign key keeps an index of its own") {
    const SchemaMapping mapping({plan("orders", "orders", {column("secret", "", true)}),
                                 plan("customers", "customers", {column("mail", "", true)})});
    Findings findings;
    const std::string mapped = mapped_table(kOrders, "shop", "orders", mapping, findings);
    CHECK(mapped.find("secret") == std::string::npos);
    CHECK(mapped.find("  KEY `of` (`customer`),\n  CONSTRAINT `of`") != std::string::npos);
    CHECK(ids(findings) == "schema.mapped_left_out ");
    CHECK(findings.at(0).severity == Severity::warning);
    findings.clear();
    const std::string child =
        "CREATE TABLE `c` (\n  `m` int(11) DEFAULT NULL,\n  KEY `m` (`m`),\n  CONSTRAINT `f` FOREIGN KEY "
        "(`m`) "
        "REFERENCES `customers` (`mail`)\n) ENGINE=InnoDB";
    CHECK(mapped_table(child, "shop", "c", mapping, findings) ==
          "CREATE TABLE `c` (\n  `m` int(11) DEFAULT NULL,\n  KEY `m` (`m`)\n) ENGINE=InnoDB");
    CHECK(ids(findings) == "schema.mapped_left_out ");
}

TEST_CASE("A key of rows, a generated column and a partition can't do without a column of theirs") {
    Findings findings;
    SECTION("primary key and partition") {
        TablePlan orders = plan("orders", "orders", {column("id", "", true)});
        orders.key = RowKey{"PRIMARY", {{0, false}}};
        (void)mapped_table(kOrders, "shop", "orders", SchemaMapping({orders}), findings);
        CHECK(ids(findings) ==
              "schema.mapped_needed schema.mapped_needed schema.mapped_left_out schema.mapped_needed ");
    }
    SECTION("generated column") {
        (void)mapped_table(kOrders, "shop", "orders",
                           SchemaMapping({plan("orders", "orders", {column("total", "", true)})}), findings);
        REQUIRE(!findings.empty());
        CHECK(findings[0].id == "schema.mapped_needed");
        CHECK(findings[0].message.find("the column gross needs the column total") == 0);
    }
}

TEST_CASE("A check of MariaDB's behind its column goes where it needs a left-out one") {
    const std::string table =
        "CREATE TABLE `t` (\n  `a` int(11) DEFAULT nextval(`shop`.`b`) CHECK (`a` > `b`) COMMENT 'x',\n  `c` "
        "int(11) DEFAULT "
        "NULL CHECK (`c` > 1)\n) ENGINE=InnoDB";
    Findings findings;
    CHECK(mapped_table(table, "shop", "t",
                       SchemaMapping({plan("t", "t", {column("b", "", true), column("c", "d")})}),
                       findings) ==
          "CREATE TABLE `t` (\n  `a` int(11) DEFAULT nextval(`shop`.`b`) COMMENT 'x',\n  `d` int(11) DEFAULT "
          "NULL CHECK "
          "(`d` > 1)\n) ENGINE=InnoDB");
    CHECK(ids(findings) == "schema.mapped_left_out ");
}

TEST_CASE(
    "Views and programs that name what is mapped are taken out, triggers of a renamed table go along where "
    "they can") {
    SourceDatabase database;
    database.name = "shop";
    const auto trigger = [](const std::string& name, const std::string& table, const std::string& create) {
        SourceProgram result;
        result.kind = ProgramKind::trigger;
        result.name = name;
        result.table = table;
        result.create = create;
        return result;
    };
    const auto view = [](const std::string& name, const std::string& create) {
        SourceView result;
        result.name = name;
        result.create = result.qualified = create;
        return result;
    };
    database.views = {view("a_on_b", "CREATE VIEW `a_on_b` AS select 1 from `b_renamed`"),
                      view("b_renamed", "CREATE VIEW `b_renamed` AS select `orders`.`id` from `orders`"),
                      view("free", "CREATE VIEW `free` AS select `customers`.`id` from `customers`"),
                      view("told", "CREATE VIEW `told` AS select `customers`.`mail` from `customers`"),
                      view("x", "CREATE VIEW `x` AS select 'orders' AS `mail`")};
    database.programs = {
        trigger("carried", "orders",
                "CREATE TRIGGER `carried` BEFORE INSERT ON shop.orders FOR EACH ROW SET NEW.id = 'orders'"),
        trigger("own", "orders",
                "CREATE TRIGGER own BEFORE INSERT ON `orders` FOR EACH ROW SET @x = (SELECT COUNT(*) FROM "
                "orders)"),
        trigger("col", "customers",
                "CREATE TRIGGER `col` BEFORE INSERT ON `customers` FOR EACH ROW SET NEW.MAIL = ''"),
        trigger("plain", "customers",
                "CREATE TRIGGER `plain` BEFORE INSERT ON `customers` FOR EACH ROW SET @a = 1")};
    apply_mapping(database,
                  SchemaMapping({plan("orders", "p_orders", {column("id")}),
                                 plan("customers", "customers", {column("id"), column("mail", "email")})}));
    std::string left;
    for (const SourceView& one : database.views) left += one.name + " ";
    for (const SourceProgram& one : database.programs) left += one.name + " ";
    CHECK(left == "free x carried plain ");
    CHECK(database.programs.at(0).create ==
          "CREATE TRIGGER `carried` BEFORE INSERT ON shop.`p_orders` FOR EACH ROW SET NEW.id = 'orders'");
    CHECK(database.programs.at(0).table == "p_orders");
    CHECK(database.findings.size() == 5);
    for (const Finding& finding : database.findings) CHECK(finding.id == "schema.mapped_reference");
}
