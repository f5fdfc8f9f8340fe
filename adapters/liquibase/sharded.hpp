#pragma once
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/liquibase/changelog.hpp"
#include "adapters/liquibase/source_schema.hpp"
#include "adapters/liquibase/table_definition.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// What becomes of a schema whose tables ShardingSphere-Proxy spreads over several servers.
namespace transload::liquibase {

struct ShardedSchema {
    std::set<std::string> tables;  ///< of the source database, spread by a rule
    /// Views and programs that can't work over shards: (word as in changeSet ids, name). They are triggers on
    /// sharded tables, and whatever mentions a sharded table or something that is left out itself.
    std::set<std::pair<std::string, std::string>> left_out;

    /// True for a foreign key from or to a sharded table of this database.
    [[nodiscard]] bool leaves_out(const std::string& child, const DefinitionItem& foreign_key) const;
};

/// Whether a text names one of these (upper case), quotes read as its session did. A column of that name counts too: what
/// is left out is said, what fails at night is not.
[[nodiscard]] bool mentions(const std::string& sql, const Session& session, const std::set<std::string>& names);

[[nodiscard]] ShardedSchema sharded_schema(const SourceDatabase& database, const std::vector<TablePlan>& tables);

/// Marks the changeSets of a database's changelog: whose tables the proxy makes, and what is left out. Gives a
/// finding of severity warning for each object that is left out, and for counters that would repeat on shards.
[[nodiscard]] Findings mark_sharded(const SourceDatabase& database, const ShardedSchema& sharded,
                                    Changelog& changelog);

}  // namespace transload::liquibase
