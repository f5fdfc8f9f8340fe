#pragma once
#include <cstdint>
#include <string>

#include "adapters/shardingsphere/distsql/proxy.hpp"

/// Every statement of DistSQL that Transload sends, as text. Pure; names and values go through distsql_quoting, whose
/// refusals pass through.
namespace transload::shardingsphere::statements {

[[nodiscard]] std::string create_database(const std::string& name);
[[nodiscard]] std::string drop_database(const std::string& name);
[[nodiscard]] std::string use(const std::string& name);

[[nodiscard]] std::string show_storage_units(const std::string& database);
/// Holds the password.
[[nodiscard]] std::string register_storage_unit(const UnitDefinition& unit);
[[nodiscard]] std::string unregister_storage_unit(const std::string& name);
/// Holds the password.
[[nodiscard]] std::string register_source_unit(const UnitDefinition& unit);
[[nodiscard]] std::string unregister_source_unit(const std::string& name);

/// Batches a second that keep a rule's rows per second; what the proxy's limiter counts. 0 = no limiter.
[[nodiscard]] std::uint64_t batches_per_second(const MigrationRule& rule);
/// The whole rule: what is left out is ignored or a null pointer in the proxy.
[[nodiscard]] std::string alter_migration_rule(const MigrationRule& rule);

[[nodiscard]] std::string create_sharding_rule(const ShardingRule& rule);
[[nodiscard]] std::string drop_sharding_rule(const std::string& table);
[[nodiscard]] std::string show_sharding_nodes(const std::string& table);
[[nodiscard]] std::string set_default_single_unit(const std::string& unit);
[[nodiscard]] std::string load_single_tables(const std::string& unit, const std::vector<std::string>& tables);

[[nodiscard]] std::string migrate_table(const std::string& source_unit, const std::string& table,
                                        const std::string& database, const std::string& target_table);
/// "START MIGRATION", "SHOW MIGRATION CHECK STATUS", … with a job's id.
[[nodiscard]] std::string of_job(std::string_view verb, const std::string& id);
[[nodiscard]] std::string check_migration(const std::string& id, std::uint64_t chunk_rows);

}  // namespace transload::shardingsphere::statements
