#include <catch2/catch.hpp>
#include <chrono>

#include "adapters/mysql/validation/key_compare.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;
using mysql::KeyValue;

namespace {

/// One session on each side, as a cutover has them.
struct Pair {
    explicit Pair(const Sides& sides) : source(sides.spec.source, options()), target(sides.spec.target, options()) {}
    static mysql::ConnectOptions options() { return {.profile = mysql::SessionProfile::copy_read}; }
    mysql::Connection source;
    mysql::Connection target;
};

std::vector<KeyValue> numbers(int from, int to) {
    std::vector<KeyValue> keys;
    for (int i = from; i <= to; ++i) keys.push_back({std::to_string(i)});
    return keys;
}

std::string filled(const std::string& table, int rows) {
    return "/*!80000 SET SESSION cte_max_recursion_depth = 1000000 */; /*M!100600 SET SESSION max_recursive_iterations = 1000000 */; INSERT INTO " + table +
           " (id, v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(rows) +
           ") SELECT i, CONCAT('value of row ', i) FROM n;";
}

}  // namespace

TEST_CASE("named rows that differ, lack or exceed are told, others not") {
    for (const auto& [from, to] : {std::pair{Flavour::mysql80, Flavour::mysql80}, std::pair{Flavour::mysql80, Flavour::mysql97},
                                   std::pair{Flavour::mariadb, Flavour::mariadb}, std::pair{Flavour::mysql80, Flavour::mariadb}}) {
        if (!available(from) || !available(to)) SKIP_TEST("a server is not installed");
        INFO(name_of(from) << " to " << name_of(to));
        Sides sides(shared_server(from, "source"), shared_server(to, "target"));
        sides.on_both("CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(40), j JSON, f FLOAT, b BLOB) CHARSET utf8mb4 COLLATE utf8mb4_general_ci; "
                      "CREATE TABLE b (s VARCHAR(20), d DECIMAL(8,2), t DATETIME(3), v INT, PRIMARY KEY (s, d, t)) "
                      "CHARSET utf8mb4 COLLATE utf8mb4_general_ci; " +
                      filled("a", 1500) +
                      "UPDATE a SET j = '{\"a\": [1, 2.5]}', f = id * 0.3125, b = REPEAT(CHAR(id % 256), 300); "
                      "INSERT INTO b VALUES ('x', 1.50, '2024-01-02 03:04:05.678', 1), ('y''\\\\', -2, '2024-01-02 03:04:05.678', 2);");
        sides.on_source("DELETE FROM a WHERE id = 30; INSERT INTO a (id) VALUES (2000);");
        sides.on_target("UPDATE a SET v = 'VALUE OF ROW 700' WHERE id = 700; UPDATE a SET f = f * 1.0001 WHERE id = 701; "
                        "UPDATE a SET j = '{\"a\": [1, 2]}' WHERE id = 702; DELETE FROM a WHERE id = 40; UPDATE a SET b = NULL WHERE id = 1499; "
                        "UPDATE b SET v = 3 WHERE s = 'y''\\\\'; UPDATE a SET v = 'unseen' WHERE id = 1500;");
        Pair pair(sides);
        const std::vector<TablePlan> tables = sides.plans();
        REQUIRE(tables.size() == 2);
        mysql::KeyComparison comparison(pair.source, pair.target, tables);
        std::vector<KeyValue> keys = numbers(1, 1499);
        keys.push_back({"2000"});
        keys.push_back({"2001"});  // on neither side
        keys.push_back({"700"});   // a second time
        const std::vector<KeyValue> pairs{{"x", "1.50", "2024-01-02 03:04:05.678"}, {"y'\\", "-2.00", "2024-01-02 03:04:05.678"}, {"z", "0", "2024-01-01"}};
        const auto found = comparison.differing({keys, pairs});
        CHECK(found.at(0) == std::vector<KeyValue>{{"1499"}, {"2000"}, {"30"}, {"40"}, {"700"}, {"701"}, {"702"}});
        CHECK(found.at(1) == std::vector<KeyValue>{pairs[1]});
        CHECK(comparison.differing({{}, {}}) == std::vector<std::vector<KeyValue>>{{}, {}});

        // It looks at what is there now, not at what was there when it was made.
        sides.on_target("UPDATE b SET v = 2; UPDATE a SET v = CONCAT('value of row ', id);");
        sides.on_source("INSERT INTO a SELECT 30, 'value of row 30', j, 30 * 0.3125, b FROM a WHERE id = 29;");
        CHECK(comparison.differing(1, pairs).empty() == false);  // 'x' has the wrong v now
        CHECK(mysql::differing_keys(pair.source, pair.target, tables[0], numbers(690, 700)).empty());
    }
}

