#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/native/stream/integer_key.hpp"
#include "adapters/native/stream/key_lookup.hpp"
#include "adapters/native/stream/net_changes.hpp"
#include "adapters/native/stream/window.hpp"

namespace transload::native {

/// Says of each change whether the copied rows contain it already, and whether the target wants its row at all
/// (TablePlan::row_filter). Not thread-safe.
class WindowFilter {
  public:
    /// `sql` must outlive it. Throws Error{failed, "native.row_filter"} for a filter on columns that the log does not give.
    WindowFilter(const std::vector<TableSql>& sql, const Window& window, const Endpoint& to, bool log_bin);

    /// One per change of one transaction (or of a piece of it).
    [[nodiscard]] std::vector<Verdicts> judge(const std::vector<mysql::binlog::RowChange>& changes,
                                              const mysql::binlog::Stamp& stamp);

    /// For a table: a condition (in names of the target) on rows whose copy does not contain the transaction at `stamp`.
    /// Empty: all rows. Rows of which it isn't known are among them if `lenient_too`.
    [[nodiscard]] std::string reach(std::uint32_t table, const mysql::binlog::Stamp& stamp, bool lenient_too) const;

    /// Everything up to here is applied: a window that ends before it is dropped.
    void passed(const mysql::binlog::Position& applied);
    [[nodiscard]] bool has_window() const { return !views_.empty(); }

  private:
    struct View {
        mysql::binlog::Position position;
        std::optional<mysql::binlog::Position> low;
    };
    struct Run {
        std::size_t view = 0;
        mysql::KeyRange range;
    };
    struct Stretch {  ///< after < key <= upto
        IntegerKey after, upto;
        std::size_t view = 0;
    };
    enum class Mode { none, uniform, number, server };
    struct Table {
        Mode mode = Mode::none;
        std::size_t key_column = 0;
        bool descending = false;
        std::vector<Run> runs;
        std::vector<Stretch> stretches;  ///< the runs in order, where keys are numbers
        std::vector<std::size_t> filter_columns;
    };

    [[nodiscard]] std::vector<Verdict> verdicts_of_views(const mysql::binlog::Stamp& stamp) const;
    [[nodiscard]] Verdict by_number(const Table& table, std::string_view key, const std::vector<Verdict>& views) const;
    void ask_server(std::uint32_t table, const std::vector<mysql::binlog::RowChange>& changes,
                    const std::vector<Verdict>& views, std::vector<Verdicts>& verdicts);
    void filter_rows(std::uint32_t table, const std::vector<mysql::binlog::RowChange>& changes,
                     std::vector<Verdicts>& verdicts);

    const std::vector<TableSql>& sql_;
    std::vector<View> views_;
    std::vector<Table> tables_;
    bool filters_ = false;
    KeyLookup lookup_;
};

}  // namespace transload::native
