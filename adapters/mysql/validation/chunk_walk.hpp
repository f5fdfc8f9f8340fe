#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/mysql/validation/lane.hpp"
#include "adapters/mysql/validation/table_queries.hpp"

namespace transload::mysql::validation {

/// Places of the chunks of a sample among `count`: the share rounded up and at least one, chosen by a hash of
/// seed, table and place, so that the same words choose the same chunks everywhere. Ascending.
[[nodiscard]] std::vector<std::size_t> choose_chunks(std::size_t count, double share, std::uint64_t seed,
                                                     std::string_view table);

/// Rows of a chunk: so many that lanes share a table evenly, few enough for memory, and a bounded number of bytes
/// when rows are big.
[[nodiscard]] std::uint64_t chunk_rows(const TablePlan& plan, const JobSpec& spec);

/// Cuts a table with a key into ranges, by the source's rows. The first and the last range are open, so that
/// together they hold every row that either side may have. Thread-safe.
class ChunkWalk {
  public:
    ChunkWalk(const TablePlan& plan, const TableQueries& queries, const JobSpec& spec);

    /// Puts the next range into `range`; false when all are given out.
    [[nodiscard]] bool next(Lane& lane, KeyRange& range);

  private:
    [[nodiscard]] bool cut(Lane& lane, KeyRange& range);

    const TablePlan& plan_;
    const TableQueries& queries_;
    const JobSpec& spec_;
    std::uint64_t size_;
    std::mutex mutex_;
    std::optional<KeyValue> after_;
    bool ended_ = false;
    bool walked_ = false;           ///< `sample_` is chosen
    std::vector<KeyRange> sample_;  ///< level sample: the chosen ranges
    std::size_t given_ = 0;         ///< of `sample_`
};

}  // namespace transload::mysql::validation
