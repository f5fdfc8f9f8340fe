#include <catch2/catch.hpp>

#include "tests/shardingsphere/sharded/shards.hpp"

using namespace transload;
using namespace transload::test;

namespace {

const ValidationLevel every_level[] = {ValidationLevel::counts, ValidationLevel::sample, ValidationLevel::checksum,
                                       ValidationLevel::rows};

/// Rows id 1 … n with values of many kinds, in both places.
void make_numbers(Shards& shards, int rows) {
    shards.shard("numbers", "id");
    shards.on_both({"CREATE TABLE numbers (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) CHARACTER SET latin1, amount "
                    "DECIMAL(12,3), note TEXT)"});
    std::string insert = "INSERT INTO numbers VALUES ";
    for (int i = 1; i <= rows; ++i)
        insert += (i == 1 ? "(" : ",(") + std::to_string(i) + ",'n" + std::to_string(i) + "'," + std::to_string(i) + ".5,NULL)";
    shards.on_both({insert});
}

std::string full_row(const std::string& id) {
    return "INSERT INTO types VALUES (" + id + ", 'a', 'äöü', '😀', '2020-02-29', "
           "'2020-01-01 00:00:00.123', '2020-07-01 12:00:00.25', '-838:59:58.9', 1901, 1.1, 2.2250738585072014e-308, "
           "12345678901234567890.0123456789, 7, 9223372036854775809, 'y', "
           "'a,c', '{\"k\": [1.5, \"2020-01-01\", null, true]}', x'00ff27', 'é€', ST_GeomFromText('POINT(1 2)'), "
           "x'00000001', x'0020', 1, 3, 4)";
}

}  // namespace

TEST_CASE("a sharded table that equals its source is found equal at every level, chunk by chunk") {
    NEEDS_SHARDING_CLUSTER();
    Shards shards;
    make_numbers(shards, 500);
    shards.rows_per_chunk = 70;
    for (const ValidationLevel level : every_level) {
        const ValidationOutcome outcome = shards.validate(level);
        CHECK(clean(outcome));
        REQUIRE(outcome.tables.size() == 1);
        CHECK(outcome.tables[0].source_rows == 500);
        CHECK(outcome.tables[0].target_rows == 500);
    }
}

TEST_CASE("values of every type are read through the proxy without being changed on the way") {
    NEEDS_SHARDING_CLUSTER();
    Shards shards;
    shards.shard("types", "id");
    shards.on_both(
        {"CREATE TABLE types (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, c CHAR(5), vc VARCHAR(30) CHARACTER SET latin1, u "
         "VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, d DATE, dt DATETIME(3), ts TIMESTAMP(2) NULL, t "
         "TIME(1), y YEAR, f FLOAT, db DOUBLE, de DECIMAL(30,10), z INT(6) ZEROFILL, b BIT(64), e ENUM('x','y'), s "
         "SET('a','b','c'), j JSON, bl BLOB, tx MEDIUMTEXT CHARACTER SET utf16, g GEOMETRY, bin BINARY(4), vb VARBINARY(10), "
         "ti TINYINT(1), `select` INT, `we``ird name` INT)",
         "INSERT INTO types(id) VALUES (0)",
         full_row("18446744073709551615"),
         "INSERT INTO types VALUES (9223372036854775808, '', '', '', '1000-01-01', '9999-12-31 23:59:59.999', '2038-01-19 "
         "03:14:07', '838:59:59', 0, -0.0, 1e300, -0.0000000001, 0, 0, 'x', '', '[]', '', '', NULL, '', '', -128, 0, 0)",
         "INSERT INTO types(id, t, u) VALUES (5, '00:00:00', 'tab\tand \\\\ and \\' quotes')"});
    for (const ValidationLevel level : every_level) CHECK(clean(shards.validate(level)));

    // One row for each column, in which that one is off by the least bit.
    const std::pair<const char*, const char*> changes[] = {
        {"c", "'A'"}, {"vc", "_latin1 x'e4f6fd'"}, {"u", "_utf8mb4 x'f09f9881'"}, {"d", "'2020-02-28'"},
        {"dt", "'2020-01-01 00:00:00.124'"}, {"ts", "'2020-07-01 12:00:00.26'"}, {"t", "'-838:59:58.8'"}, {"y", "1902"},
        {"f", "1.1000001"}, {"db", "2.2250738585072019e-308"}, {"de", "12345678901234567890.0123456788"}, {"z", "8"},
        {"b", "1"}, {"e", "NULL"}, {"s", "'a'"}, {"j", "'{\"k\": [1.5, \"2020-01-01\", null, false]}'"}, {"bl", "x'00ff28'"},
        {"tx", "_utf8mb4 x'c3a9e282ad'"}, {"g", "ST_GeomFromText('POINT(1 3)')"}, {"bin", "x'00000002'"}, {"vb", "x'00'"},
        {"ti", "2"}, {"`select`", "NULL"}, {"`we``ird name`", "5"}};
    std::vector<std::string> expected;
    int id = 1000;
    for (const auto& [column, other] : changes) {
        ++id;
        shards.on_both({full_row(std::to_string(id))});
        const std::string name = column[0] == '`' && column[1] == 'w' ? "we`ird name" : column[0] == '`' ? "select" : column;
        expected.push_back("different types id=" + std::to_string(id) + " " + name);
        const Shards::Found place = shards.find("types", "id = " + std::to_string(id));
        shards.on_unit(place.unit, "UPDATE " + place.table + " SET ts = ts, " + column + " = " + other +
                                       " WHERE id = " + std::to_string(id) + ";");
    }
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows, ValidationLevel::sample})
        CHECK(named(shards.validate(level)) == expected);
}

