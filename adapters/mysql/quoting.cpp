#include "adapters/mysql/quoting.hpp"

#include <algorithm>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql {
namespace {

bool is_plain(char c) {
    // Neither a quote, a backslash nor a control character, and the same byte in every client character set.
    return c >= ' ' && c <= '~' && c != '\'' && c != '\\';
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace

std::string quote_name(std::string_view name) {
    if (name.empty() || name.find('\0') != std::string_view::npos)
        throw Error(ErrorKind::usage, "mysql.bad_name", std::string(name), "not a possible name of an object",
                    "names must not be empty and must not contain a NUL byte");
    std::string quoted = "`";
    for (const char c : name) {
        if (c == '`') quoted += '`';
        quoted += c;
    }
    return quoted + '`';
}

std::string quote_name(const TableName& name) { return quote_name(name.database) + "." + quote_name(name.table); }

std::string quote_text(std::string_view utf8) {
    if (std::all_of(utf8.begin(), utf8.end(), is_plain)) return "'" + std::string(utf8) + "'";
    return charset_literal("utf8mb4", utf8);
}

std::string hex_literal(std::string_view bytes) {
    if (bytes.empty()) return "''";
    return "x'" + hex(bytes) + "'";
}

std::string charset_literal(std::string_view charset, std::string_view bytes) {
    return "_" + std::string(charset) + (bytes.empty() ? " ''" : " x'" + hex(bytes) + "'");
}

std::string comment_text(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        const bool control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        safe += control ? '?' : c;
        if (c == '*') safe += ' ';
    }
    return safe;
}

}  // namespace transload::mysql
