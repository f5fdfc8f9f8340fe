#include <catch2/catch.hpp>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"
#include "tests/integration/binlog/replay.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace transload::mysql::binlog;
using mysql::Connection;
using mysql::SessionProfile;

namespace {

constexpr Flavour all[] = {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb};
constexpr Flavour both_mysql[] = {Flavour::mysql80, Flavour::mysql97};

/// MySQL 8.0 without GTIDs, MySQL 9 with them, MariaDB with its own.
const TestServer& log_server_of(Flavour flavour) {
    return shared_server(flavour, "binlog", {.gtid = flavour == Flavour::mysql97});
}

/// A database and where the log was when its tables had been made.
struct Case {
    const TestServer& server;
    TestDatabase database;
    std::vector<TablePlan> plans;
    Position from;

    Case(const TestServer& on, const std::string& tables) : server(on), database({&on}, {}, "binlog") {
        sql(server, tables, database.name());
        plans = plans_of(server, database.name());
        from = position_now(server);
    }
    std::vector<Piece> after(const std::string& script, ReaderOptions options = {}) const {
        sql(server, script, database.name());
        return read_log(server, plans, from, options);
    }
    [[nodiscard]] std::size_t index(const std::string& table) const {
        for (std::size_t i = 0; i < plans.size(); ++i)
            if (plans[i].source.table == table) return i;
        throw std::runtime_error("no table " + table);
    }
};

std::vector<RowChange> changes_of(const std::vector<Piece>& pieces) {
    std::vector<RowChange> changes;
    for (const Piece& piece : pieces) changes.insert(changes.end(), piece.changes.begin(), piece.changes.end());
    return changes;
}

std::string line(const RowImage& image) {
    std::string text;
    for (std::size_t i = 0; i < image.columns(); ++i) text += (i == 0 ? "" : "|") + cell_text(image, i);
    return text;
}

std::vector<std::string> lines(const std::vector<Piece>& pieces) {
    std::vector<std::string> all_lines;
    for (const RowChange& change : changes_of(pieces)) {
        if (change.kind == ChangeKind::insert) all_lines.push_back("+ " + line(change.after));
        if (change.kind == ChangeKind::remove) all_lines.push_back("- " + line(change.before));
        if (change.kind == ChangeKind::update) all_lines.push_back(line(change.before) + " > " + line(change.after));
    }
    return all_lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("inserts, updates and deletes arrive in their order with all values") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10), n BIGINT UNSIGNED);");
        const auto pieces = test.after(
            "BEGIN; INSERT INTO t VALUES (1, 'one', 18446744073709551615), (-2, NULL, 0);\n"
            "UPDATE t SET v = 'eins' WHERE id = 1; UPDATE t SET id = 3 WHERE id = -2; COMMIT;\n"
            "DELETE FROM t;");
        CHECK(lines(pieces) == Lines{"+ 1|one|18446744073709551615", "+ -2|NULL|0",
                                     "1|one|18446744073709551615 > 1|eins|18446744073709551615",
                                     "-2|NULL|0 > 3|NULL|0", "- 1|eins|18446744073709551615", "- 3|NULL|0"});
        REQUIRE(pieces.size() == 2);
        CHECK(pieces[0].first);
        CHECK(pieces[0].last);
        CHECK(pieces[0].changes.size() == 4);
        CHECK(pieces[0].log_bytes > 100);
        const std::int64_t now = std::stoll(value(test.server, "SELECT UNIX_TIMESTAMP() * 1000000"));
        CHECK(pieces[0].committed_us > now - 60'000'000);
        CHECK(pieces[0].committed_us < now + 2'000'000);
        CHECK(!pieces[0].stamp.gtid.empty() == (flavour != Flavour::mysql80));
        CHECK(!covers(test.from, pieces[0].stamp));
        CHECK(covers(position_now(test.server), pieces[1].stamp));
    }
}

TEST_CASE("reading goes on behind any transaction, by GTID and by file") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY);");
        sql(test.server, "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); FLUSH BINARY LOGS; INSERT INTO t VALUES (3);",
            test.database.name());
        Position at = test.from;
        Lines seen;
        for (int i = 0; i < 3; ++i) {
            ChangeReader reader(log_endpoint(test.server), test.plans, Position::parse(at.text()));
            std::optional<Piece> piece;
            for (int tries = 0; !piece && tries < 50; ++tries) piece = reader.next(std::chrono::milliseconds(100));
            REQUIRE(piece);
            seen.push_back(line(piece->changes.at(0).after));
            CHECK(covers(reader.position(), piece->stamp));
            CHECK(!covers(at, piece->stamp));
            CHECK(covers(reader.position(), at));
            CHECK(!covers(at, reader.position()));
            at = reader.position();
        }
        CHECK(seen == Lines{"1", "2", "3"});
    }
}

