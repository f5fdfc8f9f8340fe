#include <algorithm>
#include <catch2/catch.hpp>

#include "adapters/liquibase/target_parser.hpp"
#include "tests/integration/schema/schema_job.hpp"

using namespace transload;
using namespace transload::test;
using liquibase::Expression;
using liquibase::ExpressionKind;
using liquibase::TargetParser;

namespace {

Expression select(const std::string& text) {
    return {ExpressionKind::select, text};
}
Expression value_of(const std::string& text) {
    return {ExpressionKind::value, text};
}
Expression condition(const std::string& text) {
    return {ExpressionKind::condition, text};
}

Endpoint endpoint(const TestServer& server) {
    return SchemaMove(server, server, {}).spec.target;
}

const char* const kTables =
    "CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c INT, j JSON); "
    "CREATE TABLE t2 (id INT PRIMARY KEY, a INT); INSERT INTO t (id,a,c) VALUES (1,1,NULL);";

/// All that MySQL 9 is known to print in other words than 8.0.
const char* const kViews =
    "CREATE VIEW v1 AS SELECT ISNULL(a) AS x, NOT a AS y, a IS TRUE AS z, a IS NOT FALSE AS w FROM t;"
    "CREATE VIEW v2 AS SELECT a AND c AS x, a OR c AS y, a XOR 1 AS z FROM t WHERE a;"
    "CREATE VIEW v3 AS SELECT a FROM t WHERE a NOT IN (SELECT a FROM t2);"
    "CREATE VIEW v4 AS SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM t2 WHERE t2.id=t.id);"
    "CREATE VIEW v5 AS SELECT jt.x FROM t, JSON_TABLE(t.j,'$[*]' COLUMNS (x INT PATH '$.x' DEFAULT '0' ON "
    "EMPTY NULL ON ERROR, NESTED PATH '$.y[*]' COLUMNS (y INT PATH '$'), o FOR ORDINALITY)) jt;"
    "CREATE VIEW v6 AS SELECT MAX(a) AS m FROM t GROUP BY b HAVING MAX(a) IS NULL;"
    "CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v7 (`p q`,r) AS SELECT id, NOT a FROM t WHERE c IS "
    "NULL "
    "WITH LOCAL CHECK OPTION;"
    "CREATE VIEW v8 AS SELECT id FROM t WHERE id=5 AND c IS NULL;";

std::vector<std::string> errors(const SchemaReport& report) {
    std::vector<std::string> result;
    for (const Finding& finding : report.different)
        if (finding.severity == Severity::error) result.push_back(finding.id + " " + finding.object);
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace

TEST_CASE("A server tells whether it reads two texts as the same, whatever rows there are") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    const TestServer server = TestServer::start(flavour);
    sql(server, kTables);
    TargetParser parser(endpoint(server), "d");
    CHECK(parser.same(select("select (`t`.`a` = 1) AS `x` from `t`"), select("SELECT t.a=1 AS x FROM d.t"),
                      "", ""));
    CHECK(parser.same(value_of("((`a` + 1))"), value_of("(`a`+1)"), "t", ""));
    CHECK(parser.same(condition("((`a` > 1))"), condition("(a>1)"), "t", "utf8mb4_bin"));

    CHECK_FALSE(parser.same(select("select a from t"), select("select c from t"), "", ""));
    CHECK_FALSE(parser.same(select("select a AS x from t"), select("select a AS y from t"), "", ""));
    CHECK_FALSE(parser.same(value_of("(a + 1)"), value_of("(a + 2)"), "t", ""));
    CHECK_FALSE(parser.same(value_of("(b = 'x')"), value_of("(b = 'X')"), "t", ""));
    CHECK_FALSE(parser.same(value_of("(a)"), condition("(a)"), "t", ""));
    // No row has this id: an optimiser makes "nothing" of both.
    CHECK_FALSE(parser.same(select("select id from t where id=5 and a is null"),
                            select("select id from t where id=5 and a is not null"), "", ""));
    CHECK_FALSE(
        parser.same(select("select id from t where id=5"), select("select id from t where id=6"), "", ""));
    // Letters that the trace can't hold.
    CHECK(parser.same(select("select '\xF0\x9F\x98\x80' AS x from t"),
                      select("select  '\xF0\x9F\x98\x80' AS x from t"), "", ""));
    CHECK_FALSE(parser.same(select("select '\xF0\x9F\x98\x80' AS x from t"),
                            select("select '\xF0\x9F\x98\x81' AS x from t"), "", ""));
    // What the server can't read is never the same.
    CHECK_FALSE(parser.same(select("select nowhere from t"), select("select  nowhere from t"), "", ""));
    CHECK_FALSE(parser.same(select("no sql"), select("no sql at all"), "", ""));
    // After a failure it answers again.
    CHECK(parser.same(select("select a from t"), select("select  a from t"), "", ""));
}

TEST_CASE("Expressions that MySQL 9 prints in other words are equivalent, and a changed one is still found") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql97);
    sql(source, std::string(kTables) + kViews +
                    "CREATE TABLE g (a INT, b INT, g1 INT AS (ISNULL(a)), g2 INT AS (NOT a) STORED, d DOUBLE "
                    "DEFAULT (NOT 1), KEY f ((a AND b), b), KEY h ((NOT a) DESC)); CREATE TABLE g2 LIKE g;");
    SchemaMove move(source, target, {{"d", "other"}});
    const SchemaReport report = move.run();
    CHECK(text_of(report.different, Severity::warning) == "");
    const std::string said = text_of(report.different);
    for (const char* object :
         {"d.v1:", "d.v2:", "d.v3:", "d.v4:", "d.v5:", "d.v6:", "d.v7:", "d.v8:", "d.g:"}) {
        CAPTURE(said, object);
        const std::size_t at = said.find(object);
        REQUIRE(at != std::string::npos);
        const std::string line = said.substr(at, said.find('\n', at) - at);
        CHECK(line.find("prints an expression differently from MySQL 8.0.15") != std::string::npos);
    }

    sql(target,
        "CREATE OR REPLACE VIEW v1 AS SELECT ISNULL(a) AS x, a AS y, a IS TRUE AS z, a IS NOT FALSE AS w "
        "FROM t;"
        "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v2 AS SELECT a AND c AS x, a OR c AS y, a XOR 1 AS z "
        "FROM t "
        "WHERE a;"
        "CREATE OR REPLACE VIEW v6 AS SELECT MAX(a) AS mm FROM t GROUP BY b HAVING MAX(a) IS NULL;"
        "CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v7 (`p q`,r) AS SELECT id, NOT a FROM t "
        "WHERE "
        "c IS NULL WITH CASCADED CHECK OPTION;"
        "CREATE OR REPLACE VIEW v8 AS SELECT id FROM t WHERE id=5 AND c IS NOT NULL;"
        "ALTER TABLE g MODIFY g1 INT AS (a IS NOT NULL);"
        "ALTER TABLE g2 DROP KEY h, ADD KEY h ((NOT b) DESC);",
        "other");
    CHECK(errors(move.tool.compare(move.job(), SchemaPart::post_data, move.control)) ==
          std::vector<std::string>{"schema.different d.g", "schema.different d.g2", "schema.different d.v1",
                                   "schema.different d.v2", "schema.different d.v6", "schema.different d.v7",
                                   "schema.different d.v8"});
}
