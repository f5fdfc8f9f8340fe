#include "adapters/mysql/write_gate/grant_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "adapters/mysql/write_gate/grant_tokens.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::mysql {
namespace {

using Tokens = std::vector<GrantToken>;

[[noreturn]] void unreadable(const std::string& line) {
    // MariaDB's lines hold password hashes behind the account's name.
    throw Error(ErrorKind::failed, "cutover.grants_unreadable", "SHOW GRANTS",
                "a line of SHOW GRANTS can't be read: " + line.substr(0, line.find(" TO ")),
                "stop the writers by another method (cutover.write_stop)");
}

/// Dynamic privileges are one word with '_' in it; static ones use spaces.
bool is_dynamic(std::string_view privilege) { return privilege.find('_') != std::string_view::npos; }

/// One item of the list before ON: words, and columns in parentheses.
struct Item {
    std::string name;
    std::vector<std::string> columns;
};

/// Reads from `at` to the word ON or TO, where it leaves `at`.
std::vector<Item> read_items(const std::string& line, const Tokens& tokens, std::size_t& at) {
    std::vector<Item> items(1);
    for (; at < tokens.size() && !tokens[at].is("ON") && !tokens[at].is("TO"); ++at) {
        const GrantToken& token = tokens[at];
        if (token.is(",")) {
            items.emplace_back();
        } else if (token.is("(")) {
            for (++at; at < tokens.size() && !tokens[at].is(")"); ++at)
                if (!tokens[at].is(",")) items.back().columns.push_back(tokens[at].raw(line));
        } else if (token.quoted || token.is("@")) {
            items.back().name += token.raw(line);  // of a role: `name`@`host`
        } else {
            items.back().name += (items.back().name.empty() ? "" : " ") + token.text;
        }
    }
    if (at == tokens.size()) unreadable(line);
    return items;
}

bool ends_with_option(const Tokens& tokens, std::size_t from, std::string_view which) {
    for (std::size_t i = from; i + 1 < tokens.size(); ++i)
        if (tokens[i].is(which) && tokens[i + 1].is("OPTION")) return true;
    return false;
}

void read_privileges(const std::string& line, const Tokens& tokens, std::size_t at, const std::vector<Item>& items,
                     bool revoke, GrantSet& grants) {
    const std::size_t begin = ++at;
    while (at < tokens.size() && !tokens[at].is(revoke ? "FROM" : "TO")) ++at;
    if (at == tokens.size() || at == begin) unreadable(line);
    const std::size_t first = tokens[begin].begin;
    const std::string level = line.substr(first, tokens[at - 1].end - first);
    const bool option = ends_with_option(tokens, at, "GRANT");
    for (const Item& item : items) {
        if (item.name == "PROXY") {
            grants.insert({GrantKind::proxy, level, item.name, "", option});
            continue;
        }
        if (revoke) {
            grants.insert({GrantKind::restriction, level, item.name, "", false});
            continue;
        }
        if (is_dynamic(item.name)) {
            // MySQL keeps its option with it; MariaDB's READ_ONLY ADMIN is a static one in spite of its name.
            const bool own = item.name.find(' ') == std::string::npos;
            grants.insert({GrantKind::privilege, level, item.name, "", own && option});
            if (own) continue;
        } else if (!item.columns.empty()) {
            for (const std::string& column : item.columns)
                grants.insert({GrantKind::column, level, item.name, column, false});
        } else if (item.name != "USAGE") {
            grants.insert({GrantKind::privilege, level, item.name, "", false});
        }
        if (option) grants.insert({GrantKind::option, level, "GRANT OPTION", "", false});
    }
}

constexpr auto writing = std::to_array<std::string_view>({
    "ALL", "ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "TRIGGER", "CREATE VIEW",
    // Stored programs write with their definer's privileges.
    "EXECUTE", "CREATE ROUTINE", "ALTER ROUTINE", "EVENT",
    "CREATE TABLESPACE", "DELETE HISTORY", "DELETE VERSIONING ROWS", "FILE",
    // Ways to come by what was taken away: other accounts, roles, definers, and rows that come as binary log events.
    "SUPER", "CREATE USER", "CREATE ROLE", "DROP ROLE", "ROLE_ADMIN", "SET_USER_ID", "SET_ANY_DEFINER", "SET USER",
    "BINLOG_ADMIN", "BINLOG REPLAY", "REPLICATION_APPLIER",
});

/// What ALL PRIVILEGES means on a level, as far as it can write.
std::string writing_of_all(std::string_view level, bool mariadb) {
    std::string list = "INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, TRIGGER, CREATE VIEW";
    const bool table = !level.ends_with(".*");
    if (!table) list += ", EXECUTE, CREATE ROUTINE, ALTER ROUTINE, EVENT";
    if (mariadb) list += ", DELETE HISTORY";
    if (level == "*.*") list += ", CREATE TABLESPACE, FILE, SUPER, CREATE USER";
    if (level == "*.*" && mariadb) list += ", SET USER, BINLOG REPLAY";
    return list;
}

/// *.* before `db`.* before tables and routines: while a privilege is there on *.*, MySQL may take its REVOKE on a
/// database for a partial revoke.
int width(const Grant& grant) {
    if (grant.level == "*.*") return 0;
    return grant.level.ends_with(".*") ? 1 : 2;
}

std::string phrase(const Grant& grant) {
    return grant.kind == GrantKind::column ? grant.name + " (" + grant.column + ")" : grant.name;
}

}  // namespace

