#include "adapters/mysql/preflight/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

Server::Server(std::string side, const Endpoint& endpoint)
    : side_(std::move(side)), connection_(endpoint, ConnectOptions{}) {
    for (const Row& row : connection_.query("SHOW GLOBAL VARIABLES").rows)
        variables_.emplace(lower(row.at(0).value_or("")), row.at(1).value_or(""));
    account_ = connection_.scalar("SELECT CURRENT_USER()").value_or("");
    std::vector<std::string> lines;
    for (const Row& row : connection_.query("SHOW GRANTS").rows) lines.push_back(row.at(0).value_or(""));
    grants_ = Grants(lines, dialect());
    // Statistics as they are; filling the server's cache of them would be a write.
    if (mysql_from(8, 0)) connection_.execute("SET SESSION information_schema_stats_expiry = 0");
}

bool Server::mysql_from(int major, int minor, int patch) const {
    return !mariadb() && version().at_least(major, minor, patch);
}

bool Server::mariadb_from(int major, int minor, int patch) const {
    return mariadb() && version().at_least(major, minor, patch);
}

std::string Server::variable(std::string_view name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? "" : found->second;
}

std::uint64_t Server::number(std::string_view name) const {
    try {
        return std::stoull(variable(name));
    } catch (const std::logic_error&) {
        return 0;
    }
}

bool Server::on(std::string_view name) const {
    const std::string value = lower(variable(name));
    return value == "on" || value == "1" || value == "yes" || value == "true";
}

GrantDialect Server::dialect() const {
    return {!on("partial_revokes"), ignores_case()};
}

std::string Server::grant_statement(std::string_view privileges, std::string_view level) const {
    return fmt::format("GRANT {} ON {} TO {}", privileges, level, quote_grantee(account_));
}

std::string Server::database_level(std::string_view database) const {
    return quote_grant_database(database, dialect()) + ".*";
}

std::uint64_t Server::status(std::string_view name) {
    const Result result = connection_.query(fmt::format("SHOW GLOBAL STATUS LIKE {}", quote_text(name)));
    return result.rows.empty() ? 0 : std::stoull(result.rows[0].at(1).value_or("0"));
}

bool Server::has_database(std::string_view name) {
    if (!databases_) {
        databases_.emplace();
        for (const Row& row : connection_.query("SHOW DATABASES").rows)
            databases_->insert(ignores_case() ? lower(row.at(0).value_or("")) : row.at(0).value_or(""));
    }
    return databases_->contains(ignores_case() ? lower(name) : std::string(name));
}

}  // namespace transload::mysql