TEST_CASE("keys that one server takes for the same and the other does not are compared by their bytes") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_source("CREATE TABLE t (k VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, v INT);");
    sides.on_target("CREATE TABLE t (k VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, v INT);");
    sides.on_both("INSERT INTO t VALUES ('Row', 1), ('other', 2);");
    Pair pair(sides);
    const TablePlan plan = sides.plans().at(0);
    // The row was renamed from 'row' to 'Row': the target finds it by both.
    CHECK(mysql::differing_keys(pair.source, pair.target, plan, {{"row"}, {"Row"}}).empty());
    CHECK(mysql::differing_keys(pair.source, pair.target, plan, {{"row"}}).empty());
    sides.on_target("UPDATE t SET k = 'row' WHERE k = 'Row';");
    CHECK(mysql::differing_keys(pair.source, pair.target, plan, {{"Row"}}) == std::vector<KeyValue>{{"Row"}, {"row"}});
}

TEST_CASE("a target that lacks the table or a column is no equal target") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_source("CREATE TABLE t (id INT PRIMARY KEY, v INT);");
    Pair pair(sides);
    const auto tables = sides.plans();
    const auto id_of = [&] {
        try {
            static_cast<void>(mysql::differing_keys(pair.source, pair.target, tables[0], {{"1"}}));
        } catch (const Error& error) {
            return std::string(error.id());
        }
        return std::string("nothing");
    };
    CHECK(id_of() == "validation.no_table");
    sides.on_target("CREATE TABLE t (id INT PRIMARY KEY);");
    CHECK(id_of() == "validation.no_column");
}

TEST_CASE("twenty thousand changed keys are compared within the time of a write stop") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE a (id INT PRIMARY KEY, k INT DEFAULT 5, v CHAR(120), pad CHAR(60) DEFAULT 'padding') CHARSET utf8mb4; " +
                  filled("a", 25'000));
    Pair pair(sides);
    const auto tables = sides.plans();
    mysql::KeyComparison comparison(pair.source, pair.target, tables);
    const auto keys = numbers(3'000, 22'999);
    auto best = std::chrono::milliseconds(60'000);
    for (int i = 0; i < 3; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        CHECK(comparison.differing(0, keys).empty());
        best = std::min(best, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin));
    }
    WARN("20,000 keys in " << best.count() << " ms");
    CHECK(best < std::chrono::milliseconds(2'000));  // on a machine that is busy with other tests
}

TEST_CASE("a table is the same as a whole, with a key or without, however often a row is there") {
    if (!available(Flavour::mysql80)) SKIP_TEST("a server is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE k (id INT PRIMARY KEY, v INT); CREATE TABLE l (v INT); "
                  "INSERT INTO k VALUES (1, 1), (2, NULL); INSERT INTO l VALUES (1), (1), (NULL), (7), (7);");
    Pair pair(sides);
    const std::vector<TablePlan> tables = sides.plans();
    REQUIRE(tables.size() == 2);
    mysql::KeyComparison comparison(pair.source, pair.target, tables);
    CHECK(comparison.same(0));
    CHECK(comparison.same(1));
    sides.on_target("UPDATE k SET v = 0 WHERE id = 2; UPDATE l SET v = 1 WHERE v = 7 LIMIT 1;");
    CHECK_FALSE(comparison.same(0));
    CHECK_FALSE(comparison.same(1));
    sides.on_target("UPDATE k SET v = NULL WHERE id = 2; UPDATE l SET v = 7 WHERE v = 1 LIMIT 1;");
    CHECK(comparison.same(0));
    CHECK(comparison.same(1));
    // As many rows, and each of them an even number of times more or less.
    sides.on_target("UPDATE l SET v = 7 WHERE v = 1;");
    CHECK_FALSE(comparison.same(1));
}
