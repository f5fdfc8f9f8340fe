#include <catch2/catch.hpp>
#include <random>

#include "tests/integration/stream/stream_rig.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

using Nothing = std::vector<std::string>;

constexpr const char* many_kinds =
    "CREATE TABLE plain (id BIGINT PRIMARY KEY, n INT, t VARCHAR(100), at TIMESTAMP(3) NULL DEFAULT NULL ON UPDATE "
    "CURRENT_TIMESTAMP(3));\n"
    "CREATE TABLE uniq (id INT UNSIGNED PRIMARY KEY, a INT NULL, b VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, "
    "c VARCHAR(20) NULL, UNIQUE KEY ua (a), UNIQUE KEY ub (b, a));\n"
    "CREATE TABLE words (w VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, n INT, UNIQUE KEY un "
    "(n));\n"
    "CREATE TABLE pairs (a INT NOT NULL, b BINARY(4) NOT NULL, v DECIMAL(20,5), e ENUM('x','y'), PRIMARY KEY (a, b));\n"
    "CREATE TABLE loose (n INT NULL, t VARCHAR(20) NULL, d DATETIME(6) NULL, f FLOAT NULL, y YEAR NULL, bits BIT(9) NULL);\n"
    "CREATE TABLE made (id INT PRIMARY KEY, x INT, twice INT AS (x * 2) STORED, UNIQUE KEY (twice));\n";

/// Seeded, small key space so that keys meet often; statements that fail are part of it.
std::string random_statements(unsigned seed, int count) {
    std::mt19937 random(seed);
    const auto number = [&](int most) { return std::to_string(std::uniform_int_distribution<int>(0, most)(random)); };
    const std::vector<std::string> words{"'a'", "'A'", "'a '", "'b'", "'ä'", "'B '", "'c'", "''"};
    const auto word = [&] { return words[std::uniform_int_distribution<std::size_t>(0, words.size() - 1)(random)]; };
    const auto maybe = [&](const std::string& value) { return number(3) == "0" ? std::string("NULL") : value; };
    std::string script;
    bool open = false;
    for (int i = 0; i < count; ++i) {
        if (!open && number(3) == "0") {
            script += "BEGIN;\n";
            open = true;
        }
        switch (std::uniform_int_distribution<int>(0, 19)(random)) {
            case 0:
            case 1: script += "REPLACE INTO plain (id, n, t) VALUES (" + number(30) + "," + number(9) + ",'t" + number(999) + "');\n"; break;
            case 2: script += "UPDATE plain SET n = n + 1 WHERE id = " + number(30) + ";\n"; break;
            case 3: script += "UPDATE IGNORE plain SET id = " + number(30) + " WHERE id = " + number(30) + ";\n"; break;
            case 4: script += "DELETE FROM plain WHERE id = " + number(30) + ";\n"; break;
            case 5:
            case 6: script += "REPLACE INTO uniq VALUES (" + number(15) + "," + maybe(number(9)) + "," + maybe(word()) + "," + maybe(word()) + ");\n"; break;
            case 7: script += "UPDATE IGNORE uniq SET a = " + maybe(number(9)) + " WHERE id = " + number(15) + ";\n"; break;
            case 8: script += "UPDATE IGNORE uniq SET id = " + number(15) + ", b = " + word() + " WHERE a = " + number(9) + ";\n"; break;
            case 9: script += "DELETE FROM uniq WHERE id = " + number(15) + ";\n"; break;
            case 10: script += "INSERT IGNORE INTO words VALUES (" + word() + "," + number(9) + ");\n"; break;
            case 11: script += "UPDATE IGNORE words SET w = " + word() + ", n = " + number(9) + " WHERE w = " + word() + ";\n"; break;
            case 12: script += "DELETE FROM words WHERE n = " + number(9) + ";\n"; break;
            case 13: script += "INSERT INTO pairs VALUES (" + number(5) + ", " + word() + ", 1.5, 'x') ON DUPLICATE KEY UPDATE v = v + 1.00001, e = 2;\n"; break;
            case 14: script += "UPDATE IGNORE pairs SET a = " + number(5) + " WHERE a = " + number(5) + ";\n"; break;
            case 15: script += "INSERT INTO loose VALUES (" + maybe(number(4)) + "," + maybe(word()) + ", '2024-01-0" + number(8) + " 00:00:00.5', " + maybe("0." + number(9)) + ", " + maybe("200" + number(9)) + ", b'1" + number(1) + "');\n"; break;
            case 16: script += "UPDATE loose SET n = " + maybe(number(4)) + " WHERE t = " + word() + " LIMIT 1;\n"; break;
            case 17: script += "DELETE FROM loose WHERE n = " + number(4) + " LIMIT 2;\n"; break;
            case 18: script += "REPLACE INTO made (id, x) VALUES (" + number(9) + "," + number(9) + ");\n"; break;
            case 19: script += "UPDATE IGNORE made SET x = " + number(9) + " WHERE id = " + number(9) + ";\n"; break;
        }
        if (open && number(4) == "0") {
            script += number(4) == "0" ? "ROLLBACK;\n" : "COMMIT;\n";
            open = false;
        }
    }
    return script + (open ? "COMMIT;\n" : "");
}

