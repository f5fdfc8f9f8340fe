#include "adapters/mysql/preflight/grants.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

struct Token {
    std::string text;
    bool quoted = false;
    [[nodiscard]] bool is(std::string_view word) const { return !quoted && text == word; }
};

/// Words (upper case), quoted names and single signs.
std::vector<Token> tokens_of(std::string_view line) {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < line.size();) {
        const char c = line[i];
        if (c == ' ') {
            ++i;
        } else if (c == '`' || c == '\'' || c == '"') {
            Token token{"", true};
            for (++i; i < line.size(); ++i) {
                if (line[i] != c) {
                    token.text += line[i];
                } else if (i + 1 < line.size() && line[i + 1] == c) {
                    token.text += line[++i];
                } else {
                    break;
                }
            }
            ++i;
            tokens.push_back(std::move(token));
        } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
            Token token;
            for (; i < line.size() && (std::isalnum(static_cast<unsigned char>(line[i])) || line[i] == '_');
                 ++i)
                token.text += static_cast<char>(std::toupper(static_cast<unsigned char>(line[i])));
            tokens.push_back(std::move(token));
        } else {
            tokens.push_back({std::string(1, c), false});
            ++i;
        }
    }
    return tokens;
}

}  // namespace

Grants::Grants(const std::vector<std::string>& lines, GrantDialect dialect) : dialect_(dialect) {
    for (const std::string& line : lines) read(line);
}

void Grants::read(const std::string& line) {
    const std::vector<Token> tokens = tokens_of(line);
    if (tokens.size() < 4) return;
    const bool revoke = tokens[0].is("REVOKE");
    if (!revoke && !tokens[0].is("GRANT")) return;

    // The list of privileges, or of roles when TO comes without ON.
    Privileges whole;
    std::size_t i = 1;
    for (std::string item; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        const bool end = token.is("ON") || token.is("TO");
        if (token.is(",") || end) {
            if (!item.empty()) whole.insert(item);
            item.clear();
            if (end) break;
        } else if (token.is("(")) {
            while (i < tokens.size() && !tokens[i].is(")")) ++i;
            item.clear();  // a privilege on columns is none on the table
        } else {
            item += (item.empty() ? "" : " ") + token.text;
        }
    }
    if (i >= tokens.size()) return;
    if (tokens[i].is("TO")) {
        // `role`@`host`, or `role` alone (MariaDB).
        for (std::size_t k = 1; k < i; ++k)
            if (tokens[k].quoted && (k == 1 || !tokens[k - 1].is("@"))) roles_.push_back(tokens[k].text);
        return;
    }

    ++i;
    if (i < tokens.size() && tokens[i].is("TABLE")) ++i;
    if (i + 2 >= tokens.size()) return;
    if (!tokens[i].quoted && !tokens[i].is("*")) return;  // FUNCTION, PROCEDURE, PACKAGE
    if (!tokens[i + 1].is(".")) return;                   // PROXY ON ``@``
    const Token database = tokens[i];
    const Token object = tokens[i + 2];
    std::string grantee;
    for (std::size_t k = i + 4; k < tokens.size(); ++k) {
        if (!tokens[k].quoted && !tokens[k].is("@") && k > i + 4) break;
        grantee += tokens[k].text;
    }

    if (revoke) {
        if (database.quoted && object.is("*"))
            revoked_[fold(database.text)].insert(whole.begin(), whole.end());
    } else if (database.is("*")) {
        global_.insert(whole.begin(), whole.end());
    } else if (object.is("*")) {
        databases_.push_back({grantee, fold(database.text), whole});
    } else {
        tables_[{fold(database.text), fold(object.text)}].insert(whole.begin(), whole.end());
    }
}

std::string Grants::fold(std::string_view name) const {
    std::string folded(name);
    if (dialect_.ignore_case)
        std::transform(folded.begin(), folded.end(), folded.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return folded;
}

bool Grants::matches(std::string_view pattern, std::string_view name) const {
    if (!dialect_.wildcards) return pattern == name;
    if (pattern.empty()) return name.empty();
    if (pattern.front() == '%') {
        for (std::size_t skip = 0; skip <= name.size(); ++skip)
            if (matches(pattern.substr(1), name.substr(skip))) return true;
        return false;
    }
    if (name.empty()) return false;
    if (pattern.front() == '\\' && pattern.size() > 1)
        return pattern[1] == name.front() && matches(pattern.substr(2), name.substr(1));
    return (pattern.front() == '_' || pattern.front() == name.front()) &&
           matches(pattern.substr(1), name.substr(1));
}

/// The server tries an account's patterns in this order and takes the first that matches, alone.
std::size_t Grants::specificity(std::string_view pattern) const {
    if (!dialect_.wildcards) return std::string_view::npos;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (pattern[i] == '%' || pattern[i] == '_') {
            return i;
        }
    }
    return std::string_view::npos;
}

bool Grants::holds(const Privileges& privileges, std::string_view privilege) {
    return privileges.contains(privilege) || privileges.contains("ALL PRIVILEGES") ||
           privileges.contains("ALL");
}

bool Grants::everywhere(std::string_view privilege) const {
    return holds(global_, privilege);
}

bool Grants::on_database(std::string_view privilege, std::string_view database) const {
    const std::string name = fold(database);
    if (everywhere(privilege)) {
        const auto revoked = revoked_.find(name);
        if (revoked == revoked_.end() || !holds(revoked->second, privilege)) return true;
    }
    // Of each grantee (the account, each role) only its most specific pattern counts.
    std::map<std::string, const DatabaseGrant*> best;
    for (const DatabaseGrant& grant : databases_) {
        if (!matches(grant.pattern, name)) continue;
        const DatabaseGrant*& chosen = best[grant.grantee];
        if (!chosen || specificity(grant.pattern) > specificity(chosen->pattern)) chosen = &grant;
    }
    return std::any_of(best.begin(), best.end(),
                       [&](const auto& entry) { return holds(entry.second->privileges, privilege); });
}

bool Grants::on_table(std::string_view privilege, std::string_view database, std::string_view table) const {
    if (on_database(privilege, database)) return true;
    const auto grant = tables_.find({fold(database), fold(table)});
    return grant != tables_.end() && holds(grant->second, privilege);
}

std::string quote_grant_database(std::string_view database, GrantDialect dialect) {
    std::string escaped;
    for (const char c : database) {
        if (dialect.wildcards && (c == '_' || c == '%' || c == '\\')) escaped += '\\';
        escaped += c;
    }
    return quote_name(escaped);
}

std::string quote_grantee(std::string_view account) {
    const auto part = [](std::string_view text) {
        std::string quoted = "'";
        for (const char c : text) {
            if (c == '\'' || c == '\\') quoted += c;
            quoted += c;
        }
        return quoted + "'";
    };
    const std::size_t at = account.rfind('@');
    return part(account.substr(0, at)) + "@" +
           part(at == std::string_view::npos ? "%" : account.substr(at + 1));
}

}  // namespace transload::mysql
