#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace transload::shardingsphere;

namespace {

/// What the lexer of DistSQL takes for one string: nullopt when the text is more or less than that.
std::optional<std::string> lexed(const std::string& text) {
    if (text.size() < 2) return std::nullopt;
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (i + 1 == text.size()) return text;
            if (text[i + 1] != quote) return std::nullopt;
            ++i;
        }
    }
    return std::nullopt;
}

/// As the proxy reads URLs, users and source passwords.
std::string stripped(const std::string& text) {
    std::string bare;
    const std::string token = lexed(text).value();
    for (const char c : token)
        if (std::string("[]'\"").find(c) == std::string::npos) bare += c;
    if (bare.size() < 2 || bare.front() != '`' || bare.back() != '`') return bare;
    std::string inner;
    const std::size_t stop = bare.size() - 1;
    for (std::size_t i = 1; i < stop; ++i) {
        if (bare[i] == '`' && (i + 1 >= stop || bare[i + 1] != '`')) return bare;
        if (bare[i] == '`') ++i;
        inner += bare[i];
    }
    return inner.empty() ? bare : inner;
}

/// As the proxy reads a target's password.
std::string unescaped(const std::string& text) {
    const std::string inside = lexed(text).value();
    std::string bare;
    for (std::size_t i = 1; i + 1 < inside.size(); ++i) {
        if (inside[i] == '\\') ++i;
        bare += inside[i];
    }
    return bare;
}

/// As the proxy reads properties.
std::string trimmed(const std::string& text) {
    const std::string inside = lexed(text).value();
    return inside.substr(1, inside.size() - 2);
}

const std::string hostile = R"(a\b\\c%20{};#?&=+:/@ ,()<>|~^!*$-_. --x /* y */)";

}  // namespace

TEST_CASE("a text that the proxy strips arrives as it was") {
    const std::string text = GENERATE_COPY(values<std::string>(
        {"", "plain", hostile, "pä$$wörd 日本", "\\", "\\\\", "ends\\", "`", "``", "```", "`x`", "`a`b`", "`a``b`",
         "`\\`", "x`", "` `", "a\\n\\t", "100%"}));
    CAPTURE(text);
    CHECK(stripped(quote_stripped(text, "it")) == text);
}

TEST_CASE("a text that the proxy would strip of something is refused and not told") {
    const std::string text = GENERATE(values<std::string>({"it's", "say \"x\"", "a[0]", "a]", "line\nbreak", std::string("a\0b", 3)}));
    try {
        (void)quote_stripped(text, "the password of x");
        FAIL("not refused");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(error.id() == "shardingsphere.bad_text");
        CHECK(error.message().find(text) == std::string::npos);
        CHECK(error.object() == "the password of x");
    }
}

TEST_CASE("a target's password arrives as it was") {
    const std::string text = GENERATE_COPY(values<std::string>(
        {"", "plain", hostile, "it's", "''", "say \"x\"", "a[0]", "\\", "\\\\", "\\'", "\\\\'", "ends\\", "`x`",
         "\\n", "\\\\n", "日本"}));
    CAPTURE(text);
    CHECK(unescaped(quote_escaped(text, "it")) == text);
    CHECK_THROWS_AS(quote_escaped("a\nb", "it"), Error);
}

TEST_CASE("a property arrives as it was, or is refused") {
    const std::string text = GENERATE_COPY(values<std::string>(
        {"", "4", "it's", "say \"x\"", "ds_${0..1}.t_${id % 2}", "a\\b", "a\\\\", "2020-01-01 00:00:00"}));
    CAPTURE(text);
    CHECK(trimmed(quote_property(text)) == text);
    for (const char* bad : {"'\"", " a", "a ", "a\\", "a\nb"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(quote_property(bad), Error);
    }
}

TEST_CASE("names of the proxy's own are letters, digits and underscores") {
    CHECK(quote_proxy_name("ds_0") == "`ds_0`");
    CHECK(quote_proxy_name("123") == "`123`");
    CHECK(quote_proxy_name("user") == "`user`");
    for (const char* bad : {"", "a b", "a-b", "a.b", "a`b", "a'b", "a$b", "schön", "a;b", "a\nb"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(quote_proxy_name(bad), Error);
    }
}

TEST_CASE("names of tables and columns stand in backticks, and quotes are refused") {
    CHECK(quote_table_name("order items") == "`order items`");
    CHECK(quote_table_name("a$b") == "`a$b`");
    for (const char* bad : {"", "a`b", "a'b", "a\"b", "a[b", "a]b", "a\tb"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(quote_table_name(bad), Error);
    }
}

TEST_CASE("a table that MIGRATE TABLE can't name is known before it is sent") {
    for (const char* good : {"orders", "ORDERS", "_", "1a", "users", "order"}) {
        CAPTURE(good);
        CHECK(is_migratable_name(good));
        CHECK(migratable_name(good) == good);
    }
    for (const char* bad : {"", "12", "a b", "a$b", "a-b", "a.b", "`a`", "user", "User", "STATUS", "type", "list", "job",
                            "source", "rule", "host", "port", "url", "unit", "read", "write", "name", "schön"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_migratable_name(bad));
        CHECK_THROWS_AS(migratable_name(bad), Error);
    }
}

TEST_CASE("only an id of a migration job is put into a statement") {
    const std::string id = "j0102p0000" + std::string(31, 'a') + "9";
    CHECK(quote_job_id(id) == "'" + id + "'");
    for (const std::string& bad : {std::string(), id + "a", id.substr(1), "j0102p0000" + std::string(32, 'G'),
                                   "j0102p0000" + std::string(32, 'A'), "j0302p0000" + std::string(32, 'a'),
                                   "j0102p0000" + std::string(30, 'a') + "';", "x'" + id}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(quote_job_id(bad), Error);
    }
}
