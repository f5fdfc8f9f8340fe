#include <catch2/catch.hpp>

#include "tests/integration/binlog/replay.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace transload::mysql::binlog;

namespace {

const TestServer& log_server_of(Flavour flavour) {
    return shared_server(flavour, "binlog", {.gtid = flavour == Flavour::mysql97});
}

/// Replays `rows` on the table `columns` and compares with what the server has.
void replays(Flavour flavour, const std::string& before, const std::string& columns, const std::string& rows) {
    if (!available(flavour)) SKIP_TEST("needs " << name_of(flavour));
    const TestServer& server = log_server_of(flavour);
    const TestDatabase database({&server}, {}, "types");
    sql(server, before + "CREATE TABLE t (id INT PRIMARY KEY, " + columns + ");", database.name());
    const auto plans = plans_of(server, database.name());
    const Position from = position_now(server);
    sql(server, "SET sql_mode = '', time_zone = '+00:00';" + rows + "UPDATE t SET id = id + 100 WHERE id > 0;",
        database.name());
    Replica replica(server, plans);
    replica.apply(read_log(server, plans, from));
    CHECK(replica.rows() > 0);
    CHECK(replica.differences() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("MariaDB's UUIDs and addresses are text again") {
    replays(Flavour::mariadb, "", "u UUID, a INET4, b INET6",
            "INSERT INTO t VALUES (1, UUID(), '192.168.0.1', '2001:db8::1'), (2, NULL, NULL, NULL),\n"
            "(3, '00000000-0000-0000-0000-000000000000', '0.0.0.0', '::'), (4, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '255.255.255.255', "
            "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),\n"
            "(5, '12345678-1234-7234-9234-123456789000', '10.0.0.0', '::ffff:1.2.3.4'), (6, '01888d9a-0000-7000-8000-000000000000', "
            "'1.0.0.0', '::1.2.3.4'), (7, '00112233-4455-6677-8899-aabbccddeeff', '1.2.3.4', 'fe80::'),\n"
            "(8, '11111111-2222-1333-8444-555555000000', '1.2.3.0', '1:0:0:2::3'), (9, '20202020-2020-2020-2020-202020202020', '32.32.32.32', '2020:2020::20');\n");
}

TEST_CASE("MariaDB's compressed columns are unpacked") {
    for (const char* wrap : {"ON", "OFF"})
        replays(Flavour::mariadb, "",
                "v VARCHAR(9000) COMPRESSED, b BLOB COMPRESSED, t TEXT COMPRESSED, s VARCHAR(200) COMPRESSED, l LONGTEXT COMPRESSED",
                std::string("SET SESSION column_compression_zlib_wrap = ") + wrap +
                    "; INSERT INTO t VALUES (1, REPEAT('abc', 3000), REPEAT('x', 60000), 'short', REPEAT('z', 200), REPEAT('long ', 50000)),\n"
                    "(2, '', '', '', '', ''), (3, NULL, NULL, NULL, NULL, NULL), (4, 'a', x'00ff', REPEAT('é', 200), 'é', 'l');\n");
}

TEST_CASE("times from before MySQL 5.6 are read, with MariaDB's decimals as well") {
    if (!available(Flavour::mariadb)) SKIP_TEST("needs MariaDB");
    ServerOptions options;
    options.extra = {"--mysql56-temporal-format=OFF"};
    const TestServer server = TestServer::start(Flavour::mariadb, options);
    const TestDatabase database({&server}, {}, "old");
    sql(server, "CREATE TABLE t (id INT PRIMARY KEY, a TIME, b TIME(1), c TIME(3), d TIME(6), e DATETIME, f DATETIME(2), g DATETIME(4), "
                "h DATETIME(6), i TIMESTAMP NULL, j TIMESTAMP(1) NULL, k TIMESTAMP(3) NULL, l TIMESTAMP(6) NULL, m DATE, y YEAR, y2 YEAR(2));",
        database.name());
    const auto plans = plans_of(server, database.name());
    const Position from = position_now(server);
    sql(server, "SET sql_mode = '', time_zone = '+00:00'; INSERT INTO t VALUES\n"
                "(1, '-838:59:59', '-12:34:56.7', '-00:00:00.001', '838:59:59.999999', '9999-12-31 23:59:59', '1000-01-01 00:00:00.01', "
                "'2024-02-29 12:34:56.7891', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '1970-01-01 00:00:01.9', "
                "'2024-02-29 01:02:03.456', '2038-01-19 03:14:07.999999', '2024-02-29', 1901, 70),\n"
                "(2, '00:00:00', '00:00:00', '00:00:00', '00:00:00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),\n"
                "(3, '12:34:56', '100:00:00.1', '12:34:56.789', '-838:59:59.999999', '2024-02-00 00:00:00', '2024-00-00', '0000-00-00 00:00:00', "
                "'0001-01-01', '1970-01-01 00:00:01', NULL, NULL, NULL, '2024-00-10', 2155, 69);", database.name());
    Replica replica(server, plans);
    replica.apply(read_log(server, plans, from));
    CHECK(replica.rows() == 3);
    CHECK(replica.differences() == std::vector<std::string>{});
}

TEST_CASE("vectors of MySQL 9 are bytes") {
    replays(Flavour::mysql97, "", "v VECTOR(3), w VECTOR",
            "INSERT INTO t VALUES (1, TO_VECTOR('[1,2.5,-3e10]'), TO_VECTOR('[1]')), (2, NULL, NULL);\n");
}

TEST_CASE("fixed strings of every width and character set are whole again") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb})
        replays(flavour, "",
                "a BINARY(1), b BINARY(255), c CHAR(255) CHARACTER SET utf8mb4, d CHAR(10) CHARACTER SET utf16, e CHAR(10) CHARACTER SET ucs2, "
                "f CHAR(255) CHARACTER SET latin1, g CHAR(4) CHARACTER SET utf32, h CHAR(5) CHARACTER SET gbk, i VARCHAR(255) CHARACTER SET latin1, "
                "j VARCHAR(256) CHARACTER SET latin1, k CHAR(0), l BINARY(0), m CHAR(64) CHARACTER SET utf8mb4, n VARBINARY(3), o CHAR(5) CHARACTER SET binary",
                "INSERT INTO t VALUES (1, 'x', 'x', REPEAT('é', 255), 'a b ', 'a b ', REPEAT('x', 255), '日', 'x', REPEAT('v', 255), REPEAT('w', 256), '', '', "
                "REPEAT('😀', 64), x'616200', x'2000200000'),\n"
                "(2, '', x'0000', '', '', '', '', '', '', '', '', '', '', '', x'000000', ''), (3, x'00', REPEAT(x'ff', 255), ' x ', ' ', ' ', '  x  ', ' y ', 'x ', "
                "'trailing  ', ' ', '', '', '  ', '   ', 'ab'),\n"
                "(4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);\n");
}