TEST_CASE("an idle reader hears of a new transaction at once, and returns when nothing comes") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        using Clock = std::chrono::steady_clock;
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY);");
        ChangeReader reader(log_endpoint(test.server), test.plans, test.from);
        const auto begin = Clock::now();
        while (!reader.at_end() && Clock::now() - begin < std::chrono::seconds(20))
            static_cast<void>(reader.next(std::chrono::milliseconds(100)));
        CHECK(reader.at_end());
        const auto idle = Clock::now();
        CHECK(!reader.next(std::chrono::milliseconds(50)));
        CHECK(Clock::now() - idle < std::chrono::milliseconds(1000));
        // The best of many: the machine may be busy with other things.
        Connection writer(log_endpoint(test.server), {.database = test.database.name()});
        auto best = std::chrono::nanoseconds::max();
        for (int i = 0; i < 20; ++i) {
            writer.execute("INSERT INTO t VALUES (" + std::to_string(i) + ")");
            const auto sent = Clock::now();
            std::optional<Piece> piece;
            while (!piece) piece = reader.next(std::chrono::milliseconds(1000));
            best = std::min<std::chrono::nanoseconds>(best, Clock::now() - sent);
        }
        CHECK(best < std::chrono::milliseconds(50));
    }
}

TEST_CASE("images with only some columns say which") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour),
                        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b TEXT, c VARCHAR(9));\n"
                        "INSERT INTO t VALUES (1, 10, 'ten', 'x'), (2, 20, 'twenty', 'y');");
        const auto pieces = test.after(
            "SET SESSION binlog_row_image = MINIMAL; UPDATE t SET a = 11 WHERE id = 1; UPDATE t SET b = NULL WHERE id = 1;\n"
            "DELETE FROM t WHERE id = 1; INSERT INTO t (id, c) VALUES (3, 'z');\n"
            "SET SESSION binlog_row_image = NOBLOB; UPDATE t SET a = 21 WHERE id = 2; UPDATE t SET b = 'new' WHERE id = 2;");
        Lines expected{"1|absent|absent|absent > absent|11|absent|absent",
                       "1|absent|absent|absent > absent|absent|NULL|absent", "1|absent|absent|absent", "",
                       "2|20|absent|y > 2|21|absent|y", "2|21|absent|y > 2|21|new|y"};
        expected[2] = "- " + expected[2];
        Lines got = lines(pieces);
        REQUIRE(got.size() == 6);
        // What an INSERT leaves out of the image differs between servers: the defaults are NULL either way.
        CHECK((got[3] == "+ 3|absent|absent|z" || got[3] == "+ 3|NULL|NULL|z"));
        got[3].clear();
        CHECK(got == expected);
    }
}

TEST_CASE("generated and invisible columns take their place in images") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const bool invisible = flavour != Flavour::mysql80;
        const std::string type = flavour == Flavour::mariadb ? "PERSISTENT" : "STORED";
        const Case test(log_server_of(flavour),
                        "CREATE TABLE t (v1 INT AS (id * 2) VIRTUAL, id INT PRIMARY KEY, s INT AS (id + 1) " + type +
                            ", a VARCHAR(9)" + (invisible ? " INVISIBLE" : "") +
                            ", v2 VARCHAR(20) AS (CONCAT(a, '!')) VIRTUAL, b INT, KEY (v2));");
        const auto pieces = test.after(
            "INSERT INTO t (id, a, b) VALUES (1, 'x', 5); UPDATE t SET a = 'y'; DELETE FROM t;");
        CHECK(lines(pieces) == Lines{"+ absent|1|absent|x|absent|5",
                                     "absent|1|absent|x|absent|5 > absent|1|absent|y|absent|5",
                                     "- absent|1|absent|y|absent|5"});
    }
}

