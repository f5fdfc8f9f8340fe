#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What SHOW GRANTS says an account may do, for MySQL 5.7 to 9 and MariaDB. Pure.
namespace transload::mysql {

/// How a server reads database names in grants.
struct GrantDialect {
    bool wildcards = true;  ///< `%` and `_` in a database's name are wildcards (not with partial_revokes=ON)
    bool ignore_case = false;  ///< lower_case_table_names is not 0
};

class Grants {
  public:
    Grants() = default;
    /// `lines` are the rows of SHOW GRANTS for the current user, with those of its active roles. Lines that
    /// give no privilege (PROXY, SET DEFAULT ROLE) and lines that can't be read are passed over: never more
    /// than was granted.
    explicit Grants(const std::vector<std::string>& lines, GrantDialect dialect = {});

    /// Privileges are upper case with the server's own spelling: "SHOW VIEW", "SET_USER_ID", "BINLOG ADMIN".
    [[nodiscard]] bool everywhere(std::string_view privilege) const;
    [[nodiscard]] bool on_database(std::string_view privilege, std::string_view database) const;
    /// On the whole table: a grant on some of its columns does not count.
    [[nodiscard]] bool on_table(std::string_view privilege, std::string_view database,
                                std::string_view table) const;

    /// Roles granted to the account, active or not, as written (`r`@`%`).
    [[nodiscard]] const std::vector<std::string>& roles() const { return roles_; }

  private:
    using Privileges = std::set<std::string, std::less<>>;
    struct DatabaseGrant {
        std::string grantee;
        std::string pattern;
        Privileges privileges;
    };

    void read(const std::string& line);
    [[nodiscard]] std::string fold(std::string_view name) const;
    [[nodiscard]] bool matches(std::string_view pattern, std::string_view name) const;
    [[nodiscard]] std::size_t specificity(std::string_view pattern) const;
    static bool holds(const Privileges& privileges, std::string_view privilege);

    GrantDialect dialect_;
    Privileges global_;
    std::vector<DatabaseGrant> databases_;
    std::map<std::pair<std::string, std::string>, Privileges> tables_;
    std::map<std::string, Privileges, std::less<>> revoked_;  ///< partial revokes, by database
    std::vector<std::string> roles_;
};

/// A database's name as it must stand in GRANT … ON <here>.*: quoted, its wildcards escaped.
[[nodiscard]] std::string quote_grant_database(std::string_view database, GrantDialect dialect = {});

/// CURRENT_USER() text (user@host) as GRANT takes it.
[[nodiscard]] std::string quote_grantee(std::string_view account);

}  // namespace transload::mysql
