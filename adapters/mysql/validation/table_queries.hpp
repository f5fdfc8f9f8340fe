#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/validation/canonical.hpp"
#include "adapters/mysql/validation/row_digest.hpp"

namespace transload::mysql::validation {

/// What one server needs to know of a table to be asked about it.
struct SideTable {
    std::string name;        ///< quoted
    std::string index_hint;  ///< "FORCE INDEX (`PRIMARY`)" where the key's index is there under its name, else empty
    bool wide_xor = false;   ///< BIT_XOR takes byte strings (MySQL >= 8.0)
    Reach reach = Reach::server;
};

/// `name`: where it lies on this side. `has_index`: the row key's index is there.
[[nodiscard]] SideTable side_table(const TablePlan& plan, const TableName& name, bool has_index, const ServerVersion& version);

enum class RowForm { digest, values };

/// The SELECT statements of validation, for one table. Pure; references must outlive it.
///
/// A proxy is asked only what it can't answer wrongly without being noticed. Rows come in any order. Of aggregates it
/// gets COUNT, and BIT_XOR and SUM of numbers below 2^60, which it merges itself: should it merge them wrongly they
/// differ from the source's, and the rows decide. ORDER BY, GROUP BY and LIMIT it never gets: what needs them is not
/// asked of a Reach::proxy side (boundary, digests).
class TableQueries {
  public:
    TableQueries(const TablePlan& plan, const ComparedTable& compared, SideTable source, SideTable target);

    /// The table as that side has it: for other statements about it.
    [[nodiscard]] const TablePlan& plan(Side side) const noexcept { return side == Side::source ? plan_ : there_; }

    [[nodiscard]] std::string count(Side side) const;

    /// One row for parse_range_digest. `with_sum` for tables whose rows may be equal.
    [[nodiscard]] std::string range_digest(Side side, const KeyRange& range, bool with_sum) const;

    /// Key parts (see read_key_parts), then either the digest in hex or all values.
    [[nodiscard]] std::string rows(Side side, const KeyRange& range, RowForm form) const;
    [[nodiscard]] std::string rows(Side side, const std::vector<KeyValue>& keys, RowForm form) const;

    /// The key that ends a chunk of `size` rows (key parts, at most one row), on either side.
    [[nodiscard]] std::string boundary(Side side, const KeyRange& range, std::uint64_t size) const;
    /// The same in an actual table of a sharded one, asked at its shard. `table`: quoted.
    [[nodiscard]] std::string boundary_in(const std::string& table, const KeyRange& range, std::uint64_t size) const;

    /// Digest, number of equal rows; ordered by digest. For tables without a key.
    [[nodiscard]] std::string digests(Side side) const;

    /// Digests of the rows whose digest begins with these hex digits, in any order. For tables without a key.
    [[nodiscard]] std::string digests_from(Side side, std::string_view prefix) const;

    /// ComparedColumn::probe (or shown) of all columns of one row.
    [[nodiscard]] std::string probes(Side side, const KeyValue& key) const;
    [[nodiscard]] std::string shown(Side side, const KeyValue& key, std::size_t column) const;

    [[nodiscard]] const SideTable& on(Side side) const noexcept { return side == Side::source ? source_ : target_; }
    [[nodiscard]] const ComparedTable& compared() const noexcept { return compared_; }

  private:
    [[nodiscard]] std::string predicate(Side side, const KeyRange& range) const;
    [[nodiscard]] const char* one_row(Side side) const;
    [[nodiscard]] std::string key_list(Side side) const;
    [[nodiscard]] std::string row_expressions(Side side, RowForm form) const;

    const TablePlan& plan_;
    const TablePlan there_;
    const ComparedTable& compared_;
    SideTable source_;
    SideTable target_;
};

/// The key of a row of TableQueries::rows: its first `parts` fields. Throws Error when a proxy sent no hex digits.
[[nodiscard]] KeyValue read_key_parts(RowView row, std::size_t parts, Reach reach);

/// Reads the row of TableQueries::range_digest.
[[nodiscard]] RangeDigest parse_range_digest(const Row& row, bool with_sum);

}  // namespace transload::mysql::validation
