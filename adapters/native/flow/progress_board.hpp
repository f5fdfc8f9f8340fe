#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::native {

/// Where each table stands, told to the RunControl a few times a second, and its durable events. Thread-safe.
/// A table's work is counted as items (segments and chunks under way): with the last one its rows are
/// complete.
class ProgressBoard {
  public:
    /// References must outlive the board.
    ProgressBoard(const std::vector<TablePlan>& tables, RunControl& control);
    ~ProgressBoard();

    /// What earlier runs copied.
    void set_done(std::size_t table, std::uint64_t rows, std::uint64_t bytes, std::uint64_t chunks);
    void set_phase(std::size_t table, std::string_view phase);
    /// The same for a table whose rows are complete.
    void set_copied(std::size_t table);

    /// A lane takes up work of the table.
    void table_begins(std::size_t table);
    void item_begins(std::size_t table);
    void item_ends(std::size_t table);
    void chunk_done(std::size_t table, std::uint64_t rows, std::uint64_t bytes);

    [[nodiscard]] bool copied(std::size_t table) const;
    /// Tells everything that changed, now.
    void publish();

  private:
    struct State {
        TableProgress shown;
        std::chrono::steady_clock::time_point begun{};
        std::uint64_t items = 0;
        std::uint64_t rows_of_this_run = 0;
        bool started = false;
        bool copied = false;
        bool changed = false;
    };
    RunControl& control_;
    mutable std::mutex mutex_;
    std::vector<State> states_;
    std::jthread ticker_;
};

}  // namespace transload::native
