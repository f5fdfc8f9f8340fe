#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/preflight/grants.hpp"

namespace transload::mysql {

/// One of the two servers under inspection: its session and what every check needs to know of it. All
/// read-only.
class Server {
  public:
    /// `side` is "source" or "target", the object of findings about the server as a whole.
    Server(std::string side, const Endpoint& endpoint);

    [[nodiscard]] const std::string& side() const { return side_; }
    [[nodiscard]] Connection& connection() { return connection_; }
    [[nodiscard]] const ServerVersion& version() const { return connection_.version(); }
    [[nodiscard]] bool mariadb() const { return version().mariadb; }
    /// MySQL (not MariaDB) of at least this version.
    [[nodiscard]] bool mysql_from(int major, int minor, int patch = 0) const;
    [[nodiscard]] bool mariadb_from(int major, int minor, int patch = 0) const;

    /// A global system variable, or "" where the server has none of this name.
    [[nodiscard]] std::string variable(std::string_view name) const;
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    /// ON, 1, YES, TRUE.
    [[nodiscard]] bool on(std::string_view name) const;
    [[nodiscard]] bool ignores_case() const { return variable("lower_case_table_names") != "0"; }

    [[nodiscard]] const std::string& account() const {
        return account_;
    }  ///< user@host, as CURRENT_USER() says
    [[nodiscard]] const Grants& grants() const { return grants_; }
    [[nodiscard]] GrantDialect dialect() const;
    /// "GRANT <privileges> ON <level> TO 'user'@'host'"; the level is written as given.
    [[nodiscard]] std::string grant_statement(std::string_view privileges, std::string_view level) const;
    /// `database`.* as it must stand in a GRANT.
    [[nodiscard]] std::string database_level(std::string_view database) const;

    /// SHOW GLOBAL STATUS LIKE, or 0.
    [[nodiscard]] std::uint64_t status(std::string_view name);
    [[nodiscard]] bool has_database(std::string_view name);

  private:
    std::string side_;
    Connection connection_;
    std::map<std::string, std::string, std::less<>> variables_;
    std::string account_;
    Grants grants_;
    std::optional<std::set<std::string>> databases_;
};

/// ASCII lower case, as identifiers and variables are compared.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace transload::mysql
