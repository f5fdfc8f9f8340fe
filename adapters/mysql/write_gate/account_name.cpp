#include "adapters/mysql/write_gate/account_name.hpp"

#include <fmt/format.h>

#include <optional>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql {
namespace {

/// Takes a quoted name off the front of `text`; nothing when it does not begin with one.
std::optional<std::string> take_quoted(std::string_view& text) {
    if (text.empty() || (text.front() != '\'' && text.front() != '`' && text.front() != '"')) return std::nullopt;
    const char quote = text.front();
    std::string name;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != quote) {
            name += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == quote) {
            name += text[i++];
        } else {
            text.remove_prefix(i + 1);
            return name;
        }
    }
    return std::nullopt;
}

std::optional<AccountName> quoted_account(std::string_view text) {
    AccountName account;
    const auto user = take_quoted(text);
    if (!user) return std::nullopt;
    account.user = *user;
    if (text.empty()) return account;
    if (text.front() != '@') return std::nullopt;
    text.remove_prefix(1);
    const auto host = take_quoted(text);
    if (!host || !text.empty()) return std::nullopt;
    account.host = *host;
    return account;
}

/// An empty user or host is a possible one, unlike an empty name of a table.
std::string in_backticks(std::string_view name) {
    std::string quoted = "`";
    for (const char c : name) {
        if (c == '`') quoted += '`';
        quoted += c;
    }
    return quoted + '`';
}

}  // namespace

std::string AccountName::quoted() const { return in_backticks(user) + "@" + in_backticks(host); }

AccountName parse_account(std::string_view text) {
    if (text.empty() || text.find('\0') != std::string_view::npos)
        throw Error(ErrorKind::usage, "cutover.account", std::string(text), "this can't be an account",
                    "write accounts as user@host");
    if (const auto account = quoted_account(text)) return *account;
    const std::size_t at = text.rfind('@');
    AccountName account;
    account.user = std::string(text.substr(0, at));
    if (at != std::string_view::npos) account.host = std::string(text.substr(at + 1));
    return account;
}

}  // namespace transload::mysql