void follow_random(StreamRig& rig, const std::string& settings, unsigned seed) {
    rig.begin();
    rig.start();
    const std::string mode = "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';\n" + settings;
    for (unsigned round = 0; round < 3; ++round) {
        INFO("seed " << seed + round);
        rig.on_source(mode + random_statements(seed + round, 400));
        rig.drain();
        CHECK(rig.differences() == Nothing{});
    }
    rig.stream->check();
    CHECK(rig.stream->status().row_changes > 300);
}

}  // namespace

TEST_CASE("Random changes with full images arrive exactly") {
    StreamRig rig(many_kinds);
    follow_random(rig, "SET SESSION binlog_row_image = FULL;\n", 1);
}

TEST_CASE("Random changes with minimal images arrive exactly") {
    StreamRig rig(many_kinds);
    follow_random(rig, "SET SESSION binlog_row_image = MINIMAL;\n", 100);
}

TEST_CASE("Random changes with images without unchanged blobs arrive exactly") {
    StreamRig rig(std::string(many_kinds) + "ALTER TABLE plain ADD doc LONGTEXT, ADD data BLOB;\n");
    follow_random(rig, "SET SESSION binlog_row_image = NOBLOB;\n", 200);
}

TEST_CASE("Random changes arrive exactly when all of them come at once") {
    StreamRig rig(many_kinds);
    rig.setup.limits.workers = 3;
    rig.begin();
    rig.on_source("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';\n" + random_statements(300, 2000));
    rig.start();
    rig.drain();
    CHECK(rig.differences() == Nothing{});
}

TEST_CASE("Random changes arrive exactly on MariaDB") {
    if (!available(Flavour::mariadb)) SKIP_TEST("no MariaDB server here");
    StreamRig rig(many_kinds, Flavour::mariadb);
    follow_random(rig, "SET SESSION binlog_row_image = FULL;\n", 400);
}

TEST_CASE("Random changes arrive exactly on MySQL 9.7") {
    if (!available(Flavour::mysql97)) SKIP_TEST("no MySQL 9.7 server here");
    StreamRig rig(many_kinds, Flavour::mysql97);
    follow_random(rig, "SET SESSION binlog_row_image = FULL;\n", 500);
}

TEST_CASE("Members of an ENUM or a SET arrive by number, all 64 of them") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) continue;
        CAPTURE(name_of(flavour));
        std::string members;
        for (int i = 1; i <= 64; ++i) members += (i == 1 ? "'m" : ",'m") + std::to_string(i) + "'";
        StreamRig rig("CREATE TABLE choices (id INT PRIMARY KEY, s SET(" + members + "), e ENUM('a','b','c'));\n"
                      "INSERT INTO choices VALUES (1, '', 'a'), (2, '', 'a'), (3, '', 'a'), (4, '', 'a');\n", flavour);
        rig.begin();
        rig.on_source("SET sql_mode = '';\n"
                      "UPDATE choices SET s = 9223372036854775809 WHERE id = 1; UPDATE choices SET s = 18446744073709551615 WHERE id = 2;\n"
                      "UPDATE choices SET s = 9007199254740993 WHERE id = 3; UPDATE choices SET e = id - 1;\n");
        rig.start();
        rig.drain();
        CHECK(rig.differences() == Nothing{});
        CHECK(value(*rig.target, "SELECT GROUP_CONCAT(CAST(s AS UNSIGNED) ORDER BY id) FROM choices", rig.database->name()) ==
              "9223372036854775809,18446744073709551615,9007199254740993,0");
    }
}

