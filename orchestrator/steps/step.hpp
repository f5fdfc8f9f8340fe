#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "orchestrator/job/job.hpp"
#include "orchestrator/ports/catalog.hpp"
#include "orchestrator/ports/data_engine.hpp"
#include "orchestrator/ports/engine_gate.hpp"
#include "orchestrator/ports/hand_over.hpp"
#include "orchestrator/ports/schema_tool.hpp"
#include "orchestrator/ports/validator.hpp"
#include "orchestrator/ports/write_gate.hpp"
#include "orchestrator/steps/handed_over.hpp"

namespace transload {

/// The outside world as steps see it. All outlive every job.
struct StepPorts {
    Catalog& catalog;
    Preflight& preflight;
    SchemaTool& schema;
    EngineGate& engine_gate;
    DataEngine& native_engine;
    DataEngine& shardingsphere_engine;
    WriteGate& write_gate;
    HandOver& hand_over;
    Validator& validator;
};

/// What steps of one run of a job hand to each other. Not durable: after a restart it is empty, and each step
/// makes again what it misses.
struct Scratch {
    std::optional<std::vector<TablePlan>> tables;
    std::shared_ptr<SourceView> view;  ///< what the copied rows are equal to
    /// Live cutover: both sides were found equal in this run, and the engine remembers what changed since.
    bool compared_live = false;
    /// Live cutover: this run has seen to it that nothing on the target acts by itself, and has created nothing since.
    bool disarmed = false;
};

struct StepContext {
    Job& job;  ///< `report` is the step's to fill in; state and failure are the runner's
    StepPorts& ports;
    RunControl& control;
    Scratch& scratch;
    std::filesystem::path log_file;
    HandedOverTables handed_over;  ///< by other jobs, to this one's target
};

enum class StepOutcome {
    done,
    skipped,  ///< the job does not need this step
    failed,   ///< `failure` says why; repeating without a change will fail again
};

struct StepResult {
    StepOutcome outcome = StepOutcome::done;
    std::optional<Failure> failure;  ///< `state` and `step` are filled in by the runner
};

/// A step brings about the goal of one state. It is idempotent: it looks first whether its goal already holds, so
/// that a restarted orchestrator can simply run it again. Errors are thrown: ErrorKind::transient asks the runner to
/// repeat the step on its retry policy, ErrorKind::cancelled says that it stopped on request, others fail the job.
using StepFunction = StepResult (*)(StepContext&);

/// The step of an active state; nullptr for the states in which nothing runs.
[[nodiscard]] StepFunction step_function(JobState state);

/// Marks the tables that the job's sharding rules spread.
void mark_sharded(const JobSpec& spec, std::vector<TablePlan>& tables);

/// What preflight finds: what this machine lacks, what the servers say, and which engine carries each table, which is
/// then in its plan. Errors come first.
[[nodiscard]] Findings all_findings(StepPorts& ports, const JobSpec& spec, std::vector<TablePlan>& tables,
                                    RunControl& control);

/// Makes safe what a step leaves behind that failed or was stopped: the write stop is taken back, and with `halt` (the
/// job is paused or given up) the engines stop writing to the target. What can't be done is an event; never throws.
void leave_safely(StepContext& context, bool halt) noexcept;

StepResult run_preflight(StepContext& context);        // PLANNING
StepResult run_queue(StepContext& context);            // PENDING
StepResult run_schema_generate(StepContext& context);  // SCHEMA_GENERATING
StepResult run_schema_apply(StepContext& context);     // SCHEMA_APPLYING
StepResult run_data_configure(StepContext& context);   // DATA_CONFIGURING
StepResult run_data(StepContext& context);             // DATA_RUNNING
StepResult run_cutover(StepContext& context);          // CUTTING_OVER
StepResult run_validate(StepContext& context);         // VALIDATING
StepResult run_finalize(StepContext& context);         // FINALIZING
StepResult run_reverse(StepContext& context);          // REVERSING
StepResult run_close(StepContext& context);            // CLOSING
StepResult run_cut_back(StepContext& context);         // CUTTING_BACK
StepResult run_rollback(StepContext& context);         // ROLLING_BACK

}  // namespace transload