TEST_CASE("keys of every shape are matched whatever order the shards deliver them in") {
    NEEDS_SHARDING_CLUSTER();
    Shards shards;
    shards.rows_per_chunk = 3;
    shards.shard("words", "part");
    shards.shard("bytes", "n");
    shards.shard("stamps", "n");
    shards.shard("loose", "n");
    shards.shard("nothing", "id");
    shards.on_both(
        {"CREATE TABLE words (word VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL, part INT NOT NULL, v INT, "
         "PRIMARY KEY (word, part DESC))",
         "INSERT INTO words VALUES ('a',1,1),('A',2,1),('b',1,2),('B',2,2),('ss',1,3),('z',1,1),('Z',2,1),('ä',3,1),('ß',4,1),('it''s',1,1),('a b',1,1),('',1,1),('zz',-5,1),('zz',5,1)",
         "CREATE TABLE bytes (k VARBINARY(16) NOT NULL PRIMARY KEY, n INT UNSIGNED NOT NULL)",
         "INSERT INTO bytes VALUES ('',1),(x'00',2),(x'0000',3),(x'27',4),(x'5c',5),(x'ff',6),(x'fffe',7),(x'20',4000000000)",
         "CREATE TABLE stamps (at DATETIME(6) NOT NULL, ts TIMESTAMP NOT NULL DEFAULT '2000-01-01 00:00:00', e ENUM('b','a') NOT NULL, "
         "n SMALLINT NOT NULL, PRIMARY KEY (at, ts, e))",
         "INSERT INTO stamps VALUES ('2020-01-01 00:00:00.000001','2020-01-01 00:00:00','b',1),('2020-01-01 "
         "00:00:00.000001','2020-01-01 00:00:00','a',2),('2020-01-01 00:00:00.000001','2020-01-01 "
         "00:00:01','a',3),('2021-01-01 00:00:00','2020-01-01 00:00:00','a',4),('1000-01-01 00:00:00','2020-01-01 00:00:00','a',5)",
         "CREATE TABLE loose (n INT, v VARCHAR(10))",
         "INSERT INTO loose VALUES (1,'a'),(1,'a'),(1,NULL),(2,'b'),(3,'b')",
         "CREATE TABLE nothing (id INT NOT NULL PRIMARY KEY)"});
    for (const ValidationLevel level : every_level) CHECK(clean(shards.validate(level)));

    const Shards::Found word = shards.find("words", "part = 4");
    shards.on_unit(word.unit, "UPDATE " + word.table + " SET v = 9 WHERE part = 4;");
    const Shards::Found byte = shards.find("bytes", "n = 2");
    shards.on_unit(byte.unit, "DELETE FROM " + byte.table + " WHERE n = 2;");
    const Shards::Found stamp = shards.find("stamps", "n = 3");
    shards.on_unit(stamp.unit, "UPDATE " + stamp.table + " SET ts = '2020-01-01 00:00:02' WHERE n = 3;");
    const Shards::Found loose = shards.find("loose", "n = 3");
    shards.on_unit(loose.unit, "UPDATE " + loose.table + " SET v = 'c' WHERE n = 3;");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows, ValidationLevel::sample}) {
        const ValidationOutcome outcome = shards.validate(level);
        CHECK(outcome.summary.mismatches == 6);
        const std::vector<std::string> found = named(outcome);
        CHECK(found.size() == 6);
        const auto has = [&](const std::string& part) {
            return std::any_of(found.begin(), found.end(), [&](const std::string& one) { return one.find(part) != std::string::npos; });
        };
        CHECK(has("different words"));
        CHECK(has("missing bytes k=x'00'"));
        CHECK(has("missing stamps"));
        CHECK(has("extra stamps"));
        CHECK(has("missing loose"));
        CHECK(has("extra loose"));
    }
}

