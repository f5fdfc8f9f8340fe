#include <catch2/catch.hpp>

#include "tests/integration/native/copy_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

/// 4,096 numbers, for making rows.
constexpr const char* numbers =
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', NAMES utf8mb4;\n"
    "CREATE TABLE digits (n INT PRIMARY KEY);\n"
    "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11),(12),(13),(14),(15);\n"
    "CREATE TABLE numbers (n INT PRIMARY KEY);\n"
    "INSERT INTO numbers SELECT a.n * 256 + b.n * 16 + c.n FROM digits a, digits b, digits c;\n";

constexpr const char* keyed_tables =
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', NAMES utf8mb4;\n"
    "CREATE TABLE k_int (id INT PRIMARY KEY, v VARCHAR(40));\n"
    "INSERT INTO k_int SELECT n * 3 - 5000, REPEAT('x', n % 40) FROM numbers;\n"
    "CREATE TABLE k_unsigned (id BIGINT UNSIGNED PRIMARY KEY, v INT);\n"
    "INSERT INTO k_unsigned SELECT 18446744073709551615 - n * 1000003, n FROM numbers;\n"
    "INSERT INTO k_unsigned VALUES (0, -1), (1, -2), (9223372036854775807, -3), (9223372036854775808, -4);\n"
    "CREATE TABLE k_signed (id BIGINT PRIMARY KEY, v INT);\n"
    "INSERT INTO k_signed SELECT -9223372036854775808 + n * 7, n FROM numbers;\n"
    "INSERT INTO k_signed VALUES (9223372036854775807, 0), (0, 1), (-1, 2);\n"
    "CREATE TABLE k_sparse (id BIGINT PRIMARY KEY, v INT);\n"
    "INSERT INTO k_sparse SELECT IF(n < 2000, n, n * 1000000007 + 5000000000000), n FROM numbers;\n"
    "CREATE TABLE k_text (word VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PRIMARY KEY, v "
    "INT);\n"
    "INSERT IGNORE INTO k_text SELECT CONCAT(CHAR(97 + n % 26), IF(n % 3 = 0, 'É', 'ß'), MD5(n)), n FROM "
    "numbers;\n"
    "INSERT INTO k_text VALUES ('', 1), ('\\'', 2), ('\\\\', 3), ('😀', 4), ('日本', 5);\n"
    "CREATE TABLE k_mixed (a VARCHAR(10) COLLATE utf8mb4_general_ci NOT NULL, b INT NOT NULL, c INT, PRIMARY "
    "KEY (a, b)) "
    "DEFAULT CHARSET utf8mb4;\n"
    "INSERT INTO k_mixed SELECT ELT(1 + n % 4, 'a', 'A', 'á', 'b'), n, n FROM numbers;\n"
    "CREATE TABLE k_three (a INT NOT NULL, b CHAR(3) CHARACTER SET latin1 NOT NULL, c DATETIME(3) NOT NULL, "
    "v INT, "
    "PRIMARY KEY (a, b, c));\n"
    "INSERT INTO k_three SELECT n % 3, ELT(1 + n % 5, 'a', 'B', 'é', '', 'z'), '2024-01-01' + INTERVAL n * "
    "1000 MICROSECOND, n "
    "FROM numbers;\n"
    "CREATE TABLE k_binary (h VARBINARY(32) PRIMARY KEY, v INT);\n"
    "INSERT INTO k_binary SELECT UNHEX(SHA2(n, 256)), n FROM numbers;\n"
    "INSERT INTO k_binary VALUES ('', 0), (x'00', 1), (x'ff', 2), (x'0a5c09', 3);\n"
    "CREATE TABLE k_fixed (h BINARY(4) PRIMARY KEY, v INT);\n"
    "INSERT INTO k_fixed SELECT LEFT(UNHEX(SHA2(n, 256)), 4), n FROM numbers WHERE n < 1000;\n"
    "INSERT IGNORE INTO k_fixed VALUES (x'00000000', 1), (x'61000000', 2), (x'61', 3);\n"
    "CREATE TABLE k_enum (e ENUM('z', 'a', '3', 'm') NOT NULL, n INT NOT NULL, PRIMARY KEY (e, n));\n"
    "INSERT INTO k_enum SELECT 1 + n % 4, n FROM numbers;\n"
    "INSERT IGNORE INTO k_enum VALUES ('nothing', 7);\n"
    "CREATE TABLE k_set (s SET('z', 'a', 'b') NOT NULL, n INT NOT NULL, PRIMARY KEY (s, n));\n"
    "INSERT INTO k_set SELECT n % 8, n FROM numbers;\n"
    "CREATE TABLE k_bit (b BIT(64) PRIMARY KEY, v INT);\n"
    "INSERT INTO k_bit SELECT CAST(n AS UNSIGNED) * 4503599627370496, n FROM numbers;\n"
    "CREATE TABLE k_float (f FLOAT PRIMARY KEY, v INT);\n"
    "INSERT INTO k_float SELECT (n - 2000) * 0.1, n FROM numbers;\n"
    "CREATE TABLE k_double (d DOUBLE PRIMARY KEY, v INT);\n"
    "INSERT INTO k_double SELECT (n - 2000) / 7e0, n FROM numbers;\n"
    "CREATE TABLE k_decimal (d DECIMAL(30, 10) PRIMARY KEY, v INT);\n"
    "INSERT INTO k_decimal SELECT (n - 2000) / 7, n FROM numbers;\n"
    "CREATE TABLE k_date (d DATE NOT NULL PRIMARY KEY, v INT);\n"
    "INSERT INTO k_date SELECT '1000-01-01' + INTERVAL n DAY, n FROM numbers;\n"
    "INSERT INTO k_date VALUES ('0000-00-00', -1), ('2024-00-10', -2), ('9999-12-31', -3);\n"
    "CREATE TABLE k_time (t TIME(3) NOT NULL PRIMARY KEY, v INT);\n"
    "INSERT INTO k_time SELECT SEC_TO_TIME((n - 2000) * 1000), n FROM numbers;\n"
    "CREATE TABLE k_stamp (t TIMESTAMP(6) NOT NULL PRIMARY KEY, v INT);\n"
    "INSERT INTO k_stamp SELECT '2001-01-01 00:00:00' + INTERVAL n * 12345 SECOND, n FROM numbers WHERE n > "
    "0;\n"
    "INSERT INTO k_stamp VALUES ('0000-00-00', 0);\n"
    "CREATE TABLE k_year (y YEAR NOT NULL, n INT NOT NULL, PRIMARY KEY (y, n));\n"
    "INSERT INTO k_year SELECT IF(n % 5 = 0, 0, 1901 + n % 200), n FROM numbers;\n"
    "CREATE TABLE k_unique (u INT NOT NULL, v VARCHAR(10), UNIQUE KEY uu (u));\n"
    "INSERT INTO k_unique SELECT n * 2, n FROM numbers;\n"
    "CREATE TABLE k_none (a INT, b VARCHAR(20));\n"
    "INSERT INTO k_none SELECT n % 100, IF(n % 7 = 0, NULL, 'same') FROM numbers;\n"
    "CREATE TABLE k_nullable (u INT, v INT, UNIQUE KEY (u));\n"
    "INSERT INTO k_nullable SELECT IF(n % 2, n, NULL), n FROM numbers;\n"
    "CREATE TABLE k_zero (id INT AUTO_INCREMENT PRIMARY KEY, v INT);\n"
    "INSERT INTO k_zero VALUES (0, 1), (-5, 2), (100, 3);\n"
    "CREATE TABLE k_empty (id INT AUTO_INCREMENT PRIMARY KEY, v INT) AUTO_INCREMENT = 77;\n"
    "CREATE TABLE k_empty_none (v INT);\n"
    "CREATE TABLE k_one (id INT PRIMARY KEY);\n"
    "INSERT INTO k_one VALUES (42);\n"
    "CREATE TABLE `k ``odd\"; '%s -- name` (`a ``b\"'; \\ c` INT PRIMARY KEY, `select` TEXT);\n"
    "INSERT INTO `k ``odd\"; '%s -- name` SELECT n, CONCAT(n, '\\t\\n\\\\N\\0\\'') FROM numbers;\n";

