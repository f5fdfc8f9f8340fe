#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/write_gate/account_name.hpp"
#include "adapters/mysql/write_gate/grant_lines.hpp"

namespace transload::mysql {

/// What an account may do, as it is recorded before anything is taken from it.
struct AccountGrants {
    AccountName account;
    GrantSet grants;
    std::vector<std::string> default_roles;  ///< as written; MySQL forgets them when the role is revoked
    friend bool operator==(const AccountGrants&, const AccountGrants&) = default;
};

/// Reads SHOW GRANTS FOR the account. Throws ServerError with code 1141 when there is no such account.
[[nodiscard]] AccountGrants read_account(Connection& connection, const AccountName& account);

/// The part of its grants that can write: privileges, and the roles that can, through other roles as well.
[[nodiscard]] GrantSet writing_part(Connection& connection, const GrantSet& grants);

/// What `grants` lack of `wanted`.
[[nodiscard]] GrantSet missing(const GrantSet& wanted, const GrantSet& grants);

/// JSON of CutoverReport::saved, without passwords, and back. from_saved throws Error{failed, "cutover.record_broken"}.
[[nodiscard]] std::string to_saved(const std::vector<AccountGrants>& accounts);
[[nodiscard]] std::vector<AccountGrants> from_saved(const std::string& saved);

constexpr unsigned no_such_account = 1141;

}  // namespace transload::mysql
