#include "adapters/shardingsphere/distsql/statements.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"
#include "adapters/shardingsphere/distsql/unit_url.hpp"

namespace transload::shardingsphere::statements {
namespace {

/// The proxy reads these into 32 bits.
std::uint64_t number(std::uint64_t value) {
    return std::clamp<std::uint64_t>(value, 1, std::numeric_limits<std::int32_t>::max());
}

enum class Side { source, target };

/// The proxy registers as a replica with its password in clear, for which a server has a field of this size; a longer
/// one fails when the inventory is done.
constexpr std::size_t longest_source_password = 32;

std::string unit_clause(const UnitDefinition& unit, Side side) {
    std::string password;
    if (!unit.endpoint.password.empty()) {
        // The two grammars read the same word differently.
        const std::string& text = unit.endpoint.password.reveal();
        const std::string what = "the password of " + unit.endpoint.label();
        if (side == Side::source && text.size() > longest_source_password)
            throw Error(ErrorKind::usage, "shardingsphere.long_password", what,
                        what + " is longer than a MySQL server takes it from the proxy's binlog client (32 bytes)",
                        "give the migration's account a shorter password");
        password = ", PASSWORD=" + (side == Side::source ? quote_stripped(text, what) : quote_escaped(text, what));
    }
    return fmt::format("{} (URL={}, USER={}{}, PROPERTIES('maxPoolSize'='{}', 'minPoolSize'='1'))",
                       quote_proxy_name(unit.name), quote_stripped(unit_url(unit.endpoint, unit.database), "the URL"),
                       quote_stripped(unit.endpoint.user, "the user of " + unit.endpoint.label()), password,
                       number(unit.max_pool_size));
}

std::string limiter(std::string_view type, std::string_view property, std::uint64_t per_second) {
    if (per_second == 0) return {};
    return fmt::format(", RATE_LIMITER(TYPE(NAME='{}', PROPERTIES('{}'='{}')))", type, property, number(per_second));
}

}  // namespace

std::string create_database(const std::string& name) { return "CREATE DATABASE " + quote_proxy_name(name); }
std::string drop_database(const std::string& name) { return "DROP DATABASE " + quote_proxy_name(name); }
std::string use(const std::string& name) { return "USE " + quote_proxy_name(name); }

std::string show_storage_units(const std::string& database) {
    return "SHOW STORAGE UNITS FROM " + quote_proxy_name(database);
}

std::string register_storage_unit(const UnitDefinition& unit) {
    return "REGISTER STORAGE UNIT " + unit_clause(unit, Side::target);
}

std::string unregister_storage_unit(const std::string& name) {
    return "UNREGISTER STORAGE UNIT " + quote_proxy_name(name);
}

std::string register_source_unit(const UnitDefinition& unit) {
    return "REGISTER MIGRATION SOURCE STORAGE UNIT " + unit_clause(unit, Side::source);
}

std::string unregister_source_unit(const std::string& name) {
    return "UNREGISTER MIGRATION SOURCE STORAGE UNIT " + quote_proxy_name(name);
}

std::uint64_t batches_per_second(const MigrationRule& rule) {
    if (rule.rows_per_second == 0) return 0;
    return std::max<std::uint64_t>(1, rule.rows_per_second / number(rule.read_batch));
}

std::string alter_migration_rule(const MigrationRule& rule) {
    return fmt::format(
        "ALTER MIGRATION RULE (READ(WORKER_THREAD={}, BATCH_SIZE={}, SHARDING_SIZE={}{}), "
        "WRITE(WORKER_THREAD={}, BATCH_SIZE={}), "
        "STREAM_CHANNEL(TYPE(NAME='MEMORY', PROPERTIES('block-queue-size'='{}'))))",
        number(rule.read_threads), number(rule.read_batch), number(rule.sharding_size),
        limiter("QPS", "qps", batches_per_second(rule)), number(rule.write_threads), number(rule.write_batch),
        number(rule.queue_size));
}

std::string create_sharding_rule(const ShardingRule& rule) {
    std::vector<std::string> units;
    for (const std::string& unit : rule.units) units.push_back(quote_proxy_name(unit));
    std::vector<std::string> properties;
    for (const auto& [key, value] : rule.properties)
        properties.push_back(quote_property(key) + "=" + quote_property(value));
    // The type is a name of Java's service loader: the same characters as the proxy's own names.
    (void)quote_proxy_name(rule.algorithm);
    return fmt::format("CREATE SHARDING TABLE RULE {} (STORAGE_UNITS({}), SHARDING_COLUMN={}, TYPE(NAME='{}'{}))",
                       quote_proxy_name(rule.table), fmt::join(units, ", "), quote_table_name(rule.column),
                       rule.algorithm,
                       properties.empty() ? "" : fmt::format(", PROPERTIES({})", fmt::join(properties, ", ")));
}

std::string drop_sharding_rule(const std::string& table) {
    return "DROP SHARDING TABLE RULE " + quote_proxy_name(table);
}

std::string show_sharding_nodes(const std::string& table) {
    return "SHOW SHARDING TABLE NODES " + quote_proxy_name(table);
}

std::string set_default_single_unit(const std::string& unit) {
    return "SET DEFAULT SINGLE TABLE STORAGE UNIT = " + quote_proxy_name(unit);
}

std::string load_single_tables(const std::string& unit, const std::vector<std::string>& tables) {
    std::string list;
    for (const std::string& table : tables)
        list += (list.empty() ? "" : ", ") + quote_proxy_name(unit) + "." + quote_table_name(table);
    return "LOAD SINGLE TABLE " + list;
}

std::string migrate_table(const std::string& source_unit, const std::string& table, const std::string& database,
                          const std::string& target_table) {
    return fmt::format("MIGRATE TABLE {}.{} INTO {}.{}", migratable_name(source_unit), migratable_name(table),
                       migratable_name(database), migratable_name(target_table));
}

std::string of_job(std::string_view verb, const std::string& id) { return std::string(verb) + " " + quote_job_id(id); }

std::string check_migration(const std::string& id, std::uint64_t chunk_rows) {
    return fmt::format("CHECK MIGRATION {} BY TYPE(NAME='DATA_MATCH', PROPERTIES('chunk-size'='{}'))",
                       quote_job_id(id), number(chunk_rows));
}

}  // namespace transload::shardingsphere::statements
