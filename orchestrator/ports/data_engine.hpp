#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/job/job_id.hpp"
#include "orchestrator/plan/report.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"
#include "orchestrator/ports/schema_tool.hpp"

namespace transload {

/// A frozen view of the source that can be read again as long as this lives. Adapters know what is behind it.
class SourceView {
  public:
    virtual ~SourceView() = default;
    /// Position that the view shows, as text: GTID set or "file:offset"; "unknown" without a binary log.
    [[nodiscard]] virtual std::string position() const = 0;
};

/// What an engine works on. References must outlive the call.
struct DataJob {
    JobId id;
    const JobSpec& spec;
    const std::vector<TablePlan>& tables;
    std::vector<DeferredIndexes> deferred;
    std::filesystem::path log_file;  ///< where what is too long for an event is appended
    /// After the hand-over, the way back: `spec` and `tables` have source and target swapped, no inventory is made, and
    /// only configure, follow, drain, halt, commit and forget are called.
    bool reverse = false;
};

struct TransferResult {
    std::uint64_t rows_copied = 0;   ///< over all runs of the job
    std::uint64_t bytes_copied = 0;  ///< of row data as sent to the target, over all runs of the job
    std::uint64_t changes_applied = 0;
    double inventory_seconds = 0;  ///< of this run
    double indexing_seconds = 0;
    /// The view that all copied rows are equal to; null where the engine follows or has none.
    std::shared_ptr<SourceView> view;
};

/// How far an engine that follows the source is behind it.
struct FollowStatus {
    bool caught_up = false;         ///< near enough that a write stop would be short
    std::string description;        ///< one line for people
    std::uint64_t changes_applied = 0;  ///< row changes, over all runs of the job
};

/// Source and target as they were at one position of the source's log, readable for as long as this lives.
struct CommonView {
    std::shared_ptr<SourceView> source;
    std::shared_ptr<SourceView> target;  ///< null: the target stands still at `source` and may be read, and mended, directly
    std::shared_ptr<void> hold;          ///< the engine does not write to the target until this is gone; may be null
    /// The engine could not bring the target there: rows on it are not as they should be. When they are mended it has to
    /// be told (`go_on_behind`).
    bool to_be_reached = false;
    /// While this lives the engine goes on telling the step's control how far it is; may be null.
    std::shared_ptr<void> reporting;
    [[nodiscard]] explicit operator bool() const { return source != nullptr; }
};

struct CommonViewWish {
    /// The target stands still at that position until the view is dropped, so that rows can be re-copied.
    bool mend = false;
    /// Only these are to be compared, because the view before could not show them; of the others it holds what it held.
    /// They are kept from being truncated or altered on the source while the view lives. Empty: all tables.
    std::vector<TableName> only;
};

/// Error id: the engine changed a table's definition on the target as it was changed on the source (DdlPolicy::apply). The
/// error is transient, and the job's table plans have to be read anew before the call is repeated.
inline constexpr const char* definition_applied = "native.definition_applied";

/// Moves rows. Every call is idempotent and resumes from what is durable on the target.
class DataEngine {
  public:
    virtual ~DataEngine() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// Prepares the target: checkpoint tables, channels.
    virtual void configure(const DataJob& job, RunControl& control) = 0;

    /// Copies what is not yet copied, then builds the deferred indexes. Returns when all tables are equal to
    /// `view`. Called again after a crash it continues; chunks that are marked done are not read again unless
    /// the source has moved on since, in which case they are brought to the new view.
    [[nodiscard]] virtual TransferResult transfer(const DataJob& job, RunControl& control) = 0;

    /// One look at a live source, a few seconds at most: publishes progress, mends what has to be mended. Engines that
    /// do not follow have nothing to do.
    [[nodiscard]] virtual FollowStatus follow(const DataJob& job, RunControl& control);

    /// Both sides at one position while both move; empty where the engine can't. Throws Error{transient} when the engine
    /// does not get there in time.
    [[nodiscard]] virtual CommonView common_view(const DataJob& job, const CommonViewWish& wish, RunControl& control);

    /// The target was made equal to `view`, which was `to_be_reached`: following goes on behind it.
    virtual void go_on_behind(const DataJob& job, const CommonView& view, RunControl& control);

    /// Compares the rows that changed since the last common_view of all tables, while the source takes no writes and everything is
    /// drained: source names of tables that differ. Of very many only the latest are compared; an event says how many
    /// were not. nullopt: the engine does not know since when, a whole validation is needed.
    [[nodiscard]] virtual std::optional<std::vector<TableName>> check_changes(const DataJob& job, RunControl& control);

    /// Returns when all that was committed on the source before the call is on the target, with the proof in words.
    /// Throws Error{transient} when that is not so within `limit`.
    [[nodiscard]] virtual std::string drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control);

    /// Where the tables are on the target at present, in the order of `job.tables`: an engine may carry them under other
    /// names until `commit`.
    [[nodiscard]] virtual std::vector<TableName> locations(const DataJob& job);

    /// Ends the load and the changes on the target for now; `transfer` goes on. Idempotent, and does not stop early.
    virtual void halt(const DataJob& job, RunControl& control);

    /// The engine's own comparison of all its tables: source names of those that differ. The source takes no writes.
    [[nodiscard]] virtual std::vector<TableName> check(const DataJob& job, RunControl& control);

    /// Empties these tables on the target and carries them once more. Throws Error{transient} when that takes longer than
    /// `limit`; they are then carried on by `transfer`. 0 = no limit.
    virtual void redo(const DataJob& job, const std::vector<TableName>& tables, std::chrono::milliseconds limit,
                      RunControl& control);

    /// Lets go of one table, by its source name: it is empty and under its own name then, for another engine to carry.
    virtual void give_up(const DataJob& job, const TableName& table, RunControl& control);

    /// Ends the following and puts every table under its own name: from here on the target's tables change no more.
    virtual void commit(const DataJob& job, RunControl& control);

    /// Takes back what the engine made, so that `SchemaTool::drop_created` finds its tables under their own names.
    /// Works from what is recorded on the target; `job.tables` may be empty and the source gone.
    virtual void abandon(const DataJob& job, RunControl& control);

    /// Removes the job's checkpoints from the target; called at the end and before a job is begun anew.
    virtual void forget(const DataJob& job, RunControl& control) = 0;
};

}  // namespace transload