TEST_CASE("Members of a SET whose names are equal under the collation are told apart") {
    StreamRig rig("SET NAMES utf8mb4; SET sql_mode = ''; CREATE TABLE alike (id INT PRIMARY KEY, e ENUM('x','y') NULL, s SET('a','b','c','\u00e4','e') CHARACTER SET utf8mb4, at TIMESTAMP NULL, tag VARCHAR(40) GENERATED ALWAYS AS (CONCAT('#', n)) STORED, j JSON, n INT NOT NULL DEFAULT 0);\n");
    rig.begin();
    std::string script = "SET sql_mode = '';\n";
    for (int i = 0; i < 32; ++i) script += "INSERT INTO alike (id, s) VALUES (" + std::to_string(i) + "," + std::to_string(i) + ");\n";
    rig.on_source(script);
    rig.start();
    rig.drain();
    CHECK(value(*rig.target, "SELECT GROUP_CONCAT(id) FROM alike WHERE CAST(s AS UNSIGNED) <> id", rig.database->name()) == "NULL");
    rig.on_source("SET sql_mode = ''; UPDATE alike SET e = 0, j = '{\"a\": 1}', n = 1;\n");
    rig.drain();
    CHECK(value(*rig.target, "SELECT GROUP_CONCAT(id) FROM alike WHERE CAST(s AS UNSIGNED) <> id", rig.database->name()) == "NULL");
    rig.on_source("UPDATE alike SET s = 31 - CAST(s AS UNSIGNED);\n");
    rig.drain();
    CHECK(value(*rig.target, "SELECT GROUP_CONCAT(id) FROM alike WHERE CAST(s AS UNSIGNED) <> 31 - id", rig.database->name()) == "NULL");
    // A document that is patched is written in order, after the rows that are not.
    rig.on_source("SET sql_mode = ''; SET SESSION binlog_row_value_options = PARTIAL_JSON; BEGIN; UPDATE alike SET s = 11 WHERE id < 9; UPDATE alike SET j = JSON_SET(j, '$.a', 2) WHERE id < 5; "
                  "UPDATE alike SET s = 26 WHERE id < 3; UPDATE alike SET s = 31 - id; COMMIT; UPDATE alike SET id = id + 100, s = 26 WHERE id IN (1, 2);"
                  "UPDATE alike SET id = id - 100, s = 30 - id + 100 + 1 WHERE id > 100;\n");
    rig.drain();
    CHECK(rig.differences() == Nothing{});
    for (int i = 0; i < 32; i += 3) {
        rig.on_source("UPDATE alike SET s = " + std::to_string(i) + " WHERE id = " + std::to_string(i) + ";\n");
        rig.drain();
    }
    CHECK(value(*rig.target, "SELECT GROUP_CONCAT(id) FROM alike WHERE id % 3 = 0 AND CAST(s AS UNSIGNED) <> id", rig.database->name()) == "NULL");
}

TEST_CASE("Values of a unique index that change places within a group arrive, however many sessions write") {
    StreamRig rig("CREATE TABLE seats (id INT PRIMARY KEY, seat INT NULL UNIQUE, who VARCHAR(20));\n"
                  "INSERT INTO seats SELECT n, n, n FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM "
                  "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a, "
                  "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b, "
                  "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) c, "
                  "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6) e) x;\n");
    rig.begin();
    rig.on_source("BEGIN; UPDATE seats SET seat = -seat - 1; UPDATE seats SET seat = 6999 + seat + 1; COMMIT;\n"
                  "BEGIN; UPDATE seats SET seat = NULL WHERE id = 1; UPDATE seats SET seat = 6998 WHERE id = 2; COMMIT;\n"
                  "UPDATE seats SET who = 'x' WHERE id % 2 = 0;\n");
    rig.start();
    rig.drain();
    CHECK(rig.differences() == Nothing{});
    rig.on_source("UPDATE seats SET id = id + 100000 ORDER BY id DESC;\n");
    rig.drain();
    CHECK(rig.differences() == Nothing{});
}

