#include "adapters/mysql/write_gate/rights.hpp"

#include <algorithm>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {

AccountName own_account(Connection& connection) {
    return parse_account(connection.scalar("SELECT CURRENT_USER()").value_or(""));
}

GrantSet own_grants(Connection& connection) {
    std::vector<std::string> lines;
    for (const Row& row : connection.query("SHOW GRANTS").rows) lines.push_back(row.at(0).value_or(""));
    return parse_grants(lines);
}

bool has_global(const GrantSet& grants, std::initializer_list<std::string_view> privileges) {
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
        if (grant.kind != GrantKind::privilege || grant.level != "*.*") return false;
        return grant.name == "ALL PRIVILEGES" ||
               std::find(privileges.begin(), privileges.end(), grant.name) != privileges.end();
    });
}

std::vector<std::string> passes_of_read_only(const ServerVersion& version) {
    if (!version.mariadb) return {"CONNECTION_ADMIN", "SUPER"};
    // MariaDB took it out of SUPER with 10.11.
    if (version.at_least(10, 11)) return {"READ_ONLY ADMIN"};
    return {"READ_ONLY ADMIN", "SUPER"};
}

std::vector<AccountName> others_past_read_only(Connection& connection) {
    const ServerVersion& version = connection.version();
    std::string statement;
    if (version.mariadb) {
        // information_schema shows no roles. Bits of the server's own privilege mask.
        constexpr std::uint64_t super = 1ULL << 15, read_only_admin = 1ULL << 33;
        const std::uint64_t mask = read_only_admin | (version.at_least(10, 11) ? 0 : super);
        statement = "SELECT User, Host FROM mysql.global_priv WHERE "
                    "(CAST(JSON_VALUE(Priv, '$.access') AS UNSIGNED) & " + std::to_string(mask) + ") <> 0 "
                    "AND IFNULL(JSON_VALUE(Priv, '$.account_locked'), '0') NOT IN ('1', 'true')";
    } else {
        statement = "SELECT u.User, u.Host FROM mysql.user u WHERE u.account_locked = 'N' AND (u.Super_priv = 'Y'";
        if (version.at_least(8, 0))
            statement += " OR EXISTS (SELECT 1 FROM mysql.global_grants g WHERE g.USER = u.User AND g.HOST = u.Host "
                         "AND g.PRIV = 'CONNECTION_ADMIN')";
        statement += ")";
    }
    const AccountName own = own_account(connection);
    std::vector<AccountName> others;
    for (const Row& row : connection.query(statement).rows) {
        AccountName account{row[0].value_or(""), row[1].value_or("")};
        if (account != own) others.push_back(std::move(account));
    }
    return others;
}

}  // namespace transload::mysql
