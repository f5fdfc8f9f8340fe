#pragma once
#include <string>
#include <vector>

#include "adapters/mysql/validation/digest_merge.hpp"
#include "adapters/mysql/validation/lane.hpp"
#include "adapters/mysql/validation/range_compare.hpp"
#include "adapters/mysql/validation/target_tables.hpp"

namespace transload::mysql::validation {

/// Makes rows of the target equal to the source's view: takes them away and puts the source's in, batch by batch,
/// each batch in one target transaction, foreign keys not checked (so that nothing cascades into children),
/// unique keys checked. No row but the named ones is touched, except target rows that hold a unique value of a
/// row to be put in: those can't be right either, and are mended in the same transaction.
///
/// The caller sees to it that the target table has no triggers and that only one lane mends a table at a time.
/// Idempotent: a batch whose COMMIT is in doubt is simply done again.
class Repair {
  public:
    Repair(Lane& lane, const TablePlan& plan, const TableQueries& queries, const TargetTable& target);

    /// For tables with a key.
    void mend(const RangeDiff& diff);

    /// For tables without one: one transaction for all, since rows are told apart by their digest only.
    void mend(const std::vector<DigestMismatch>& mismatches);

  private:
    void mend_batch(std::vector<KeyValue> keys);
    [[nodiscard]] std::vector<KeyValue> conflicts(const std::vector<KeyValue>& keys);

    Lane& lane_;
    const TablePlan& plan_;
    const TableQueries& queries_;
    const TargetTable& target_;
};

}  // namespace transload::mysql::validation
