#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapters/native/stream/change_stream.hpp"
#include "adapters/native/stream/net_changes.hpp"

namespace transload::native {

/// What was changed, for a comparison of just this. Thread-safe.
class TouchedKeys {
  public:
    /// `plans` must outlive it.
    explicit TouchedKeys(const std::vector<TablePlan>& plans) : plans_(plans), whole_(plans.size()) {}

    void remember(std::size_t most);
    [[nodiscard]] bool remembering() const;
    /// Old and new keys of everything in it.
    void add(const NetChanges& changes);
    /// All rows of the table may be others now.
    void add_whole(std::uint32_t table);
    /// Anything may have changed.
    void lose();
    [[nodiscard]] ChangeStream::Touched take();

  private:
    using Keys = std::vector<std::unordered_set<std::string>>;  ///< per table, as mysql::encode_key writes them
    void add(std::uint32_t table, mysql::KeyValue key);
    void drop_older();

    const std::vector<TablePlan>& plans_;
    mutable std::mutex mutex_;
    bool on_ = false;
    bool known_ = true;
    std::size_t most_ = 0;
    std::uint64_t dropped_ = 0;
    std::vector<bool> whole_;
    // Two generations: with the newer one full the older one goes, so that the most recent keys stay at little cost.
    Keys newer_ = Keys(plans_.size());
    Keys older_ = Keys(plans_.size());
    std::size_t newer_count_ = 0;
};

}  // namespace transload::native
