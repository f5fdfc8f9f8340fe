#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What SHOW GRANTS says of one account, in pieces that can be taken away and given back one by one. Pure.
namespace transload::mysql {

enum class GrantKind {
    privilege,    ///< `name` on `level`
    column,       ///< `name` on `column` of the table `level`
    option,       ///< WITH GRANT OPTION on `level`
    role,         ///< the role `name`, as written
    proxy,        ///< PROXY ON `level`
    restriction,  ///< a partial revoke: `name` is not to be had on `level`, in spite of a grant on *.*
};

struct Grant {
    GrantKind kind = GrantKind::privilege;
    std::string level;   ///< as written: *.*, `db`.*, `db`.`t`, PROCEDURE `db`.`p`
    std::string name;    ///< upper case for privileges
    std::string column;  ///< as written, quoted
    /// Of a role: WITH ADMIN OPTION. Of a dynamic privilege (MySQL keeps it for each): WITH GRANT OPTION.
    bool own_option = false;
    friend auto operator<=>(const Grant&, const Grant&) = default;
};

using GrantSet = std::set<Grant>;

/// Rows of SHOW GRANTS FOR an account. Passwords, TLS and limits, which MariaDB writes into them, and lines that give
/// nothing (SET DEFAULT ROLE) are left out. Throws Error{failed, "cutover.grants_unreadable"} for a line that it can't
/// read: what can't be read can't be put back.
[[nodiscard]] GrantSet parse_grants(const std::vector<std::string>& lines);

/// Whether somebody who has it can change rows or definitions of tables, or make somebody else do so.
[[nodiscard]] bool can_write(const Grant& grant);

/// The statements that take away what of `grants` can write, from the widest level to the narrowest. `account` is quoted.
[[nodiscard]] std::vector<std::string> revoke_statements(const GrantSet& grants, std::string_view account, bool mariadb);

/// The statements that give `grants`, restrictions last. They are also the form in which grants are recorded.
[[nodiscard]] std::vector<std::string> grant_statements(const GrantSet& grants, std::string_view account);

}  // namespace transload::mysql