TEST_CASE("timestamps are the same instants on shards that live in another time zone") {
    NEEDS_SHARDING_CLUSTER();
    const TestServer east = TestServer::start(Flavour::mysql80, {.memory = "64M", .extra = {"--default-time-zone=+05:30"}});
    Shards shards(shared_server(Flavour::mysql80, proxy_source), shared_server(Flavour::mysql80, "target"), east);
    shards.shard("moments", "id");
    shards.on_both({"CREATE TABLE moments (id INT NOT NULL PRIMARY KEY, at TIMESTAMP(3) NULL, plain DATETIME)"});
    for (int id = 1; id <= 8; ++id) {
        const std::string insert = " VALUES (" + std::to_string(id) + ", '2020-06-01 12:00:00.5', '2020-06-01 12:00:00');";
        shards.on_source("INSERT INTO moments" + insert);
        const std::size_t table = static_cast<std::size_t>(id) % 4;  // an integer hashes to itself
        shards.on_unit(table % 2, "INSERT INTO moments_" + std::to_string(table) + insert);
    }
    for (const ValidationLevel level : every_level) CHECK(clean(shards.validate(level)));
    shards.on_unit(1, "UPDATE moments_1 SET at = '2020-06-01 12:00:00.501' WHERE id = 1;");
    CHECK(named(shards.validate(ValidationLevel::checksum)) == std::vector<std::string>{"different moments id=1 at"});
    CHECK(named(shards.validate(ValidationLevel::rows)) == std::vector<std::string>{"different moments id=1 at"});

    shards.shard("clocks", "n");
    shards.on_both({"CREATE TABLE clocks (at TIMESTAMP NOT NULL PRIMARY KEY, n INT)"});
    CHECK_THROWS_WITH(shards.validate(ValidationLevel::checksum), Catch::Contains("does not run in UTC"));
}

TEST_CASE("the first proxy that answers is asked, and tables that it has not looked at since their migration are found") {
    NEEDS_SHARDING_CLUSTER();
    Shards shards;
    shards.on_source("CREATE TABLE moved (id INT NOT NULL PRIMARY KEY, v VARCHAR(10)); INSERT INTO moved VALUES (1,'a'),(2,'b'),(3,'c');"
                     "CREATE TABLE single (id INT NOT NULL PRIMARY KEY); INSERT INTO single VALUES (1);");
    shards.on_unit(0, "CREATE TABLE single (id INT NOT NULL PRIMARY KEY); INSERT INTO single VALUES (1);");
    shards.shard("moved", "id");
    shards.migrate({"moved"}, false);
    ProxyOptions dead = shards.spec.shardingsphere.proxies.front();
    dead.endpoint.port = static_cast<std::uint16_t>(free_port());
    shards.spec.shardingsphere.proxies.insert(shards.spec.shardingsphere.proxies.begin(), dead);
    for (const ValidationLevel level : every_level) CHECK(clean(shards.validate(level)));
    shards.spec.shardingsphere.proxies.pop_back();
    CHECK_THROWS_WITH(shards.validate(ValidationLevel::counts), Catch::Contains("no proxy answers"));
}
