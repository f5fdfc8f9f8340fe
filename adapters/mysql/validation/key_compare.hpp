#pragma once
#include <memory>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/key_range.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql {

/// Compares rows that are named by their keys on two servers, value by value as level checksum does: the last look at what
/// changed since a validation, while nobody writes. Made ahead, since that is when definitions are read and statements are
/// written; a comparison is then some statements of a few hundred keys each, both servers asked at the same time.
///
/// Not thread-safe. The connections (SessionProfile::copy_read, no transaction open, so that they see what is committed)
/// and the tables must outlive it. On both sides rows are read as they are at the time of the call.
class KeyComparison {
  public:
    /// Throws ServerError; Error{failed, "validation.no_table"} or {…, "validation.no_column"} when the target lacks what is to be compared.
    KeyComparison(Connection& source, Connection& target, const std::vector<TablePlan>& tables);
    ~KeyComparison();
    KeyComparison(const KeyComparison&) = delete;
    KeyComparison& operator=(const KeyComparison&) = delete;

    /// Of the table at that place: the keys whose rows are not the same on both sides (absent on both is the same), in the
    /// bytes that the servers hold. A row that a row filter leaves out is absent on the source. `keys`: as key_select_list
    /// reads them, any number, duplicates allowed. Requires a key. Throws ServerError, Error{failed, "validation.no_digest"}.
    [[nodiscard]] std::vector<KeyValue> differing(std::size_t table, const std::vector<KeyValue>& keys);

    /// The table at that place, with a key or without, has the same rows on both sides. One statement that reads all of it.
    /// Throws as `differing`.
    [[nodiscard]] bool same(std::size_t table);

    /// `differing` for all tables; `keys` and the answer in the order of the tables.
    [[nodiscard]] std::vector<std::vector<KeyValue>> differing(const std::vector<std::vector<KeyValue>>& keys);

  private:
    struct Table;
    Connection& source_;
    Connection& target_;
    std::vector<std::unique_ptr<Table>> tables_;
};

/// For one table, once.
[[nodiscard]] std::vector<KeyValue> differing_keys(Connection& source, Connection& target, const TablePlan& plan,
                                                   const std::vector<KeyValue>& keys);

}  // namespace transload::mysql
