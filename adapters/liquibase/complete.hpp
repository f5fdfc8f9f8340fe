#pragma once
#include <map>
#include <string>
#include <vector>

#include "adapters/liquibase/changelog.hpp"
#include "adapters/liquibase/judge.hpp"
#include "adapters/liquibase/rename.hpp"
#include "adapters/liquibase/sharded.hpp"
#include "adapters/liquibase/source_schema.hpp"
#include "orchestrator/ports/schema_tool.hpp"

/// From what Liquibase generated and what the server says: the complete changelog.
namespace transload::liquibase {

struct Completion {
    Changelog changelog;
    Findings findings;
};

/// A view of some database of the job.
using ViewName = std::pair<std::string, std::string>;

/// What is the same for all databases of one job.
struct CompletionContext {
    const JobSpec& spec;
    const std::vector<TablePlan>& tables;
    Names names;
    std::map<ViewName, unsigned> view_levels;  ///< 1 for views on tables only, and so on
    std::map<std::string, ShardedSchema> sharded;  ///< by source database; empty without a sharded target
};

/// True when the selection means the database as a whole, so that routines and events belong to it.
[[nodiscard]] bool whole_database(const Selection& selection, const std::string& database);

/// What to read of a source database for this job.
[[nodiscard]] Wanted wanted_of(const JobSpec& spec, const std::vector<TablePlan>& tables,
                               const std::string& database);

/// The same of its target, whose tables may have other names.
[[nodiscard]] Wanted wanted_on_target(const JobSpec& spec, const std::vector<TablePlan>& tables,
                                      const std::string& database);

/// Collects names and view levels of all databases. Throws Error "schema.view_needs" for a view on something
/// that the selection leaves out (`everything`: all names per database, selected or not).
[[nodiscard]] CompletionContext make_context(const JobSpec& spec, const std::vector<TablePlan>& tables,
                                             const std::vector<SourceDatabase>& databases,
                                             const std::map<std::string, std::set<std::string>>& everything);

[[nodiscard]] Completion complete(const SourceDatabase& database, const GeneratedTables& generated,
                                  const CompletionContext& context);

/// Parts of complete().
void complete_tables(const SourceDatabase& database, const GeneratedTables& generated,
                     const CompletionContext& context, Completion& into);
void complete_views(const SourceDatabase& database, const CompletionContext& context, Completion& into);
void complete_programs(const SourceDatabase& database, const CompletionContext& context, Completion& into);

/// Table options that name places of the source's disk, left out; `removed` says which.
[[nodiscard]] std::string without_placement(std::string_view tail,
                                            std::vector<std::string>* removed = nullptr);

/// A value in a query on information_schema, free of anything that Liquibase would expand.
[[nodiscard]] std::string check_literal(const std::string& name);

}  // namespace transload::liquibase
