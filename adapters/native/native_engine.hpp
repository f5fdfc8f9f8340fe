#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

class Follower;
class RunState;

/// The embedded data engine: copies rows out of a consistent view of the source in parallel lanes, remembers
/// on the target what is copied, builds indexes afterwards, and where the job cuts over follows the source's log.
/// docs/native-engine.md and docs/change-stream.md tell how. Everything that must survive lies in `_transload` on the
/// server that is written to, so that any process can continue a job; what runs in this process are the streams of its
/// jobs. Thread-safe for different jobs.
class NativeEngine final : public DataEngine {
  public:
    NativeEngine();
    ~NativeEngine() override;
    [[nodiscard]] std::string_view name() const override { return "native"; }
    void configure(const DataJob& job, RunControl& control) override;
    [[nodiscard]] TransferResult transfer(const DataJob& job, RunControl& control) override;
    [[nodiscard]] FollowStatus follow(const DataJob& job, RunControl& control) override;
    [[nodiscard]] CommonView common_view(const DataJob& job, const CommonViewWish& wish, RunControl& control) override;
    void go_on_behind(const DataJob& job, const CommonView& view, RunControl& control) override;
    [[nodiscard]] std::optional<std::vector<TableName>> check_changes(const DataJob& job, RunControl& control) override;
    [[nodiscard]] std::string drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control) override;
    void halt(const DataJob& job, RunControl& control) override;
    void commit(const DataJob& job, RunControl& control) override;
    void abandon(const DataJob& job, RunControl& control) override;
    void forget(const DataJob& job, RunControl& control) override;

  private:
    [[nodiscard]] TransferResult copy_and_index(const DataJob& job, RunState& run, RunControl& control);
    using Key = std::pair<JobId, bool>;  ///< job, reverse
    /// The job's stream, begun if it is not running.
    [[nodiscard]] std::shared_ptr<Follower> follower(const DataJob& job);
    template <typename Act>
    auto with_follower(const DataJob& job, Act&& act);
    void drop(const DataJob& job);

    std::mutex mutex_;
    std::map<Key, std::shared_ptr<Follower>> followers_;
};

}  // namespace transload::native
