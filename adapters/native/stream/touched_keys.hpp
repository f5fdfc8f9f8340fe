#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapters/native/stream/change_stream.hpp"
#include "adapters/native/stream/net_changes.hpp"

namespace transload::native {

/// Keys of rows that were changed, for a comparison of just these. Thread-safe.
class TouchedKeys {
  public:
    /// `plans` must outlive it.
    explicit TouchedKeys(const std::vector<TablePlan>& plans) : plans_(plans), keys_(plans.size()) {}

    void remember(std::size_t most);
    [[nodiscard]] bool remembering() const;
    /// Old and new keys of everything in it.
    void add(const NetChanges& changes);
    /// More was changed than can be named.
    void lose();
    [[nodiscard]] ChangeStream::Touched take();

  private:
    void add(std::uint32_t table, mysql::KeyValue key);

    const std::vector<TablePlan>& plans_;
    mutable std::mutex mutex_;
    bool on_ = false;
    bool complete_ = true;
    std::size_t most_ = 0;
    std::size_t count_ = 0;
    std::vector<std::unordered_set<std::string>> keys_;  ///< as mysql::encode_key writes them
};

}  // namespace transload::native
