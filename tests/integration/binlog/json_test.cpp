#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <random>

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

constexpr Flavour both[] = {Flavour::mysql80, Flavour::mysql97};

const char* const documents =
    "SET sql_mode = ''; INSERT INTO t (j) VALUES (NULL), ('null'), ('true'), ('[]'), ('{}'), ('\"\"'), ('0'), ('-0.0'), ('1.0'), ('1e100'),\n"
    "('{\"b\": 1, \"aa\": {\"x\": [1, [2, [3]]]}, \"a\": null}'), ('[32767, -32768, 32768, 65535, 65536, 2147483647]'),\n"
    "('[2147483648, 4294967295, 4294967296, 5000000000, 9223372036854775807, 9223372036854775808]'),\n"
    "('[-2147483648, -2147483649, -9223372036854775808, 18446744073709551615]'),\n"
    "('\"\\\\u0000\\\\u0001\\\\u001f \\\\\\\\ \\\\\" / \\\\b\\\\f\\\\n\\\\r\\\\t \\\\u007f é 日本 😀\"'),\n"
    "(JSON_OBJECT('d', CAST('1.10' AS DECIMAL(10,2)), 'n', -0.5, 'big', CAST('-12345678901234567890.123456789' AS DECIMAL(40,9)))),\n"
    "(JSON_ARRAY(CAST('2024-02-29' AS DATE), CAST('-12:34:56.789' AS TIME(6)), CAST('2024-01-02 03:04:05.678901' AS DATETIME(6)))),\n"
    "(CAST(CAST('2024-02-29' AS DATE) AS JSON)), (CAST(CAST(1.5 AS DECIMAL(4,2)) AS JSON)), (JSON_ARRAY(CAST('0000-00-00' AS DATETIME))),\n"
    "(JSON_OBJECT('bytes', FROM_BASE64('AAECAwQF/w=='), 'k\"ey', FROM_BASE64(''))), (CAST(FROM_BASE64('AP8=') AS JSON)),\n"
    "(JSON_ARRAY(CAST(5 AS UNSIGNED), CAST(70000 AS UNSIGNED), CAST(5000000000 AS UNSIGNED), 5000000000, 1, CAST(1 AS SIGNED))),\n"
    "(CAST(CAST(7 AS UNSIGNED) AS JSON)), (JSON_ARRAY(1e15, 1e14, 1e16, 1.5e-7, 1e-14, 1e-15, 1e-16, 123456789012345678e0)),\n"
    "(JSON_ARRAY(0.1e0, 1e308, 5e-324, 2.2250738585072014e-308, 5.684341886080802e-14, 1e23, 9007199254740993e0, 100e0)),\n"
    "(JSON_OBJECT('long', REPEAT('x', 70000), 'list', JSON_ARRAY(1, 100000))), (JSON_ARRAY(REPEAT('y', 127), REPEAT('z', 128)));\n";

struct Table {
    const TestServer& server;
    TestDatabase database;
    std::vector<TablePlan> plans;
    Position from;

    Table(Flavour flavour, const std::string& rows)
        : server(shared_server(flavour, "binlog", {.gtid = flavour == Flavour::mysql97})),
          database({&server}, {}, "json") {
        sql(server, "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, j JSON, other JSON); SET sql_mode = '';" + rows,
            database.name());
        plans = plans_of(server, database.name());
        from = position_now(server);
    }
    /// Applies the changes to a copy of the table, as a writer does, and compares texts and the traces of types.
    void check(const std::vector<Piece>& pieces) const {
        Connection writer(log_endpoint(server), {.profile = SessionProfile::copy_write, .database = database.name()});
        for (const Piece& piece : pieces)
            for (const RowChange& change : piece.changes) {
                const std::string id(change.kind == ChangeKind::insert ? change.after.bytes(0) : change.before.bytes(0));
                if (change.kind == ChangeKind::insert) writer.execute("INSERT INTO copy (id) VALUES (" + id + ")");
                for (const std::size_t column : {1U, 2U}) {
                    const std::string name = column == 1 ? "j" : "other";
                    std::string value(change.after.bytes(column));
                    switch (change.after.state(column)) {
                        case CellState::absent: continue;
                        case CellState::null: value = "NULL"; break;
                        case CellState::value: value = "CONVERT(" + mysql::hex_literal(value) + " USING utf8mb4)"; break;
                        case CellState::expression: break;
                        case CellState::patch: value = patched(value, name); break;
                    }
                    INFO(value.substr(0, 500));
                    CHECK_NOTHROW(writer.execute("UPDATE copy SET " + name + " = " + value + " WHERE id = " + id));
                }
            }
        for (const char* column : {"j", "other"}) {
            const std::string text = std::string("CONVERT(") + column + " USING utf8mb4)";
            const std::string list = "SELECT id, " + text + ", " + mysql::json_type_trace(column) + " FROM ";
            const auto copied = query(server, list + "copy ORDER BY id", database.name());
            const auto wanted = query(server, list + "t ORDER BY id", database.name());
            REQUIRE(copied.size() == wanted.size());
            for (std::size_t i = 0; i < copied.size(); ++i)
                for (std::size_t field = 0; field < 3; ++field)
                    CHECK(copied[i][field].value_or("NULL").substr(0, 300) == wanted[i][field].value_or("NULL").substr(0, 300));
        }
    }
    static std::string patched(const std::string& patch, const std::string& name) {
        std::string out;
        for (std::size_t i = 0; i < patch.size(); ++i) {
            if (patch[i] != '%') {
                out += patch[i];
            } else {
                ++i;
                out += patch.at(i) == 'c' ? name : "%";
            }
        }
        return out;
    }
};

}  // namespace

