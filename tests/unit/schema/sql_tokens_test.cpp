#include "adapters/liquibase/sql_tokens.hpp"

#include <catch2/catch.hpp>

using namespace transload::liquibase;

namespace {
std::vector<std::string> texts(const std::string& sql, QuoteRules rules = {}) {
    std::vector<std::string> result;
    for (const Token& token : significant(tokenize(sql, rules))) result.emplace_back(token.text);
    return result;
}
}  // namespace

TEST_CASE("Tokens joined give the text again, whatever it holds") {
    const std::string sql =
        "select 'a''b\\'c', \"d\", `e``f` /* it's */ -- don't\n , # x'\n /*!50100 y */ 1.5e-3 é;";
    std::string joined;
    for (const Token& token : tokenize(sql)) joined += token.text;
    CHECK(joined == sql);
}

TEST_CASE("Quotes inside comments and comments inside quotes fool nobody") {
    CHECK(texts("a /* ' */ b") == std::vector<std::string>{"a", "b"});
    CHECK(texts("'/*' a '*/'") == std::vector<std::string>{"'/*'", "a", "'*/'"});
    CHECK(texts("-- it's\nx") == std::vector<std::string>{"x"});
    CHECK(texts("1--1") == std::vector<std::string>{"1", "-", "-", "1"});
}

TEST_CASE("A backslash ends nothing unless NO_BACKSLASH_ESCAPES says that it is a letter") {
    CHECK(texts(R"('a\'b' c)") == std::vector<std::string>{R"('a\'b')", "c"});
    CHECK(texts(R"('a\' b)", {false, false}) == std::vector<std::string>{R"('a\')", "b"});
}

TEST_CASE("A name loses its quotes and doubled backticks") {
    CHECK(tokenize("`we``ird`").at(0).name() == "we`ird");
    CHECK(tokenize("plain").at(0).name() == "plain");
}

TEST_CASE("A literal's escapes are resolved to its bytes") {
    CHECK(literal_value(R"('a\0b''c\n\\')") == std::string("a\0b'c\n\\", 7));
}
