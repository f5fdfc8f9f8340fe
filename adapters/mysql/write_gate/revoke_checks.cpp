#include "adapters/mysql/write_gate/revoke_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/write_gate/rights.hpp"

namespace transload::mysql {
namespace {

[[noreturn]] void refuse(const AccountName& account, const std::string& why, const std::string& remedy) {
    throw Error(ErrorKind::refused, "cutover.revoke", account.display(), why, remedy);
}

AccountGrants existing(Connection& connection, const AccountName& account) {
    try {
        return read_account(connection, account);
    } catch (const ServerError& error) {
        if (error.connection_lost()) throw;
        refuse(account, "the account's privileges can't be read: " + error.message(),
               "name an account that SELECT User, Host FROM mysql.user shows; GRANT SELECT ON mysql.* to the job's account");
    }
}

/// `db`.* of a table's level, *.* of any.
std::vector<std::string> levels_above(const std::string& level) {
    std::vector<std::string> levels{level, "*.*"};
    const std::size_t quote = level.find('`');
    if (quote == std::string::npos || level.ends_with(".*")) return levels;
    for (std::size_t i = quote + 1; i < level.size(); ++i) {
        if (level[i] != '`') continue;
        if (i + 1 < level.size() && level[i + 1] == '`') {
            ++i;
            continue;
        }
        levels.push_back(level.substr(quote, i + 1 - quote) + ".*");
        break;
    }
    return levels;
}

bool may_give(const GrantSet& own, const Grant& grant) {
    if (grant.kind == GrantKind::role)
        return has_global(own, {"ROLE_ADMIN", "SUPER"}) || std::any_of(own.begin(), own.end(), [&](const Grant& mine) {
                   return mine.kind == GrantKind::role && mine.name == grant.name && mine.own_option;
               });
    bool has = false, option = false;
    for (const std::string& level : levels_above(grant.level))
        for (const Grant& mine : own) {
            if (mine.level != level) continue;
            option = option || mine.kind == GrantKind::option;
            if (mine.kind != GrantKind::privilege) continue;
            const bool all_of_level = mine.name == "ALL PRIVILEGES";
            if (mine.name != grant.name && !all_of_level) {
                // MySQL spells all privileges of *.* out: INSERT and EVENT among them stand for ALL PRIVILEGES below it.
                if (grant.name != "ALL PRIVILEGES" || !has_global(own, {"INSERT"}) || !has_global(own, {"EVENT"})) continue;
            }
            has = true;
            option = option || mine.own_option;
        }
    return has && option;
}

void refuse_what_cant_be_taken(Connection& connection, const AccountGrants& account, const GrantSet& writing) {
    for (const Grant& grant : account.grants)
        if (grant.kind == GrantKind::proxy)
            refuse(account.account, fmt::format("it may act as another account (PROXY ON {})", grant.level),
                   "REVOKE PROXY from it, or use another method of cutover.write_stop");
    const ServerVersion& version = connection.version();
    if (version.mariadb || !version.at_least(8, 0)) return;
    const std::string mandatory = connection.scalar("SELECT @@GLOBAL.mandatory_roles").value_or("");
    for (const Grant& grant : writing) {
        if (grant.kind != GrantKind::role || mandatory.empty()) continue;
        if (mandatory.find(parse_account(grant.name).user) != std::string::npos)
            refuse(account.account, fmt::format("it can write by the role {}, which mandatory_roles gives to all", grant.name),
                   "SET GLOBAL mandatory_roles without that role, or use another method of cutover.write_stop");
    }
}

/// Rights of everybody: MariaDB's PUBLIC, and databases granted to the user ''.
void refuse_rights_of_everybody(Connection& connection, const JobSpec& spec) {
    if (connection.version().mariadb && connection.version().at_least(10, 11)) {
        std::vector<std::string> lines;
        for (const Row& row : connection.query("SHOW GRANTS FOR PUBLIC").rows) lines.push_back(row.at(0).value_or(""));
        if (const GrantSet grants = parse_grants(lines); !writing_part(connection, grants).empty())
            refuse({"PUBLIC", ""}, "everybody can write by the role PUBLIC", "REVOKE what PUBLIC can write");
    }
    for (const DatabaseMapping& mapping : spec.databases) {
        const Result rows = connection.query(
            fmt::format("SELECT Db FROM mysql.db WHERE User = '' AND 'Y' IN (Insert_priv, Update_priv, Delete_priv, "
                        "Create_priv, Drop_priv, Alter_priv, Execute_priv) AND {} LIKE Db",
                        quote_text(mapping.source)));
        if (!rows.rows.empty())
            refuse({"", "%"}, fmt::format("everybody can write to {} by a grant to the anonymous user", mapping.source),
                   "REVOKE ALL PRIVILEGES, GRANT OPTION FROM ''@'%'");
    }
}

}  // namespace

std::vector<AccountGrants> revocable_accounts(Connection& connection, const JobSpec& spec) {
    const AccountName own = own_account(connection);
    if (spec.cutover.accounts.empty())
        refuse(own, "no account is named whose privileges are to be revoked", "cutover: {accounts: ['user@host', …]}");
    const GrantSet mine = own_grants(connection);
    // What a session was allowed when it began it may keep: sessions that can't be seen would go on writing.
    if (!has_global(mine, {"PROCESS"}))
        throw Error(ErrorKind::refused, "cutover.no_privilege", connection.endpoint().label(),
                    "the job's account can't see the sessions of the accounts, which have to end",
                    fmt::format("GRANT PROCESS ON *.* TO {}", own.quoted()));
    std::vector<AccountGrants> accounts;
    for (const std::string& text : spec.cutover.accounts) {
        const AccountName name = parse_account(text);
        if (std::any_of(accounts.begin(), accounts.end(), [&](const auto& known) { return known.account == name; })) continue;
        if (name.user == own.user || name.user == connection.endpoint().user)
            refuse(name, "the job itself works with this user", "let the job log in as a user of its own");
        AccountGrants account = existing(connection, name);
        const GrantSet writing = writing_part(connection, account.grants);
        refuse_what_cant_be_taken(connection, account, writing);
        for (const Grant& grant : writing)
            if (!may_give(mine, grant)) {
                const bool role = grant.kind == GrantKind::role;
                throw Error(ErrorKind::refused, "cutover.no_privilege", connection.endpoint().label(),
                            fmt::format("the job's account could not give {} back to {}", grant.name, name.display()),
                            role ? fmt::format("GRANT {} TO {} WITH ADMIN OPTION", grant.name, own.quoted())
                                 : fmt::format("GRANT {} ON {} TO {} WITH GRANT OPTION", grant.name, grant.level, own.quoted()));
            }
        accounts.push_back(std::move(account));
    }
    refuse_rights_of_everybody(connection, spec);
    return accounts;
}

void tell_other_writers(Connection& connection, const JobSpec& spec, RunControl& control) {
    std::string databases;
    for (const DatabaseMapping& mapping : spec.databases)
        databases += fmt::format("{}{} LIKE TABLE_SCHEMA", databases.empty() ? "" : " OR ", quote_text(mapping.source));
    const std::string writing = "PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE')";
    std::set<std::string> named{own_account(connection).display()};
    for (const std::string& text : spec.cutover.accounts) named.insert(parse_account(text).display());
    std::set<std::string> others;
    for (const Row& row : connection
                              .query(fmt::format("SELECT GRANTEE FROM information_schema.USER_PRIVILEGES WHERE {0} UNION "
                                                 "SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE {0} AND ({1}) "
                                                 "UNION SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE {0} AND ({1})",
                                                 writing, databases))
                              .rows)
        if (const std::string other = parse_account(row[0].value_or("")).display(); !named.contains(other)) others.insert(other);
    if (others.empty()) return;
    std::string list;
    std::size_t count = 0;
    for (const std::string& other : others)
        if (++count <= 10) list += (list.empty() ? "" : ", ") + other;
    control.event(Severity::warning, "cutover", "source",
                  fmt::format("these accounts may write to the job's databases and keep their privileges, they must not: {}{}",
                              list, count > 10 ? fmt::format(" and {} more", count - 10) : ""));
}

}  // namespace transload::mysql