TEST_CASE("documents keep their text and the types inside") {
    for (const Flavour flavour : both) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const Table table(flavour, "CREATE TABLE copy LIKE t;");
        sql(table.server, documents, table.database.name());
        const auto pieces = read_log(table.server, table.plans, table.from);
        table.check(pieces);
    }
}

TEST_CASE("partial updates are made in the document where the log has it, else on the target's") {
    for (const Flavour flavour : both) {
        for (const char* image : {"FULL", "MINIMAL"}) {
            if (!available(flavour)) continue;
            INFO(name_of(flavour) << " " << image);
            const Table table(
                flavour,
                "INSERT INTO t (j, other) VALUES ('{\"a\": 1, \"b\": [1, 2, 3], \"c\": {\"d e\": \"x\", \"%\": 1}, \"long\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}', '[1]'),\n"
                "('[1, [2, 3], {\"k\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}]', NULL), ('5', '\"x\"');\n"
                "CREATE TABLE copy LIKE t; INSERT INTO copy SELECT * FROM t;");
            sql(table.server,
                "SET SESSION binlog_row_value_options = PARTIAL_JSON, binlog_row_image = " + std::string(image) + ";\n"
                "UPDATE t SET j = JSON_SET(j, '$.a', 2) WHERE id = 1; UPDATE t SET j = JSON_REPLACE(j, '$.c.\"d e\"', 'yé%c') WHERE id = 1;\n"
                "UPDATE t SET j = JSON_REMOVE(j, '$.b[1]') WHERE id = 1; UPDATE t SET j = JSON_SET(j, '$.new', 1) WHERE id = 1;\n"
                "UPDATE t SET j = JSON_SET(j, '$.c.\"%\"', CAST(1.25 AS DECIMAL(8,3)), '$.a', JSON_ARRAY(CAST('2024-01-01' AS DATE))) WHERE id = 1;\n"
                "UPDATE t SET j = JSON_REMOVE(j, '$.c.\"%\"') WHERE id = 1; UPDATE t SET j = JSON_SET(j, '$.long', 'short', '$.b[5]', 9) WHERE id = 1;\n"
                "UPDATE t SET j = JSON_SET(j, '$[2].k', 'b'), other = '{}' WHERE id = 2; UPDATE t SET j = JSON_REPLACE(j, '$[1][0]', 7) WHERE id = 2;\n"
                "UPDATE t SET j = JSON_REMOVE(j, '$[0]', '$[1].k') WHERE id = 2; UPDATE t SET other = JSON_SET(other, '$.\"a\\\\\"b\"', 1) WHERE id = 2;\n"
                "UPDATE t SET j = JSON_SET(j, '$', 6) WHERE id = 3; UPDATE t SET j = NULL WHERE id = 3; UPDATE t SET j = '{}' WHERE id = 3;\n"
                "UPDATE t SET j = JSON_SET(j, '$.x', 1) WHERE id = 3; DELETE FROM t WHERE id = 99;\n"
                "UPDATE t SET other = JSON_SET(other, '$', 1) WHERE id = 1;\n",
                table.database.name());
            std::vector<Piece> pieces = read_log(table.server, table.plans, table.from);
            std::size_t patches = 0;
            for (const Piece& piece : pieces)
                for (const RowChange& change : piece.changes)
                    patches += change.after.state(1) == CellState::patch ? 1 : 0;
            CHECK((patches > 3) == (std::string_view(image) == "MINIMAL"));
            table.check(pieces);
        }
    }
}

TEST_CASE("numbers are printed as servers print them") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb}) {
        if (!available(flavour)) continue;
        INFO(name_of(flavour));
        const TestServer& server = shared_server(flavour, "binlog", {.gtid = flavour == Flavour::mysql97});
        const TestDatabase database({&server}, {}, "number");
        sql(server, "CREATE TABLE t (id INT PRIMARY KEY, d DOUBLE, f FLOAT, z DOUBLE ZEROFILL, x DECIMAL(9,3) ZEROFILL, i INT(7) ZEROFILL);",
            database.name());
        const auto plans = plans_of(server, database.name());
        const Position from = position_now(server);
        std::mt19937_64 numbers(7);
        std::string insert = "SET sql_mode = ''; INSERT INTO t VALUES (0, 0, 0, 0, 0, 0)";
        for (int i = 1; i < 3000; ++i) {
            std::uint64_t bits = numbers();
            double number;
            std::memcpy(&number, &bits, sizeof number);
            // Every other one with few digits, of sizes where the layout changes.
            if (i % 2 == 0 || number != number || number - number != 0)
                number = static_cast<double>(numbers() % 1000) * std::pow(10.0, static_cast<double>(numbers() % 44) - 22);
            const float small = static_cast<float>(static_cast<std::int64_t>(numbers() % 2000000) - 1000000) /
                                static_cast<float>(1 + numbers() % 1000);
            char row[200];
            std::snprintf(row, sizeof row, ",(%d, %.17g, %.9g, %.17g, %d.%03d, %d)", i, number, static_cast<double>(small),
                          static_cast<double>(i) / 7, i % 1000, i % 997, i * 37);
            insert += row;
        }
        sql(server, insert, database.name());
        Replica replica(server, plans);
        replica.apply(read_log(server, plans, from));
        CHECK(replica.rows() == 3000);
        CHECK(replica.differences() == std::vector<std::string>{});
    }
}