TEST_CASE("columns of indexes on expressions are passed over") {
    for (const Flavour flavour : both_mysql) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        std::string multi = flavour == Flavour::mysql97 ? ", KEY m ((CAST(j->'$.a' AS UNSIGNED ARRAY)))" : "";
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), j JSON, "
                                                "KEY f ((LOWER(name))), KEY g ((id * 2), (CONCAT(name, 'x')))" +
                                                    multi + ");");
        const auto pieces = test.after("INSERT INTO t VALUES (1, 'ONE', '{\"a\": [1, 2]}'), (2, 'TWO', NULL);\n"
                                       "UPDATE t SET name = 'x' WHERE id = 2;");
        CHECK(lines(pieces) == Lines{"+ 1|ONE|{\"a\": [1, 2]}", "+ 2|TWO|NULL", "2|TWO|NULL > 2|x|NULL"});
    }
}

TEST_CASE("what was rolled back does not arrive, and savepoints take back what follows them") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY);\n"
                                                "CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM;");
        const auto pieces = test.after(
            "BEGIN; INSERT INTO t VALUES (1); ROLLBACK;\n"
            "BEGIN; INSERT INTO t VALUES (2); SAVEPOINT a; INSERT INTO t VALUES (3); ROLLBACK TO a;\n"
            "INSERT INTO t VALUES (4); COMMIT;\n"
            // A table that can't be rolled back makes servers log the savepoint itself; with GTIDs MySQL refuses it.
            "BEGIN; INSERT INTO t VALUES (5); SAVEPOINT `B c`; INSERT INTO t VALUES (6);" +
            std::string(flavour == Flavour::mysql97 ? "" : "INSERT INTO m VALUES (1);") +
            "ROLLBACK TO SAVEPOINT `b C`; COMMIT;");
        std::map<std::string, int> rows;
        for (const RowChange& change : changes_of(pieces))
            if (change.kind == ChangeKind::insert && change.table == test.index("t")) ++rows[line(change.after)];
        CHECK(rows == std::map<std::string, int>{{"2", 1}, {"4", 1}, {"5", 1}});
    }
}

TEST_CASE("a big transaction comes in pieces, and a mark of Transload makes it its own") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200));\n"
                                                "CREATE DATABASE IF NOT EXISTS _transload;\n"
                                                "CREATE TABLE IF NOT EXISTS _transload.mark (id INT PRIMARY KEY AUTO_INCREMENT);");
        std::string insert = "INSERT INTO t VALUES ";
        for (int i = 0; i < 20'000; ++i)
            insert += (i == 0 ? "(" : ",(") + std::to_string(i) + ",'" + std::string(100, 'x') + "')";
        auto pieces = test.after(insert, {.piece_bytes = 1U << 20});
        CHECK(pieces.size() > 3);
        CHECK(changes_of(pieces).size() == 20'000);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            CHECK(pieces[i].first == (i == 0));
            CHECK(pieces[i].last == (i + 1 == pieces.size()));
            CHECK(pieces[i].weight < 3U << 20);
        }
        if (flavour == Flavour::mysql97) {
            const Case packed(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200));");
            pieces = packed.after("SET SESSION binlog_transaction_compression = ON; " + insert, {.piece_bytes = 1U << 20});
            CHECK(pieces.size() > 3);
            CHECK(changes_of(pieces).size() == 20'000);
            CHECK(pieces.back().last);
        }
        // The mark first: nothing of it shows.
        const Case own(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200));");
        pieces = own.after("BEGIN; INSERT INTO _transload.mark VALUES (); " + insert + "; COMMIT;", {.piece_bytes = 1U << 20});
        REQUIRE(pieces.size() == 1);
        CHECK(pieces[0].own);
        CHECK(pieces[0].changes.empty());
        // The mark last: what went out is taken back.
        const Case late(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200));");
        pieces = late.after("BEGIN; " + insert + "; INSERT INTO _transload.mark VALUES (); COMMIT;", {.piece_bytes = 1U << 20});
        CHECK(pieces.size() > 3);
        CHECK(pieces.back().own);
        CHECK(pieces.back().rolled_back);
        CHECK(pieces.back().changes.empty());
    }
}

