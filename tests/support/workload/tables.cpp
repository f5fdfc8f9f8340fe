#include "tests/support/workload/tables.hpp"

#include <fmt/format.h>

#include <set>

#include "tests/support/sql.hpp"

namespace transload::test {
namespace {

using K = ValueKind;

std::string many_members() {
    std::string list;
    for (int i = 1; i <= 64; ++i) list += fmt::format("{}'m{}'", i == 1 ? "" : ",", i);
    return list;
}

std::string table_definitions() {
    return R"(
CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY);
CREATE TABLE acks (writer INT NOT NULL PRIMARY KEY, serial BIGINT NOT NULL);
CREATE TABLE people (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(80) NOT NULL, code INT DEFAULT NULL,
    score BIGINT NOT NULL DEFAULT 0, note VARCHAR(500) DEFAULT NULL, seen TIMESTAMP(6) NULL DEFAULT NULL,
    UNIQUE KEY by_email (email), UNIQUE KEY by_code (code), KEY by_score (score));
CREATE TABLE wide_keys (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, v DECIMAL(65,30) DEFAULT NULL, w DOUBLE DEFAULT NULL, f FLOAT DEFAULT NULL);
CREATE TABLE pairs (a INT NOT NULL, b VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, x SMALLINT NOT NULL,
    y VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL, v INT NOT NULL, PRIMARY KEY (a, b),
    UNIQUE KEY by_xy (x, y));
CREATE TABLE names (name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL PRIMARY KEY,
    nick VARCHAR(60) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL, title CHAR(30) CHARACTER SET latin1 DEFAULT NULL,
    handle VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL, UNIQUE KEY by_handle (handle(8)));
CREATE TABLE blobs (k VARBINARY(24) NOT NULL PRIMARY KEY, content LONGBLOB, words MEDIUMTEXT CHARACTER SET utf8mb4, n INT NOT NULL DEFAULT 0);
CREATE TABLE kinds (id INT NOT NULL PRIMARY KEY, ti TINYINT, tu TINYINT UNSIGNED, fl TINYINT(1), si SMALLINT, mu MEDIUMINT UNSIGNED,
    i INT, iu INT UNSIGNED, bi BIGINT, bu BIGINT UNSIGNED, y YEAR, dw DECIMAL(65,30), dp DECIMAL(10,2) UNSIGNED, fs FLOAT, fd DOUBLE,
    b1 BIT(1), b13 BIT(13), b64 BIT(64), e ENUM('small','größe','it''s,','') CHARACTER SET utf8mb4, s SET('a','b','c','ä','e') CHARACTER SET utf8mb4,
    sm SET()" + many_members() + R"(), da DATE, tm TIME(3), dt DATETIME(6), d0 DATETIME, ts TIMESTAMP(6) NULL DEFAULT NULL,
    t0 TIMESTAMP NULL DEFAULT NULL, tx TEXT CHARACTER SET utf8mb4, ch CHAR(12) CHARACTER SET utf8mb4, l1 VARCHAR(60) CHARACTER SET latin1,
    mt MEDIUMTEXT CHARACTER SET utf8mb4, vb VARBINARY(60), fb BINARY(8), lb LONGBLOB, j JSON, g GEOMETRY, p POINT,
    half BIGINT GENERATED ALWAYS AS (i DIV 2) VIRTUAL, tag VARCHAR(40) GENERATED ALWAYS AS (CONCAT('#', i)) STORED, KEY by_i (i));
CREATE TABLE bag (grp INT, word VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, amount DECIMAL(10,2), at DATETIME(3), w DOUBLE, raw VARBINARY(20), doc JSON);
CREATE TABLE loose (u INT DEFAULT NULL, word VARCHAR(20), UNIQUE KEY by_u (u));
CREATE TABLE bulk (id INT NOT NULL PRIMARY KEY, batch INT NOT NULL, v INT NOT NULL, filler VARCHAR(40) NOT NULL, KEY by_batch (batch));
CREATE TABLE cleared (id INT NOT NULL PRIMARY KEY, v VARCHAR(20));
)";
}

std::string first_rows(unsigned rows) {
    const std::string n = fmt::format("FROM (SELECT h.n * 1000 + l.n AS n FROM numbers h JOIN numbers l WHERE h.n * 1000 + l.n < {}) q", rows);
    std::string script = "INSERT INTO numbers VALUES (0)";
    for (int i = 1; i < 1000; ++i) script += fmt::format(",({})", i);
    script += ";\n";
    script += "INSERT INTO people (id, email, code, score, note) SELECT n * 2 + 1, CONCAT('u', n, '@x'), IF(n % 3, n, NULL), n, REPEAT('note ', n % 40) " + n + ";\n";
    script += "INSERT INTO pairs SELECT n % 50, CONCAT('Pair ', n DIV 50), n % 300, IF(n % 4, CONCAT('Y', n), NULL), n " + n + ";\n";
    script += "INSERT INTO names SELECT CONCAT('Name ', n), CONCAT('nick ', n), MD5(n), MD5(n * 7) " + n + ";\n";
    script += "INSERT INTO wide_keys SELECT CAST(n AS UNSIGNED) * 9223372036854775, n / 7, n / 3e0, n / 11e0 " + n + " WHERE n < 2000;\n";
    script += "INSERT INTO bulk SELECT -n - 1, 0, n, MD5(n) " + n + ";\n";
    script += "INSERT INTO bag SELECT n % 20, IF(n % 2, 'Word', 'word'), n % 5, '2024-01-02 03:04:05.678', n % 3, MD5(n % 9), NULL " + n + " WHERE n < 300;\n";
    script += "INSERT INTO loose SELECT IF(n % 2, n, NULL), n % 10 " + n + " WHERE n < 200;\n";
    script += "INSERT INTO cleared SELECT n, n " + n + " WHERE n < 100;\n";
    return script;
}