TEST_CASE("A row that is missing, one too many and one that was there are conflicts with table and key") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n"
                  "CREATE TABLE k (n INT); INSERT INTO k VALUES (1), (1);\n");
    rig.begin();
    SECTION("an update") {
        rig.on_target("DELETE FROM t WHERE id = 2;\n");
        rig.on_source("UPDATE t SET n = n + 1;\n");
        rig.start();
        CHECK(rig.failure() == "native.apply_conflict");
        CHECK(rig.failure_message().find("id=2 ") != std::string::npos);
        CHECK(value(*rig.target, "SELECT SUM(n) FROM t", rig.database->name()) == "4");
    }
    SECTION("a deletion") {
        rig.on_target("DELETE FROM t WHERE id = 3;\n");
        rig.on_source("DELETE FROM t;\n");
        rig.start();
        CHECK(rig.failure() == "native.apply_conflict");
        CHECK(rig.failure_message().find("id=3 ") != std::string::npos);
        CHECK(rig.stream->status().conflicts == 1);
    }
    SECTION("an insertion") {
        rig.on_target("INSERT INTO t VALUES (5, 5);\n");
        rig.on_source("INSERT INTO t VALUES (4, 4), (5, 6);\n");
        rig.start();
        CHECK(rig.failure() == "native.apply_conflict");
        CHECK(rig.failure_message().find("id=5 ") != std::string::npos);
        CHECK(value(*rig.target, "SELECT COUNT(*) FROM t", rig.database->name()) == "4");
    }
    SECTION("a row of a table without a key") {
        rig.on_target("DELETE FROM k;\n");
        rig.on_source("DELETE FROM k LIMIT 1;\n");
        rig.start();
        CHECK(rig.failure() == "native.apply_conflict");
    }
}

TEST_CASE("A value that the target would change ends the stream") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, t VARCHAR(20));\n");
    rig.on_target("ALTER TABLE t MODIFY t VARCHAR(3);\n");
    rig.begin();
    rig.start();
    rig.on_source("INSERT INTO t VALUES (1, 'abc'), (2, 'abcd');\n");
    CHECK(rig.failure() == "native.value_changed");
    CHECK(value(*rig.target, "SELECT COUNT(*) FROM t", rig.database->name()) == "0");
}

TEST_CASE("Cascades that the storage engine does without a word are done on the target") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        StreamRig rig("CREATE TABLE a (id INT PRIMARY KEY, up INT NULL, FOREIGN KEY (up) REFERENCES a (id) ON DELETE CASCADE);\n"
                      "CREATE TABLE b (id INT PRIMARY KEY, a INT NULL, FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE ON UPDATE CASCADE);\n"
                      "CREATE TABLE c (id INT PRIMARY KEY, b INT NULL, at TIMESTAMP(6) NULL ON UPDATE CURRENT_TIMESTAMP(6), FOREIGN KEY (b) REFERENCES b (id) ON DELETE SET NULL ON UPDATE SET NULL);\n"
                      "INSERT INTO a VALUES (1, NULL), (2, 1), (3, 2), (4, 4), (5, NULL);\n"
                      "INSERT INTO b VALUES (10, 1), (20, 2), (30, 3), (40, 4), (50, 5);\n"
                      "INSERT INTO c VALUES (100, 10, NULL), (200, 20, NULL), (300, 30, NULL), (400, 40, NULL), (500, 50, NULL), (501, 50, NULL);\n",
                      flavour);
        rig.begin();
        rig.start();
        rig.on_source("DELETE FROM a WHERE id = 2; UPDATE a SET id = 6 WHERE id = 5; UPDATE b SET id = 51 WHERE id = 50;\n"
                      "BEGIN; DELETE FROM a WHERE id = 4; INSERT INTO a VALUES (4, NULL); INSERT INTO b VALUES (41, 4); COMMIT;\n"
                      "SET foreign_key_checks = 0; DELETE FROM a WHERE id = 1;\n");
        rig.drain();
        CHECK(rig.differences() == Nothing{});
        CHECK(value(*rig.target, "SELECT COUNT(*) FROM a", rig.database->name()) == "2");
    }
}

TEST_CASE("Transactions of many pieces arrive whole or not at all") {
    StreamRig rig("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(1000)); CREATE TABLE m (n INT) ENGINE = InnoDB;\n");
    rig.begin();
    rig.start();
    rig.on_source("BEGIN; INSERT INTO t (v) VALUES (REPEAT('x', 900)), (REPEAT('y', 900)), (REPEAT('z', 900)), ('');\n"
                  "INSERT INTO t (v) SELECT a.v FROM t a, t b, t c, t d, t e, t f; INSERT INTO t (v) SELECT v FROM t LIMIT 15000;\n"
                  "UPDATE t SET v = CONCAT('u', LEFT(v, 800)) WHERE id % 3 = 0; DELETE FROM t WHERE id % 7 = 0; COMMIT;\n"
                  "BEGIN; DELETE FROM t; INSERT INTO m VALUES (1); ROLLBACK; INSERT INTO m VALUES (2);\n");
    rig.drain();
    CHECK(rig.differences() == Nothing{});
    CHECK(rig.stream->status().transactions == 2);
}

