#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/write_gate/account_name.hpp"
#include "adapters/mysql/write_gate/grant_lines.hpp"

/// Who may do what on a server, as far as it matters for stopping writes.
namespace transload::mysql {

/// CURRENT_USER() of the session.
[[nodiscard]] AccountName own_account(Connection& connection);

/// What the session itself may do, its active roles included.
[[nodiscard]] GrantSet own_grants(Connection& connection);

/// Whether `grants` hold one of these on *.*.
[[nodiscard]] bool has_global(const GrantSet& grants, std::initializer_list<std::string_view> privileges);

/// The privileges, one of which lets an account write in spite of read_only=1.
[[nodiscard]] std::vector<std::string> passes_of_read_only(const ServerVersion& version);

/// Accounts (and roles) other than the session's own that may write in spite of read_only=1 (MySQL: while
/// super_read_only=0), as "user@host". Those that nobody can log in to are left out. Needs SELECT on the schema mysql.
[[nodiscard]] std::vector<AccountName> others_past_read_only(Connection& connection);

}  // namespace transload::mysql
