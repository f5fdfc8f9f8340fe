#include "adapters/config/environment.hpp"

#include <cstdlib>
#include <string_view>

namespace transload::config {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// "limits.workers" → "TRANSLOAD_LIMITS_WORKERS"
std::string variable_of(std::string_view path) {
    std::string name = "TRANSLOAD_";
    for (const char c : path)
        name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

Variables variables_of(std::initializer_list<std::string_view> paths) {
    Variables variables;
    for (const std::string_view path : paths) variables.emplace_back(variable_of(path), std::string(path));
    return variables;
}

/// A key that is a map or one word is a variable of its own too: it says the map's main member.
Variables with_short_forms(std::initializer_list<std::string_view> paths) {
    Variables variables{{variable_of("cutover"), "cutover.mode"}};
    for (auto& variable : variables_of(paths)) variables.push_back(std::move(variable));
    return variables;
}

Node environment_of(const Variables& variables, const Lookup& lookup) {
    Node root = Node::map();
    root.origin = Origin::environment;
    for (const auto& [name, path] : variables)
        if (auto value = lookup(name); value && !value->empty())
            set(root, path, std::move(*value), Origin::environment);
    return root;
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

const Variables& job_variables() {
    static const Variables variables = with_short_forms({"source",
                                                     "target",
                                                     "source_password",
                                                     "source_password_file",
                                                     "target_password",
                                                     "target_password_file",
                                                     "databases",
                                                     "engine",
                                                     "tables.include",
                                                     "tables.exclude",
                                                     "if_exists",
                                                     "validate",
                                                     "repair",
                                                     "show_values",
                                                     "cutover.mode",
                                                     "cutover.write_stop",
                                                     "cutover.hook",
                                                     "cutover.accounts",
                                                     "cutover.timeout",
                                                     "cutover.open_transactions",
                                                     "cutover.transaction_limit",
                                                     "cutover.max_lag",
                                                     "cutover.reverse",
                                                     "cutover.hand_over.command",
                                                     "cutover.hand_over.webhook",
                                                     "cutover.hand_over.timeout",
                                                     "follow.ddl",
                                                     "follow.validate_every",
                                                     "shardingsphere.proxies",
                                                     "shardingsphere.password",
                                                     "shardingsphere.password_file",
                                                     "shardingsphere.tables_at_once",
                                                     "shardingsphere.read_threads",
                                                     "shardingsphere.write_threads",
                                                     "shardingsphere.batch_size",
                                                     "shardingsphere.range_rows",
                                                     "shardingsphere.stall",
                                                     "definers",
                                                     "target_log_bin",
                                                     "limits.workers",
                                                     "limits.rows_per_second",
                                                     "limits.bytes_per_second",
                                                     "limits.memory",
                                                     "limits.replica_lag",
                                                     "limits.threads_running",
                                                     "limits.history_list_length",
                                                     "retry.attempts",
                                                     "retry.backoff",
                                                     "liquibase.home",
                                                     "liquibase.java",
                                                     "liquibase.timeout",
                                                     "schema_dir",
                                                     "state_dir"});
    return variables;
}

const Variables& serve_variables() {
    static const Variables variables = variables_of(
        {"server.host", "server.port", "server.token_file", "server.tls.cert", "server.tls.key", "state_dir",
         "schema_dir", "liquibase.home", "liquibase.java", "liquibase.timeout", "shardingsphere.proxies",
         "shardingsphere.password", "shardingsphere.password_file", "jobs.concurrent"});
    return variables;
}

Node job_environment(const Lookup& lookup) {
    return environment_of(job_variables(), lookup);
}

Node serve_environment(const Lookup& lookup) {
    return environment_of(serve_variables(), lookup);
}

}  // namespace transload::config
