#include "adapters/config/document.hpp"
#include "adapters/config/job_document.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::contains;
using transload::test::error_of;

namespace {

std::vector<TableMapping> mappings_of(const std::string& yaml) {
    return job_spec_from(parse_yaml("source: mysql://u@s/shop\ntarget: mysql://u@t\nmapping: " + yaml + "\n", "f")).mappings;
}
Error refused(const std::string& yaml) {
    return error_of([&] { (void)mappings_of(yaml); });
}

}  // namespace

TEST_CASE("rules that rename, mark, drop and filter are read in their order") {
    const auto rules = mappings_of(R"(
  - {match: orders, rename: orders_v2, columns: {cust: customer_id, "a b": ab}, leave_out: [note, "old id"], where: "region = 'eu'"}
  - {match: "shop.tmp_*", prefix: old_, suffix: _x}
  - "\\*star=star"
  - {match: kept}
)");
    REQUIRE(rules.size() == 4);
    CHECK(rules[0].rename == "orders_v2");
    CHECK(rules[0].columns == std::map<std::string, std::string>{{"cust", "customer_id"}, {"a b", "ab"}});
    CHECK(rules[0].leave_out == std::vector<std::string>{"note", "old id"});
    CHECK(rules[0].where == "region = 'eu'");
    CHECK(rules[1].prefix == "old_");
    CHECK(rules[1].suffix == "_x");
    CHECK(rules[2].match == "\\*star");
    CHECK(rules[2].rename == "star");
    CHECK(rules[3].rename.empty());
}

TEST_CASE("a rule that can't be meant names its key") {
    const std::string long_name(65, 'n');
    CHECK(refused("[{rename: b}]").object() == "mapping[0].match");
    CHECK(refused("[{match: a, rename: b, suffix: c}]").object() == "mapping[0].rename");
    CHECK(refused("[{match: a, rename: b, prefix: c}]").id() == "config.conflict");
    for (const char* glob : {"\"*\"", "\"a?\"", "\"[ab]\"", "\"a\\\\\\\\*\""}) {
        CAPTURE(glob);
        CHECK(refused(std::string("[{match: ") + glob + ", rename: b}]").object() == "mapping[0].rename");
    }
    CHECK(refused("[{match: a, rename: " + long_name + "}]").object() == "mapping[0].rename");
    CHECK(refused("[{match: a, rename: \"b \"}]").object() == "mapping[0].rename");
    CHECK(refused("[{match: a, columns: {b: " + long_name + "}}]").object() == "mapping[0].columns.\"b\"");
    CHECK(refused("[{match: a, columns: {b: x, c: x}}]").id() == "config.conflict");
    CHECK(refused("[{match: a, columns: [b]}]").object() == "mapping[0].columns");
    CHECK(refused("[{match: a, columns: {b: x}, leave_out: [b]}]").object() == "mapping[0].leave_out");
    CHECK(refused("[{match: a, leave_out: [b, b]}]").object() == "mapping[0].leave_out");
    CHECK(refused("[{match: a, where: \"\"}]").object() == "mapping[0].where");
    CHECK(refused("[{match: a}, {match: b, wher: x}]").object() == "mapping[1].wher");
    CHECK(contains(refused("[{match: a, wher: x}]").message(), "did you mean \"where\""));
    CHECK(refused("[{match: a}, {match: a, suffix: x}]").object() == "mapping[1]");
    CHECK(refused("[{match: \"*\", prefix: " + std::string(32, 'p') + ", suffix: " + std::string(32, 's') + "}]").object() ==
          "mapping[0]");
    CHECK(refused("{match: a}").object() == "mapping");
    for (const char* text : {"orders", "=x", "x=", "a=b=c", "\"a*=b\""}) {
        CAPTURE(text);
        CHECK(refused(std::string("[") + text + "]").object() == "mapping[0]");
    }
}

TEST_CASE("a name of 64 characters is no matter how many bytes long") {
    std::string name;
    for (int i = 0; i < 64; ++i) name += "\u00e4";
    CHECK(mappings_of("[{match: a, rename: " + name + "}]").at(0).rename == name);
}
