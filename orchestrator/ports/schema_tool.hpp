#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/job/job_id.hpp"
#include "orchestrator/plan/report.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload {

enum class SchemaPart { pre_data, post_data };

/// What the schema tool works on. References must outlive the call.
struct SchemaJob {
    JobId id;
    const JobSpec& spec;
    const std::vector<TablePlan>& tables;
    std::filesystem::path directory;  ///< generated-schema/<job>; changelogs are <source-database>.xml in it
    std::filesystem::path log_file;   ///< output of the child processes is appended here
    /// CutoverReport::programs: what the source has, though it is set aside there for the way back.
    std::string set_aside{};
};

/// Secondary indexes of one table that are built after its rows are there.
struct DeferredIndexes {
    TableName target;
    std::vector<std::string> names;    ///< index names, in the order of `clauses`
    std::vector<std::string> clauses;  ///< "ADD KEY `a` (`a`)": what follows ALTER TABLE, comma-joined
};

/// Generates, completes, applies and compares schemas. Every call is idempotent: it looks first whether its
/// goal already holds, so that it can be repeated after a crash at any point.
class SchemaTool {
  public:
    virtual ~SchemaTool() = default;

    /// What this machine lacks for the tool to work, as findings of severity error. Changes nothing.
    [[nodiscard]] virtual Findings inspect(const JobSpec& spec) = 0;

    /// Writes the changelog of every source database. The same source gives the same bytes.
    /// Returns the changelogs' paths and findings about what had to be changed or can't be carried.
    [[nodiscard]] virtual SchemaReport generate(const SchemaJob& job, RunControl& control) = 0;

    /// Applies one part of the saved changelogs to the target; creates the databases when absent.
    /// JobSpec::if_exists is honoured in pre_data, once per job.
    virtual void apply(const SchemaJob& job, SchemaPart part, RunControl& control) = 0;

    /// For jobs that cut over while they follow: brings what does nothing by itself (foreign keys, views, routines) to the
    /// target ahead of the write stop. Triggers and events are left, since they would act on rows that the stream writes.
    /// To be called once the deferred indexes are built; those that are missing are built here. Waits at most a second at
    /// a time for a table, so that the stream is never held up for long.
    virtual void apply_ahead(const SchemaJob& job, RunControl& control) = 0;

    /// With the write stop held, in milliseconds and without Liquibase: creates the triggers that are left, in their firing
    /// order. Those that are there are not touched. `apply` of post_data records them afterwards and makes the events,
    /// which could act while the cutover may still be withdrawn.
    virtual void apply_at_cutover(const SchemaJob& job, RunControl& control) = 0;

    /// Drops again what apply_at_cutover created, as recorded on the target: the cutover was withdrawn. Idempotent.
    virtual void withdraw_at_cutover(const SchemaJob& job, RunControl& control) = 0;

    /// Compares objects on both sides: after pre_data tables without what comes later, after post_data everything.
    [[nodiscard]] virtual SchemaReport compare(const SchemaJob& job, SchemaPart part, RunControl& control) = 0;

    /// What the saved changelogs leave to the engine to build. Reads files only.
    [[nodiscard]] virtual std::vector<DeferredIndexes> deferred_indexes(const SchemaJob& job) = 0;

    /// Removes from the target what `apply` recorded there about the job (not the schema itself).
    virtual void forget(const SchemaJob& job, RunControl& control) = 0;

    /// Drops from the target the objects that this job created, as recorded there, and nothing else.
    virtual void drop_created(const SchemaJob& job, RunControl& control) = 0;
};

}  // namespace transload
