#include "adapters/mysql/json_types.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::mysql;

TEST_CASE("the paths of a document's scalars are found in its own order") {
    CHECK(scalar_paths(R"({"z": 1, "a b": [true, {"c\"d": null}], "e": {}})") ==
          std::vector<std::string>{R"($."z")", R"($."a b"[0])", R"($."a b"[1]."c\"d")"});
    CHECK(scalar_paths("1.5") == std::vector<std::string>{"$"});
    CHECK(scalar_paths("[]").empty());
    CHECK(scalar_paths("no json").empty());
}

TEST_CASE("values whose type text does not carry are written by an expression of that type") {
    CHECK(typed_value("DATE", "2024-02-29", 12) == "CAST('2024-02-29' AS DATE)");
    CHECK(typed_value("DATETIME", "2024-01-02 03:04:05.678901", 12) == "CAST('2024-01-02 03:04:05.678901' AS DATETIME(6))");
    CHECK(typed_value("BLOB", "base64:type15:AP8=", 6) == "FROM_BASE64('AP8=')");
    CHECK(typed_value("BLOB", "base64:type252:AP8=", 6).empty());
    CHECK(typed_value("DOUBLE", "1.5", 9).empty());
    CHECK(typed_value("STRING", "x", 3).empty());
}

TEST_CASE("a DECIMAL is written so that it takes its stored size again") {
    // Sizes as MySQL gives them: JSON_STORAGE_SIZE(JSON_EXTRACT(JSON_ARRAY(…), '$[0]')).
    const auto column = [](const char* text, const char* type) {
        return std::string("(SELECT v FROM (SELECT DISTINCT CAST('") + text + "' AS " + type + ") AS v) AS d)";
    };
    CHECK(typed_value("DECIMAL", "0.5", 7) == "0.5");
    CHECK(typed_value("DECIMAL", "0.5", 9) == column("0.5", "DECIMAL(6, 1)"));
    CHECK(typed_value("DECIMAL", "-0.500", 8) == "-0.500");
    CHECK(typed_value("DECIMAL", "5", 6) == "5.");
    CHECK(typed_value("DECIMAL", "-7", 8) == column("-7", "DECIMAL(5, 0)"));
    CHECK(typed_value("DECIMAL", "12345678901.5", 11) == "12345678901.5");
    CHECK(typed_value("DECIMAL", "12345678901.5", 14) == column("12345678901.5", "DECIMAL(17, 1)"));
    CHECK(typed_value("DECIMAL", "0.00", 6) == column("0.00", "DECIMAL(3, 2)"));
}

TEST_CASE("a key condition names exactly the keys") {
    TablePlan plan;
    Column id;
    id.name = "id";
    id.data_type = "int";
    Column word;
    word.name = "w";
    word.data_type = "varchar";
    word.charset = "latin1";
    plan.columns = {id, word};
    plan.key = RowKey{"PRIMARY", {{0, false}}};
    CHECK(key_condition(plan, {{"1"}, {"-2"}}) == "`id` IN (1, -2)");
    plan.key = RowKey{"PRIMARY", {{0, false}, {1, true}}};
    CHECK(key_condition(plan, {{"1", "a"}, {"2", ""}}) == "((`id` = 1 AND `w` = _latin1 x'61') OR (`id` = 2 AND `w` = _latin1 ''))");
}