GrantSet parse_grants(const std::vector<std::string>& lines) {
    GrantSet grants;
    for (const std::string& line : lines) {
        const Tokens tokens = grant_tokens(line);
        if (tokens.size() > 2 && tokens[0].is("SET") && tokens[1].is("DEFAULT")) continue;
        if (tokens.size() < 4 || (!tokens[0].is("GRANT") && !tokens[0].is("REVOKE"))) unreadable(line);
        std::size_t at = 1;
        const std::vector<Item> items = read_items(line, tokens, at);
        if (tokens[at].is("ON")) {
            read_privileges(line, tokens, at, items, tokens[0].is("REVOKE"), grants);
            continue;
        }
        for (const Item& item : items)
            grants.insert({GrantKind::role, "", item.name, "", ends_with_option(tokens, at, "ADMIN")});
    }
    return grants;
}

bool can_write(const Grant& grant) {
    if (grant.kind != GrantKind::privilege && grant.kind != GrantKind::column) return false;
    return std::find(writing.begin(), writing.end(), grant.name) != writing.end();
}

std::vector<std::string> revoke_statements(const GrantSet& grants, std::string_view account, bool mariadb) {
    std::vector<std::string> statements;
    for (int wide = 0; wide < 3; ++wide) {
        std::map<std::string, std::string> lists;
        for (const Grant& grant : grants) {
            if (!can_write(grant) || width(grant) != wide) continue;
            std::string& list = lists[grant.level];
            const bool all = grant.name == "ALL" || grant.name == "ALL PRIVILEGES";
            list += (list.empty() ? "" : ", ") + (all ? writing_of_all(grant.level, mariadb) : phrase(grant));
        }
        for (const auto& [level, list] : lists)
            statements.push_back(fmt::format("REVOKE {} ON {} FROM {}", list, level, account));
    }
    for (const Grant& grant : grants)
        if (grant.kind == GrantKind::role) statements.push_back(fmt::format("REVOKE {} FROM {}", grant.name, account));
    return statements;
}

std::vector<std::string> grant_statements(const GrantSet& grants, std::string_view account) {
    std::vector<std::string> statements, restrictions;
    std::map<std::pair<int, std::string>, std::string> lists;
    for (const Grant& grant : grants) {
        switch (grant.kind) {
            case GrantKind::privilege:
                if (grant.own_option) {
                    statements.push_back(fmt::format("GRANT {} ON {} TO {} WITH GRANT OPTION", grant.name, grant.level, account));
                    break;
                }
                [[fallthrough]];
            case GrantKind::column: {
                std::string& list = lists[{width(grant), grant.level}];
                list += (list.empty() ? "" : ", ") + phrase(grant);
                break;
            }
            case GrantKind::option:
                statements.push_back(fmt::format("GRANT USAGE ON {} TO {} WITH GRANT OPTION", grant.level, account));
                break;
            case GrantKind::role:
                statements.push_back(fmt::format("GRANT {} TO {}{}", grant.name, account,
                                                 grant.own_option ? " WITH ADMIN OPTION" : ""));
                break;
            case GrantKind::proxy:
                statements.push_back(fmt::format("GRANT PROXY ON {} TO {}{}", grant.level, account,
                                                 grant.own_option ? " WITH GRANT OPTION" : ""));
                break;
            case GrantKind::restriction:
                restrictions.push_back(fmt::format("REVOKE {} ON {} FROM {}", grant.name, grant.level, account));
                break;
        }
    }
    for (const auto& [key, list] : lists)
        statements.push_back(fmt::format("GRANT {} ON {} TO {}", list, key.second, account));
    statements.insert(statements.end(), restrictions.begin(), restrictions.end());
    return statements;
}

}  // namespace transload::mysql
