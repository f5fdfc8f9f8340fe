#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/mysql/validation/digest_merge.hpp"
#include "adapters/mysql/validation/row_matcher.hpp"
#include "orchestrator/plan/report.hpp"

namespace transload::mysql::validation {

/// The first mismatches of a validation, from all lanes. Thread-safe.
class DetailList {
  public:
    static constexpr std::size_t most = 1'000;

    /// How many more are wanted; naming the column of a row costs two queries, so ask before.
    [[nodiscard]] std::size_t room() const;
    /// `table`: place in the request, by which details are sorted in the end.
    void add(std::size_t table, std::vector<Mismatch> mismatches);
    [[nodiscard]] std::vector<Mismatch> take();

  private:
    mutable std::mutex mutex_;
    std::vector<std::pair<std::size_t, Mismatch>> entries_;
};

/// Names of the rows of a diff, at most `room`: key, and for different rows the first column that differs (with
/// its values where the job shows them).
[[nodiscard]] std::vector<Mismatch> describe(Lane& lane, const TablePlan& plan, const TableQueries& queries,
                                             const RangeDiff& diff, std::size_t room);

/// One entry for each row of a table without a key that one side has too many of.
[[nodiscard]] std::vector<Mismatch> describe(const TablePlan& plan, const DigestMismatch& mismatch, std::size_t room);

}  // namespace transload::mysql::validation
