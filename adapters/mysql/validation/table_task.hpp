#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/mysql/validation/chunk_walk.hpp"
#include "adapters/mysql/validation/details.hpp"
#include "adapters/mysql/validation/placement.hpp"
#include "adapters/mysql/validation/range_compare.hpp"
#include "adapters/mysql/validation/target_tables.hpp"

namespace transload::mysql::validation {

/// The validation of one table, as units of work that several lanes take. References must outlive it.
class TableTask {
  public:
    /// `target`: null when the table is not there. `sharded`: where it lies when the target spreads it, else null;
    /// it is then read through the proxy.
    TableTask(std::size_t place, const TablePlan& plan, const TargetTable* target, const ShardedTable* sharded,
              const ServerVersion& source_version, const ServerVersion& target_version, const JobSpec& spec,
              DetailList& details);

    /// Does one unit; false when there was none left to take. Thread-safe. Throws Error.
    bool step(Lane& lane);

    /// Nothing more of the table is taken: it can't be read. Thread-safe.
    void give_up(const std::string& why);

    /// Once all lanes are done: why the table was given up.
    [[nodiscard]] const std::optional<std::string>& unseen() const noexcept { return unseen_; }
    /// Once all lanes are done; of a table that was given up only its name counts.
    [[nodiscard]] const TableReport& report() const noexcept { return report_; }
    [[nodiscard]] const TablePlan& plan() const noexcept { return plan_; }

  private:
    void compare_counts(Lane& lane);
    void compare_chunk(Lane& lane, const KeyRange& range);
    void compare_keyless(Lane& lane);
    void handle(Lane& lane, const RangeDiff& diff);
    /// One entry for a difference that only the numbers of rows show.
    void compare_totals();
    /// Counts again, says what the structure lacks, and closes the report.
    void finish(Lane& lane);
    void report_structure(Lane& lane);
    void show_progress(Lane& lane, bool force);
    [[nodiscard]] bool repairable(Lane& lane);
    [[nodiscard]] std::uint64_t count(Lane& lane, Side side);
    [[nodiscard]] Comparison comparison() const;
    void check_placement(Lane& lane, const KeyRange& range);
    /// What the proxy counts must be what its shards hold: rows that it does not show would be found by nothing else.
    void compare_with_shards(Lane& lane);

    std::size_t place_;
    const TablePlan& plan_;
    const TargetTable* target_;
    const ShardedTable* sharded_;
    std::optional<Placement> placement_;
    const JobSpec& spec_;
    DetailList& details_;
    ComparedTable compared_;
    std::optional<TableQueries> queries_;
    std::optional<ChunkWalk> walk_;
    RowForm form_ = RowForm::digest;

    std::mutex mutex_;  ///< guards what follows
    TableReport report_;
    bool given_out_ = false;       ///< no unit is left to take
    unsigned under_way_ = 0;       ///< units taken and not yet done
    bool finished_ = false;
    std::optional<std::string> unseen_;
    bool looked_deeper_ = false;   ///< some range differed: counts of ranges may overlap, so count afresh
    std::uint64_t chunks_done_ = 0;
    std::uint64_t misplaced_ = 0;
    std::chrono::steady_clock::time_point shown_{};
    bool said_unrepairable_ = false;
    std::mutex repair_mutex_;  ///< one lane at a time mends a table
};

}  // namespace transload::mysql::validation
