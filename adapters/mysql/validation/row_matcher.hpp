#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/validation/lane.hpp"
#include "adapters/mysql/validation/table_queries.hpp"

namespace transload::mysql::validation {

/// Rows of a key range that are not the same on both sides.
struct RangeDiff {
    KeyRange range;
    std::vector<KeyValue> missing;    ///< on the source only
    std::vector<KeyValue> extra;      ///< on the target only, or there a second time
    std::vector<KeyValue> different;  ///< on both by the target's idea of equality; the source's bytes of the key
    [[nodiscard]] std::size_t size() const noexcept { return missing.size() + extra.size() + different.size(); }
};

struct RangeCounts {
    std::uint64_t source_rows = 0;
    std::uint64_t target_rows = 0;
};

/// How many rows of one side are held in memory (key and digest each) to be matched.
inline constexpr std::uint64_t rows_in_memory = 50'000;

/// Matches the rows of a range by the bytes of their keys, whatever order the servers deliver them in. What does
/// not match that way is looked up by key on the other server before it counts as missing or extra.
class RowMatcher {
  public:
    RowMatcher(Lane& lane, const TableQueries& queries, std::size_t key_parts, RowForm form)
        : lane_(lane), queries_(queries), key_parts_(key_parts), form_(form) {}

    /// With `bounded`, nullopt when the target holds so many rows that the source lacks that the range must be cut.
    [[nodiscard]] std::optional<RangeDiff> match(const KeyRange& range, RangeCounts& counts, bool bounded);

  private:
    struct SourceRow {
        RowDigest digest;
        bool met = false;  ///< the target has a row of the same key bytes
    };
    using SourceRows = std::unordered_map<std::string, SourceRow>;
    using OnRow = std::function<bool(KeyValue&&, const RowDigest&)>;

    void read(Side side, const std::string& sql, const OnRow& on_row);
    void settle_missing(std::vector<KeyValue> missing, const SourceRows& rows, RangeDiff& diff);
    void settle_extra(const std::vector<KeyValue>& unmet, RangeDiff& diff);

    /// Keys of the rows of one side that it takes for one of these.
    [[nodiscard]] std::vector<KeyValue> keys_of(Side side, const std::vector<KeyValue>& keys);
    [[nodiscard]] bool is_known(const KeyValue& key);

    Lane& lane_;
    const TableQueries& queries_;
    std::size_t key_parts_;
    RowForm form_;
};

}  // namespace transload::mysql::validation
