#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/position.hpp"

/// What a change log says was done, decoded.
namespace transload::mysql::binlog {

enum class CellState : std::uint8_t {
    absent,      ///< not in this image (MINIMAL, NOBLOB), generated, or left out of the job
    null,
    value,       ///< bytes exactly as `mysql::select_list` would read the column on a copy_read session
    /// SQL for a copy_write session that makes the value exactly, where its text would not: JSON documents that hold
    /// DECIMALs, dates or bytes. It refers to no column.
    expression,
    /// The same, but an expression over the row's own present value of the column (a partial JSON update without the
    /// whole document before it): fit for UPDATE … SET only. The column is written as `%c` in it, '%' as `%%`.
    patch,
};

/// One image of a row: a cell per column of the TablePlan, in its order, generated ones included (absent).
class RowImage {
  public:
    struct Cell {
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
        CellState state = CellState::absent;
    };

    RowImage() = default;
    explicit RowImage(std::size_t columns) : cells_(columns) {}

    /// Room for so many bytes of values, so that it need not grow again and again.
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
    void set(std::size_t column, CellState state, std::string_view bytes = {}) {
        cells_[column] = {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(bytes.size()), state};
        bytes_.append(bytes);
    }
    [[nodiscard]] CellState state(std::size_t column) const { return cells_[column].state; }
    [[nodiscard]] std::string_view bytes(std::size_t column) const {
        return std::string_view(bytes_).substr(cells_[column].offset, cells_[column].size);
    }
    [[nodiscard]] std::size_t columns() const { return cells_.size(); }
    /// Bytes of all values.
    [[nodiscard]] std::size_t used() const { return bytes_.size(); }
    [[nodiscard]] bool empty() const { return cells_.empty(); }
    /// What it takes in memory, about; bytes.
    [[nodiscard]] std::size_t weight() const { return bytes_.capacity() + cells_.capacity() * sizeof(Cell) + sizeof(*this); }

  private:
    std::vector<Cell> cells_;
    std::string bytes_;
};

enum class ChangeKind : std::uint8_t { insert, update, remove };

/// One row of a row event.
struct RowChange {
    std::uint32_t table = 0;  ///< index into the plans that the reader was given
    ChangeKind kind = ChangeKind::insert;
    bool foreign_keys_checked = true;  ///< the writer's foreign_key_checks: cascades took place where they are declared
    RowImage before;  ///< update, remove; always holds the row key of a table that has one
    RowImage after;   ///< insert, update
};

/// A statement that is no row change and concerns the job's databases.
struct Statement {
    enum class Kind {
        truncate,  ///< of one migrated table: `table`
        ddl,       ///< touches a migrated table (`table`) or makes one that the job would have taken (`table` empty)
    };
    Kind kind = Kind::ddl;
    std::string sql;
    std::string database;  ///< default database when it ran
    std::string object;    ///< "database.table", the first that it names
    std::optional<std::uint32_t> table;
    std::string sql_mode_and_charset;  ///< SET statement that brings a session to the writer's modes; may be empty
};

/// A transaction, or a piece of one that is too big to be held at once.
struct Piece {
    /// In the last piece: where the transaction ends. Before: its GTID and a place inside it, which a position covers if and
    /// only if it covers the whole.
    Stamp stamp;
    bool first = true;
    bool last = true;      ///< committed: only now is it certain
    bool rolled_back = false;  ///< with `last`: what the earlier pieces said did not happen
    bool own = false;      ///< Transload wrote it (it touches `_transload`): holds no changes
    std::int64_t committed_us = 0;  ///< Unix time of the commit on the source in µs; 0 = not known
    std::vector<RowChange> changes;  ///< of migrated tables only
    std::optional<Statement> statement;
    std::size_t weight = 0;  ///< bytes in memory, about
    std::size_t log_bytes = 0;  ///< of the log that it stands for
};

}  // namespace transload::mysql::binlog