TEST_CASE("definitions that concern the job are told, others are not") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE TABLE u (id INT);");
        const TestDatabase other({&test.server}, {}, "other");
        const auto pieces = test.after(
            "INSERT INTO t VALUES (1, 1); CREATE TABLE " + other.name() + ".t (id INT); DROP TABLE " + other.name() + ".t;\n"
            "CREATE TEMPORARY TABLE t2 (id INT); DROP TEMPORARY TABLE t2; CREATE VIEW v AS SELECT * FROM t; DROP VIEW v;\n"
            "ANALYZE TABLE t; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; DROP TRIGGER tr;\n"
            "alter table /* a comment */ `t` add column b int; CREATE INDEX i ON t (a); DROP INDEX i ON t;\n"
            "TRUNCATE u; RENAME TABLE u TO w; CREATE TABLE new_one AS SELECT 1 AS n; DROP TABLE t;\n");
        Lines told;
        for (const Piece& piece : pieces) {
            if (!piece.statement) continue;
            const Statement& statement = *piece.statement;
            told.push_back(std::string(statement.kind == Statement::Kind::truncate ? "truncate " : "ddl ") +
                           statement.object.substr(statement.object.find('.') + 1) +
                           (statement.table ? " " + test.plans[*statement.table].source.table : ""));
            CHECK(statement.database == test.database.name());
        }
        CHECK(told == Lines{"ddl t t", "ddl t t", "ddl t t", "truncate u u", "ddl u u", "ddl new_one", "ddl t t"});
        CHECK(changes_of(pieces).size() == 1);
    }
}

TEST_CASE("a row of a table that was altered, and a statement in clear, stop the reader") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, a INT);");
        const auto error_of = [&](const std::string& script) {
            try {
                static_cast<void>(test.after(script));
            } catch (const Error& error) {
                return error.id();
            }
            return std::string("none");
        };
        CHECK(error_of("SET SESSION binlog_format = STATEMENT; INSERT INTO t VALUES (1, 1);") == "binlog.not_row");
        const Case altered(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY, a INT);");
        sql(test.server, "ALTER TABLE t ADD COLUMN b INT FIRST; INSERT INTO t VALUES (1, 2, 3);", altered.database.name());
        try {
            static_cast<void>(read_log(altered.server, altered.plans, altered.from));
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.id() == "binlog.table_changed");
            CHECK(error.object() == altered.database.name() + ".t");
        }
    }
}

TEST_CASE("transactions of XA with rows of the job stop the reader, others do not") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const TestDatabase other({&log_server_of(flavour)}, {}, "other");
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE " + other.name() +
                                                    ".t (id INT PRIMARY KEY);");
        const auto pieces = test.after("XA START 'one'; INSERT INTO t VALUES (1); XA END 'one'; XA COMMIT 'one' ONE PHASE;\n"
                                       "XA START 'two'; INSERT INTO " + other.name() +
                                       ".t VALUES (1); XA END 'two'; XA PREPARE 'two'; XA COMMIT 'two';");
        CHECK(lines(pieces) == Lines{"+ 1"});
        const Case ours(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY);");
        try {
            static_cast<void>(ours.after("XA START 'three'; INSERT INTO t VALUES (1); XA END 'three'; XA PREPARE 'three';\n"
                                         "XA COMMIT 'three';"));
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.id() == "binlog.xa");
        }
    }
}

TEST_CASE("a writer without foreign key checks is told apart") {
    for (const Flavour flavour : all) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Case test(log_server_of(flavour), "CREATE TABLE t (id INT PRIMARY KEY);");
        const auto changes = changes_of(test.after(
            "INSERT INTO t VALUES (1); SET SESSION foreign_key_checks = 0; INSERT INTO t VALUES (2);"));
        REQUIRE(changes.size() == 2);
        CHECK(changes[0].foreign_keys_checked);
        CHECK(!changes[1].foreign_keys_checked);
    }
}

TEST_CASE("transactions with tagged GTIDs are read, and reading goes on behind them") {
    if (!available(Flavour::mysql97)) SKIP_TEST("needs MySQL 9");
    const Case test(log_server_of(Flavour::mysql97), "CREATE TABLE t (id INT PRIMARY KEY);");
    auto pieces = test.after("SET SESSION gtid_next = 'AUTOMATIC:night_1'; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);");
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[1].stamp.gtid.source == test.from.server + ":night_1");
    CHECK(pieces[1].stamp.gtid.number == pieces[0].stamp.gtid.number + 1);
    const std::int64_t now = std::stoll(value(test.server, "SELECT UNIX_TIMESTAMP() * 1000000"));
    CHECK(pieces[0].committed_us > now - 60'000'000);
    CHECK(pieces[0].committed_us < now + 2'000'000);
    const Position behind = position_now(test.server);
    CHECK(behind.gtids.find("night_1") != std::string::npos);
    sql(test.server, "INSERT INTO t VALUES (3);", test.database.name());
    CHECK(lines(read_log(test.server, test.plans, behind)) == Lines{"+ 3"});
}
