#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/key_range.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// A key range whose rows are on the target, together with this mark, since one commit.
struct DoneChunk {
    unsigned number = 0;
    unsigned view = 0;
    mysql::KeyRange range;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
};

struct TableCheckpoint {
    unsigned number = 0;
    /// Rows may have been written: before that the table must be empty, from then on what is there is ours.
    bool begun = false;
    std::vector<DoneChunk> chunks;  ///< by number
};

struct ViewRecord {
    unsigned number = 0;
    std::string position;
    bool exact = false;  ///< the position is known to be that of the rows
    /// With all coordinates, for jobs that follow; with `bracket_low` it is only known to lie between the two.
    std::optional<mysql::binlog::Position> log_position;
    std::optional<mysql::binlog::Position> bracket_low;
};

/// The durable record, on the target, of what one job has copied (tables copy_* in `_transload`).
/// Not thread-safe; writers of chunks only take the text of their mark from it.
class CheckpointStore {
  public:
    /// Opens a session of its own. `job` must outlive the store.
    explicit CheckpointStore(const DataJob& job);

    /// Creates the tables where absent and records the job and its tables. Idempotent.
    /// Throws Error{failed}: "native.checkpoint_version" for tables of another version,
    /// "native.definition_changed" when a table is not defined as it was when the job began, unless it is wholly copied
    /// and the job follows with another DdlPolicy than stop.
    void open_job();

    /// In the order of job.tables.
    [[nodiscard]] std::vector<TableCheckpoint> load_tables();
    [[nodiscard]] std::vector<ViewRecord> load_views();

    /// Records a view and returns its number.
    unsigned add_view(const ViewRecord& view);
    void set_begun();

    /// Chunks of one table that turned out equal to a later view.
    void move_to_view(unsigned table, const std::vector<unsigned>& chunks, unsigned view);

    struct Totals {
        std::uint64_t rows = 0;
        std::uint64_t bytes = 0;
    };
    [[nodiscard]] Totals totals();

    /// Removes the job; with the last one the tables, and the database if nothing else is in it.
    void forget();

    /// The session, made anew if the target was restarted meanwhile.
    [[nodiscard]] mysql::Connection& connection();

    /// Statements for a writer's own transaction.
    [[nodiscard]] std::string mark_statement(unsigned table, const DoneChunk& chunk) const;
    [[nodiscard]] std::string unmark_statement(unsigned table, unsigned chunk) const;
    [[nodiscard]] std::string count_statement(unsigned table, unsigned chunk, std::uint64_t rows,
                                              std::uint64_t bytes) const;

  private:
    void create_tables();
    void record_tables();
    void take_new_definitions(const std::vector<const TablePlan*>& redefined);
    [[nodiscard]] std::string job_literal() const;

    const DataJob& job_;
    mysql::Connection connection_;
};

}  // namespace transload::native
