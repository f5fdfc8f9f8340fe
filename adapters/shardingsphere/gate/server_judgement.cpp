#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>

#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"
#include "adapters/shardingsphere/distsql/unit_url.hpp"
#include "adapters/shardingsphere/gate/server_judgement.hpp"

namespace transload::shardingsphere {
namespace {

using mysql::Row;
using mysql::Server;

/// One look at one server.
class Judge {
  public:
    Judge(Server& server, const Endpoint& endpoint) : server_(server), endpoint_(endpoint) {}

    void source(const JobSpec& spec, const std::vector<TablePlan>& tables) {
        std::vector<std::string> databases;
        for (const DatabaseMapping& mapping : spec.databases) databases.push_back(mapping.source);
        if (server_.mariadb() || !server_.version().at_least(5, 7) || server_.version().at_least(8, 4)) {
            add("shardingsphere.source_flavour",
                fmt::format("the source is {}", server_.version().display()));
            return;  // the rest asks what such servers may not have
        }
        login(databases, true);
        binlog();
        filters(databases);
        replica();
        names(databases);
        source_privileges(databases);
        retention(tables);
    }

    void target(const std::vector<std::string>& databases) {
        if (server_.mariadb())
            add("shardingsphere.source_flavour",
                fmt::format("the {} is {}", server_.side(), server_.version().display()));
        login(databases, false);
        constexpr auto needed = std::to_array<std::string_view>(
            {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX"});
        for (const std::string& database : databases) {
            std::vector<std::string_view> missing;
            for (const std::string_view privilege : needed)
                if (!server_.grants().on_database(privilege, database)) missing.push_back(privilege);
            if (!missing.empty())
                add("shardingsphere.privilege",
                    fmt::format("the proxy needs {} on {}", fmt::join(missing, ", "), database),
                    server_.grant_statement(fmt::format("{}", fmt::join(missing, ", ")),
                                            server_.database_level(database)));
        }
        if (server_.variable("sql_mode").find("STRICT_") == std::string::npos)
            add("shardingsphere.target_mode",
                fmt::format("the sql_mode of {} is not strict", server_.side()));
    }

    std::vector<Reason> reasons() && { return std::move(reasons_); }

  private:
    void add(GateId id, std::string message, std::string remedy = "") {
        reasons_.push_back({id, server_.side(), std::move(message), std::move(remedy)});
    }

    void expect(std::string_view variable, std::string_view wanted) {
        const std::string value = server_.variable(variable);
        // A variable that the version does not have can't stand in the way.
        if (value.empty() || mysql::lower(value) == mysql::lower(wanted)) return;
        add("shardingsphere.source_binlog", fmt::format("{} is {}", variable, value),
            fmt::format("SET GLOBAL {}={}", variable, wanted));
    }

    void binlog() {
        if (!server_.on("log_bin"))
            add("shardingsphere.source_binlog", "the source has no binary log",
                "set log_bin in the source's configuration and restart it");
        expect("binlog_format", "ROW");
        expect("binlog_row_image", "FULL");
        expect("binlog_transaction_compression", "OFF");
        if (const std::string options = server_.variable("binlog_row_value_options"); !options.empty())
            add("shardingsphere.source_binlog", fmt::format("binlog_row_value_options is {}", options),
                "SET GLOBAL binlog_row_value_options=''");
    }

    void filters(const std::vector<std::string>& databases) {
        if (!server_.on("log_bin") ||
            !(server_.grants().everywhere("REPLICATION CLIENT") || server_.grants().everywhere("SUPER")))
            return;  // the missing privilege is a reason of its own
        const mysql::Result status = server_.connection().query("SHOW MASTER STATUS");
        if (status.rows.empty()) return;
        const auto cell = [&](std::string_view name) {
            return status.rows[0].at(status.column(name)).value_or("");
        };
        const auto listed = [](const std::string& list, const std::string& name) {
            return ("," + list + ",").find("," + name + ",") != std::string::npos;
        };
        const std::string only = cell("Binlog_Do_DB"), without = cell("Binlog_Ignore_DB");
        for (const std::string& database : databases)
            if (listed(without, database) || (!only.empty() && !listed(only, database)))
                add("shardingsphere.source_binlog", fmt::format("the binary log leaves {} out", database),
                    "remove binlog-do-db and binlog-ignore-db from the source's configuration and restart "
                    "it");
    }

    void replica() {
        const bool renamed = server_.mysql_from(8, 0, 26);
        if (server_.on(renamed ? "log_replica_updates" : "log_slave_updates")) return;
        if (!server_.grants().everywhere("REPLICATION CLIENT") && !server_.grants().everywhere("SUPER"))
            return;
        if (!server_.connection().query("SHOW SLAVE STATUS").rows.empty())
            add("shardingsphere.source_binlog",
                "the source is a replica that does not write what it applies into its own binary log",
                "set log_slave_updates in its configuration and restart it, or copy from the primary");
    }

    /// What the proxy's URLs and its binary log client can carry.
    void login(const std::vector<std::string>& databases, bool as_source) {
        const auto tries = [&](const std::function<void()>& act) {
            try {
                act();
            } catch (const Error& error) {
                add(error.id() == "shardingsphere.no_tls" ? GateId("shardingsphere.source_tls")
                                                          : GateId("shardingsphere.endpoint"),
                    error.message(), error.remedy());
            }
        };
        for (const std::string& database : databases) tries([&] { (void)unit_url(endpoint_, database); });
        tries([&] { (void)quote_stripped(endpoint_.user, "the user of " + endpoint_.label()); });
        tries([&] {
            const std::string what = "the password of " + endpoint_.label();
            if (as_source)
                (void)quote_stripped(endpoint_.password.reveal(), what);
            else
                (void)quote_escaped(endpoint_.password.reveal(), what);
        });
        if (server_.on("require_secure_transport"))
            add("shardingsphere.source_tls",
                fmt::format("the {} demands TLS of all accounts", server_.side()),
                "SET GLOBAL require_secure_transport=OFF while the job runs, or use the native engine");
        const std::string account =
            server_.connection().scalar("SHOW CREATE USER CURRENT_USER()").value_or("");
        if (account.find("REQUIRE ") != std::string::npos &&
            account.find("REQUIRE NONE") == std::string::npos)
            add("shardingsphere.source_tls",
                fmt::format("the account {} of the {} demands TLS", server_.account(), server_.side()),
                fmt::format("ALTER USER {} REQUIRE NONE, or use the native engine",
                            mysql::quote_grantee(server_.account())));
        const bool known = account.find("'mysql_native_password'") != std::string::npos ||
                           account.find("'caching_sha2_password'") != std::string::npos;
        if (as_source && !known)
            add("shardingsphere.account_plugin",
                fmt::format(
                    "the account {} does not log in by caching_sha2_password or mysql_native_password",
                    server_.account()));
    }

    void names(const std::vector<std::string>& databases) {
        for (const std::string& database : databases) {
            const std::string real =
                server_.connection()
                    .scalar(fmt::format(
                        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {}",
                        mysql::quote_text(database)))
                    .value_or(database);
            if (real != database)
                add("shardingsphere.database_case", fmt::format("the source writes {} as {}", database, real),
                    fmt::format("call it {} in the job", real));
        }
    }

    /// As the proxy does it: it looks for the words in the lines of SHOW GRANTS. A privilege that comes from
    /// a role or from a pattern is none to it.
    void source_privileges(const std::vector<std::string>& databases) {
        std::vector<std::string> lines;
        for (const Row& row : server_.connection().query("SHOW GRANTS").rows) {
            std::string line = row.at(0).value_or("");
            std::transform(line.begin(), line.end(), line.begin(), [](char c) {
                return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            });
            lines.push_back(line);
        }
        const auto granted = [&](const std::vector<std::string>& words) {
            return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
                return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
                    return line.find(word) != std::string::npos;
                });
            });
        };
        const bool all = granted({"ALL PRIVILEGES", "ON *.*"});
        if (!all && !granted({"REPLICATION SLAVE", "REPLICATION CLIENT", "ON *.*"}))
            add("shardingsphere.privilege",
                "the proxy needs REPLICATION SLAVE and REPLICATION CLIENT on the source",
                server_.grant_statement("REPLICATION SLAVE, REPLICATION CLIENT", "*.*"));
        for (const std::string& database : databases) {
            std::string upper = database;
            std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
                return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            });
            const std::string level = fmt::format("ON `{}`.*", upper);
            if (!all && !granted({"SELECT", "ON *.*"}) && !granted({"ALL PRIVILEGES", level}) &&
                !granted({"SELECT", level}))
                add("shardingsphere.privilege",
                    fmt::format("the proxy does not find SELECT on {} in SHOW GRANTS of the source (roles "
                                "and patterns "
                                "do not count for it)",
                                database),
                    server_.grant_statement("SELECT", "*.*"));
        }
    }

    void retention(const std::vector<TablePlan>& tables) {
        std::uint64_t seconds = server_.number("binlog_expire_logs_seconds");
        if (seconds == 0) seconds = 86'400 * server_.number("expire_logs_days");
        if (seconds == 0) return;  // kept for ever
        std::uint64_t bytes = 0;
        for (const TablePlan& plan : tables) bytes += plan.data_bytes;
        constexpr std::uint64_t slow_inventory_bytes_per_second = 2'000'000;
        const std::uint64_t needed = 3'600 + 2 * bytes / slow_inventory_bytes_per_second;
        if (seconds < needed)
            add("shardingsphere.source_retention",
                fmt::format("binary logs are purged after {} s; the inventory may take {} s", seconds,
                            needed),
                fmt::format("SET GLOBAL binlog_expire_logs_seconds={}",
                            std::max<std::uint64_t>(604'800, needed)));
    }

    Server& server_;
    const Endpoint& endpoint_;
    std::vector<Reason> reasons_;
};

bool contains(const std::string& text, std::string_view word) {
    return text.find(word) != std::string::npos;
}

}  // namespace

std::vector<Reason> judge_source(Server& source, const JobSpec& spec, const std::vector<TablePlan>& tables) {
    Judge judge(source, spec.source);
    judge.source(spec, tables);
    return std::move(judge).reasons();
}

std::vector<Reason> judge_target(Server& target, const Endpoint& endpoint,
                                 const std::vector<std::string>& databases) {
    Judge judge(target, endpoint);
    judge.target(databases);
    return std::move(judge).reasons();
}

bool may_be_written(const Server& source, const JobSpec& spec) {
    const bool read_only = source.on("super_read_only") || source.on("read_only");
    return !read_only || spec.cutover.mode != CutoverMode::none;
}

bool allows_zero_dates(const Server& server) {
    const std::string mode = server.variable("sql_mode");
    return !contains(mode, "STRICT_") || !contains(mode, "NO_ZERO_DATE") ||
           !contains(mode, "NO_ZERO_IN_DATE") || contains(mode, "ALLOW_INVALID_DATES");
}

}  // namespace transload::shardingsphere
