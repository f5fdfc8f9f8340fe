#include "adapters/liquibase/rename.hpp"

#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

/// As SHOW CREATE writes it, so that the comparison finds the same text.
std::string quoted_account(const std::string& account) {
    const std::size_t at = account.rfind('@');
    if (at == std::string::npos) return mysql::quote_name(account) + "@`%`";
    return mysql::quote_name(account.substr(0, at)) + "@" + mysql::quote_name(account.substr(at + 1));
}

}  // namespace

std::string localise(std::string_view ddl, const std::string& own, const Names& names) {
    const std::vector<Token> tokens = tokenize(ddl);
    std::string result;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool qualifier = tokens[i].kind == TokenKind::name && i + 2 < tokens.size() &&
                               tokens[i + 1].is('.') && tokens[i + 2].kind == TokenKind::name &&
                               (i == 0 || !tokens[i - 1].is('.'));
        if (qualifier) {
            const std::string database = tokens[i].name();
            const auto known = names.objects.find(database);
            if (known != names.objects.end() && known->second.contains(tokens[i + 2].name())) {
                if (database == own) {
                    ++i;  // and the point
                    continue;
                }
                result += mysql::quote_name(names.databases.at(database));
                continue;
            }
        }
        result += tokens[i].text;
    }
    return result;
}

std::string rename_trigger_head(std::string_view ddl, const std::string& own, const std::string& target) {
    if (own == target) return std::string(ddl);
    const std::vector<Token> tokens = tokenize(ddl);
    std::string result;
    bool in_head = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is_word("TRIGGER") && result.size() < 300) in_head = true;
        if (tokens[i].is_word("FOR") || tokens[i].is('(')) in_head = false;
        if (in_head && tokens[i].identifier() && tokens[i].name() == own && i + 1 < tokens.size() &&
            tokens[i + 1].is('.'))
            result += mysql::quote_name(target);
        else
            result += tokens[i].text;
    }
    return result;
}

bool mentions_database(std::string_view sql, const std::string& database) {
    const std::vector<Token> tokens = significant(tokenize(sql));
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (tokens[i].identifier() && tokens[i].name() == database && tokens[i + 1].is('.') &&
            (i == 0 || !tokens[i - 1].is('.')))
            return true;
    return false;
}

std::string apply_definer(std::string_view ddl, const DefinerOptions& options) {
    if (options.policy == DefinerPolicy::keep) return std::string(ddl);
    const std::vector<Token> tokens = tokenize(ddl);
    std::string result;
    bool done = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        // DEFINER = account stands before the object's own words; an account is a@b or CURRENT_USER or a
        // role.
        if (!done && tokens[i].is_word("DEFINER") && i + 2 < tokens.size() && tokens[i + 1].is('=')) {
            done = true;
            std::size_t end = i + 3;
            if (end + 1 < tokens.size() && tokens[end].is('@')) end += 2;
            if (options.policy == DefinerPolicy::map)
                result += "DEFINER=" + quoted_account(options.account);
            else if (end < tokens.size() && tokens[end].kind == TokenKind::space)
                ++end;
            i = end - 1;
            continue;
        }
        result += tokens[i].text;
    }
    return result;
}

}  // namespace transload::liquibase