/// Only MySQL 8.0 and later keep descending keys.
constexpr const char* descending_tables =
    "CREATE TABLE k_down (id INT NOT NULL, v INT, PRIMARY KEY (id DESC));\n"
    "INSERT INTO k_down SELECT n - 2000, n FROM numbers;\n"
    "CREATE TABLE k_updown (a INT NOT NULL, b VARCHAR(10) NOT NULL, c INT NOT NULL, v INT, PRIMARY KEY (a, b "
    "DESC, c));\n"
    "INSERT INTO k_updown SELECT n % 5, CHAR(97 + n % 26), n, n FROM numbers;\n";

/// Splits every table as far as it can be, by making the engine believe that a row is huge.
void copies_every_key(Flavour from, Flavour to, unsigned workers) {
    if (!available(from) || !available(to)) SKIP_TEST("needs " << name_of(from) << " and " << name_of(to));
    const TestServer& source = shared_server(from, "native-source");
    const TestServer& target = shared_server(to, "native-target");
    const TestDatabase database({&source, &target}, {}, "keys");
    sql(source, numbers, database.name());
    sql(source, keyed_tables, database.name());
    if (from != Flavour::mariadb) sql(source, descending_tables, database.name());
    clone_tables(source, target, database.name());
    JobSpec spec = spec_for(endpoint_of(source), endpoint_of(target), database.name());
    spec.limits.workers = workers;
    RecordingControl control;
    CopyOptions options;
    options.job = "keys-" + database.name();
    options.adjust = [](TablePlan& plan) {
        plan.average_row_bytes = 512U << 10;  // so that segments are 16 to 256 rows
        plan.estimated_rows = 4096;
    };
    const TransferResult result = copy(spec, control, options);
    CHECK(row_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
    CHECK(show_create(target, database.name(), "k_empty").find(" AUTO_INCREMENT=77 ") != std::string::npos);
    CHECK(show_create(target, database.name(), "k_zero").find(" AUTO_INCREMENT=101 ") != std::string::npos);
    const auto chunks = [&](const std::string& table) {
        return std::stoi(
            value(target,
                  "SELECT COUNT(*) FROM _transload.copy_chunks JOIN _transload.copy_tables USING "
                  "(job_id, table_no) WHERE job_id = '" +
                      options.job + "' AND source_table = '" + table + "'"));
    };
    for (const char* table : {"k_int", "k_unsigned", "k_signed", "k_sparse", "k_text", "k_mixed", "k_three",
                              "k_binary", "k_enum", "k_set", "k_bit", "k_float", "k_double", "k_decimal",
                              "k_date", "k_time", "k_stamp", "k_year", "k_unique"}) {
        INFO(table);
        CHECK(chunks(table) > 4);
    }
    CHECK(chunks("k_empty") == 1);
    CHECK(chunks("k_none") == 1);
    CHECK(result.rows_copied > 80'000);
    forget(spec, options.job);
}

}  // namespace

TEST_CASE("tables with every kind of key are split and copied whole between MySQL 8.0 servers") {
    copies_every_key(Flavour::mysql80, Flavour::mysql80, 4);
}

TEST_CASE("tables with every kind of key are split and copied whole from MySQL 8.0 to 9.7") {
    copies_every_key(Flavour::mysql80, Flavour::mysql97, 2);
}

TEST_CASE("tables with every kind of key are split and copied whole between MariaDB servers") {
    copies_every_key(Flavour::mariadb, Flavour::mariadb, 4);
}
