#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"

#include <algorithm>

#include "adapters/shardingsphere/distsql/distsql_words.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::shardingsphere {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

[[noreturn]] void refuse(std::string id, std::string object, const std::string& message, std::string remedy) {
    throw Error(ErrorKind::usage, std::move(id), std::move(object), message, std::move(remedy));
}

void refuse_control(std::string_view text, std::string_view what) {
    if (std::any_of(text.begin(), text.end(), is_control))
        refuse("shardingsphere.bad_text", std::string(what),
               std::string(what) + " holds a control character, which DistSQL can't carry", "use one without");
}

/// Between single quotes as the lexer reads them: a backslash takes the next character with it.
bool closes_as_meant(std::string_view inside, char quote) {
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == quote) return false;
        if (inside[i] == '\\' && ++i == inside.size()) return false;
    }
    return true;
}

}  // namespace

std::string quote_proxy_name(std::string_view name) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_word))
        refuse("shardingsphere.bad_name", std::string(name),
               "ShardingSphere-Proxy keeps only names of ASCII letters, digits and '_'", "choose such a name");
    return "`" + std::string(name) + "`";
}

bool is_quotable_table_name(std::string_view name) {
    return !name.empty() && name.find_first_of("`'\"[]") == std::string_view::npos &&
           std::none_of(name.begin(), name.end(), is_control);
}

std::string quote_table_name(std::string_view name) {
    if (!is_quotable_table_name(name))
        refuse("shardingsphere.bad_name", std::string(name),
               "DistSQL can't carry a name with quotes, backticks, square brackets or control characters",
               "move this table with the native engine, or rename it");
    return "`" + std::string(name) + "`";
}

bool is_migratable_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_word) &&
           !std::all_of(name.begin(), name.end(), is_digit) && !is_distsql_word(name);
}

std::string migratable_name(std::string_view name) {
    if (!is_migratable_name(name))
        refuse("shardingsphere.table_name", std::string(name),
               "MIGRATE TABLE can't name it: it takes letters, digits and '_' without quotes, and no word of DistSQL",
               "move this table with the native engine, or rename it");
    return std::string(name);
}

std::string quote_stripped(std::string_view text, std::string_view what) {
    refuse_control(text, what);
    if (text.find_first_of("'\"[]") != std::string_view::npos)
        refuse("shardingsphere.bad_text", std::string(what),
               std::string(what) + " holds one of [ ] ' \", which ShardingSphere-Proxy removes without a word",
               "use one without these characters");
    // Backticks around the whole are taken off after the quotes are, and doubled ones inside are halved.
    const bool in_backticks = text.size() > 1 && text.front() == '`' && text.back() == '`';
    std::string quoted = in_backticks ? "'`" : "'";
    for (const char c : text) {
        quoted += c;
        if (c == '`' && in_backticks) quoted += c;
        // The lexer lets a backslash hide the next character, and nobody takes the backslash off. A double quote is a
        // next character that the proxy removes.
        if (c == '\\') quoted += '"';
    }
    if (in_backticks) quoted += '`';
    return quoted + '\'';
}

std::string quote_escaped(std::string_view text, std::string_view what) {
    refuse_control(text, what);
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '\'';
}

std::string quote_property(std::string_view text) {
    refuse_control(text, "a property");
    const bool trimmed = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    for (const char quote : {'\'', '"'})
        if (!trimmed && closes_as_meant(text, quote)) return quote + std::string(text) + quote;
    refuse("shardingsphere.bad_property", std::string(text), "DistSQL can't carry this property",
           "use one without quotes, without a backslash at its end and without space at either end");
}

std::string quote_job_id(std::string_view id) {
    constexpr std::string_view prefix = "j0102p0000";
    const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    if (id.size() != prefix.size() + 32 || !id.starts_with(prefix) ||
        !std::all_of(id.begin() + prefix.size(), id.end(), is_hex))
        refuse("shardingsphere.bad_job_id", std::string(id), "this is not the id of a migration job",
               "report this with the version of ShardingSphere-Proxy");
    return "'" + std::string(id) + "'";
}

}  // namespace transload::shardingsphere