using Types = std::set<std::string>;

Types document_types(const TestServer& server, const std::string& database) {
    Types types;
    const std::string list =
        "CONCAT_WS(' ', id, JSON_TYPE(j), JSON_TYPE(JSON_EXTRACT(j, '$.n')), JSON_TYPE(JSON_EXTRACT(j, '$.f')), "
        "JSON_TYPE(JSON_EXTRACT(j, '$.u')), JSON_TYPE(JSON_EXTRACT(j, '$.d')), JSON_TYPE(JSON_EXTRACT(j, '$.w')), "
        "JSON_TYPE(JSON_EXTRACT(j, '$.t')), JSON_TYPE(JSON_EXTRACT(j, '$.y')))";
    for (const Row& row : query(server, "SELECT " + list + " FROM kinds WHERE j IS NOT NULL", database))
        types.insert(row.at(0).value_or(""));
    return types;
}

}  // namespace

std::string unreadable_documents(const TestServer& server, const std::string& database) {
    std::string lines;
    for (const Row& row : query(server, "SELECT id FROM kinds", database)) try {
            (void)query(server, "SELECT JSON_DEPTH(j), CAST(j AS CHAR) FROM kinds WHERE id = " + *row.at(0), database);
        } catch (const std::exception& error) {
            lines += "id=" + *row.at(0) + ": " + error.what() + "\n";
        }
    return lines;
}

const std::vector<KindColumn>& kinds_columns() {
    static const std::vector<KindColumn> columns{
        {"ti", K::tiny}, {"tu", K::tiny_unsigned}, {"fl", K::flag}, {"si", K::small}, {"mu", K::medium_unsigned}, {"i", K::integer},
        {"iu", K::integer_unsigned}, {"bi", K::big}, {"bu", K::big_unsigned}, {"y", K::year}, {"dw", K::wide_decimal}, {"dp", K::price},
        {"fs", K::single}, {"fd", K::twice}, {"b1", K::bit1}, {"b13", K::bit13}, {"b64", K::bit64}, {"e", K::choice}, {"s", K::choices},
        {"sm", K::many_choices}, {"da", K::date}, {"tm", K::time}, {"dt", K::datetime}, {"d0", K::datetime0}, {"ts", K::timestamp},
        {"t0", K::timestamp0}, {"tx", K::text}, {"ch", K::fixed_text}, {"l1", K::latin1_text}, {"mt", K::long_text}, {"vb", K::bytes},
        {"fb", K::fixed_bytes}, {"lb", K::long_bytes}, {"j", K::json}, {"g", K::geometry}, {"p", K::point}};
    return columns;
}

const std::vector<KindColumn>& bag_columns() {
    // Not the odd doubles: two rows that differ in the sign of a zero alone can't be told apart by any condition.
    static const std::vector<KindColumn> columns{{"grp", K::tiny}, {"word", K::fixed_text}, {"amount", K::price},
                                                 {"at", K::datetime}, {"raw", K::bytes}, {"doc", K::plain_json}};
    return columns;
}

void create_workload_account(const TestServer& server) {
    sql(server, fmt::format("CREATE USER IF NOT EXISTS '{0}'@'%' IDENTIFIED BY '{1}';"
                            "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, REFERENCES, LOCK TABLES ON *.* TO '{0}'@'%';",
                            workload_user, workload_password));
}

void create_workload_tables(const TestServer& server, const std::string& database, const WorkloadTables& options) {
    create_workload_account(server);
    std::string script = "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';\nCREATE DATABASE IF NOT EXISTS " +
                         identifier(database) + " CHARACTER SET utf8mb4;\nUSE " + identifier(database) + ";\n" + table_definitions();
    if (options.foreign_keys)
        script +=
            "CREATE TABLE parents (id INT NOT NULL PRIMARY KEY, v INT NOT NULL);\n"
            "CREATE TABLE children (id INT NOT NULL PRIMARY KEY, parent INT DEFAULT NULL, slot INT DEFAULT NULL, v INT NOT NULL,"
            " UNIQUE KEY by_slot (slot), CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE);\n";
    script += first_rows(options.rows);
    if (options.foreign_keys)
        script += "INSERT INTO parents SELECT n, n FROM numbers WHERE n < 200;\n"
                  "INSERT INTO children SELECT n, n % 200, n, n FROM numbers;\n";
    sql(server, script);
}

std::vector<std::string> document_type_differences(const TestServer& source, const TestServer& target, const std::string& database) {
    if (source.flavour() == Flavour::mariadb || target.flavour() == Flavour::mariadb) return {};
    const Types here = document_types(source, database);
    const Types there = document_types(target, database);
    std::vector<std::string> differences;
    for (const std::string& one : here)
        if (!there.contains(one)) differences.push_back("source only: " + one);
    for (const std::string& one : there)
        if (!here.contains(one)) differences.push_back("target only: " + one);
    return differences;
}

}  // namespace transload::test