TEST_CASE("TRUNCATE empties the table, and other definitions go by the job's policy") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1), (2, 2);\n");
    rig.begin();
    rig.on_source("INSERT INTO t VALUES (3, 3); TRUNCATE TABLE t; INSERT INTO t VALUES (1, 5);\n");
    SECTION("TRUNCATE") {
        rig.start();
        rig.drain();
        CHECK(rig.differences() == Nothing{});
    }
    SECTION("stop") {
        rig.on_source("ALTER TABLE t ADD INDEX (n); INSERT INTO t VALUES (2, 5);\n");
        rig.start();
        CHECK(rig.failure() == "native.ddl");
        CHECK(value(*rig.target, "SELECT COUNT(*) FROM t", rig.database->name()) == "1");
    }
    SECTION("ignore") {
        rig.setup.ddl = DdlPolicy::ignore;
        rig.on_source("ALTER TABLE t ADD INDEX (n); INSERT INTO t VALUES (2, 5);\n");
        rig.start();
        rig.drain();
        CHECK(rig.differences() == Nothing{});
        CHECK(rig.control.has_event("ALTER TABLE"));
    }
    SECTION("apply to the columns: the stream ends behind it, for plans that fit no more") {
        rig.setup.ddl = DdlPolicy::apply;
        rig.on_source("ALTER TABLE t ADD COLUMN more INT DEFAULT 3; INSERT INTO t VALUES (2, 5, 7);\n");
        rig.start();
        CHECK(rig.failure() == "native.definition_applied");
        CHECK(value(*rig.target, "SELECT more FROM t WHERE id = 1", rig.database->name()) == "3");
    }
    SECTION("apply to a new table: nobody would carry its rows") {
        rig.setup.ddl = DdlPolicy::apply;
        rig.on_source("CREATE TABLE fresh (id INT PRIMARY KEY); INSERT INTO fresh VALUES (1);\n");
        rig.start();
        CHECK(rig.failure() == "native.ddl");
    }
    SECTION("apply") {
        rig.setup.ddl = DdlPolicy::apply;
        rig.on_source("ALTER TABLE t ADD INDEX later (n); INSERT INTO t VALUES (2, 5);\n");
        rig.start();
        rig.drain();
        CHECK(rig.differences() == Nothing{});
        CHECK(show_create(*rig.target, rig.database->name(), "t").find("`later`") != std::string::npos);
    }
}

TEST_CASE("Columns that the target calls otherwise or does not have are written as it has them") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, a INT, secret INT, u INT UNIQUE);\n");
    rig.on_target("ALTER TABLE t CHANGE a b INT, DROP secret, CHANGE id number INT;\n");
    for (Column& column : rig.setup.tables.front().columns) {
        if (column.name == "a") column.target_name = "b";
        if (column.name == "id") column.target_name = "number";
        if (column.name == "secret") column.left_out = true;
    }
    rig.begin();
    rig.start();
    rig.on_source("INSERT INTO t VALUES (1, 1, 9, 1), (2, 2, 9, 2), (3, 3, 3, 3); UPDATE t SET a = 7, u = u + 10 WHERE id > 1;\n"
                  "DELETE FROM t WHERE id = 3; UPDATE t SET secret = 0;\n");
    rig.drain();
    CHECK(value(*rig.target, "SELECT GROUP_CONCAT(number, ':', b, ':', u ORDER BY number) FROM t", rig.database->name()) ==
          "1:1:1,2:7:12");
}

TEST_CASE("Of a table with a condition only its rows are followed") {
    StreamRig rig("CREATE TABLE t (id INT PRIMARY KEY, region VARCHAR(10) COLLATE utf8mb4_general_ci, n INT) DEFAULT CHARSET utf8mb4;\n");
    rig.setup.tables.front().row_filter = "region = 'eu' OR id < 3";
    rig.begin();
    rig.start();
    rig.on_source("INSERT INTO t VALUES (1, 'us', 1), (4, 'EU', 4), (5, 'us', 5), (6, 'eu', 6); UPDATE t SET n = n + 1;\n"
                  "DELETE FROM t WHERE id IN (5, 6);\n");
    rig.drain();
    CHECK(value(*rig.target, "SELECT GROUP_CONCAT(id, ':', n ORDER BY id) FROM t", rig.database->name()) == "1:2,4:5");
}
