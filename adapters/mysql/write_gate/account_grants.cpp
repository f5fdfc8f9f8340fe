#include "adapters/mysql/write_gate/account_grants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

using Json = nlohmann::ordered_json;

GrantSet grants_of(Connection& connection, std::string_view quoted) {
    std::vector<std::string> lines;
    for (const Row& row : connection.query(fmt::format("SHOW GRANTS FOR {}", quoted)).rows)
        lines.push_back(row.at(0).value_or(""));
    return parse_grants(lines);
}

bool role_can_write(Connection& connection, const std::string& role, std::set<std::string>& seen) {
    if (!seen.insert(role).second) return false;
    const GrantSet grants = grants_of(connection, role);
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
        return can_write(grant) || (grant.kind == GrantKind::role && role_can_write(connection, grant.name, seen));
    });
}

std::vector<std::string> read_default_roles(Connection& connection, const AccountName& account) {
    std::vector<std::string> roles;
    const ServerVersion& version = connection.version();
    // MariaDB keeps the default role of an account from which the role is taken.
    if (version.mariadb || !version.at_least(8, 0)) return roles;
    const Result result = connection.query(
        fmt::format("SELECT DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST FROM mysql.default_roles WHERE USER = {} AND HOST = {} "
                    "ORDER BY DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST",
                    quote_text(account.user), quote_text(account.host)));
    for (const Row& row : result.rows) roles.push_back(AccountName{row[0].value_or(""), row[1].value_or("")}.quoted());
    return roles;
}

}  // namespace

AccountGrants read_account(Connection& connection, const AccountName& account) {
    return {account, grants_of(connection, account.quoted()), read_default_roles(connection, account)};
}

GrantSet writing_part(Connection& connection, const GrantSet& grants) {
    GrantSet part;
    for (const Grant& grant : grants) {
        std::set<std::string> seen;
        if (can_write(grant) || (grant.kind == GrantKind::role && role_can_write(connection, grant.name, seen)))
            part.insert(grant);
    }
    return part;
}

GrantSet missing(const GrantSet& wanted, const GrantSet& grants) {
    GrantSet rest;
    std::set_difference(wanted.begin(), wanted.end(), grants.begin(), grants.end(), std::inserter(rest, rest.end()));
    return rest;
}

std::string to_saved(const std::vector<AccountGrants>& accounts) {
    Json list = Json::array();
    for (const AccountGrants& account : accounts)
        list.push_back({{"user", account.account.user},
                        {"host", account.account.host},
                        {"grants", grant_statements(account.grants, account.account.quoted())},
                        {"default_roles", account.default_roles}});
    return Json{{"accounts", list}}.dump();
}

std::vector<AccountGrants> from_saved(const std::string& saved) {
    std::vector<AccountGrants> accounts;
    try {
        const Json document = Json::parse(saved);
        for (const Json& entry : document.at("accounts")) {
            AccountGrants account;
            account.account = {entry.at("user").get<std::string>(), entry.at("host").get<std::string>()};
            account.grants = parse_grants(entry.at("grants").get<std::vector<std::string>>());
            account.default_roles = entry.at("default_roles").get<std::vector<std::string>>();
            accounts.push_back(std::move(account));
        }
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorKind::failed, "cutover.record_broken", "report.cutover.saved",
                    std::string("the record of the revoked privileges can't be read: ") + error.what(),
                    "put the accounts' privileges back by hand; the job's events name the accounts");
    }
    return accounts;
}

}  // namespace transload::mysql
