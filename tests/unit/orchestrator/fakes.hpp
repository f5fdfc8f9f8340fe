#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/ports/clock.hpp"
#include "orchestrator/ports/job_store.hpp"
#include "orchestrator/steps/step.hpp"

/// Ports that do what a test tells them, so that the runner's decisions can be seen without servers.
namespace transload::test {

class MemoryStore final : public JobStore {
  public:
    void create(const Job& job) override;
    [[nodiscard]] std::optional<Job> load(const JobId& id) const override;
    [[nodiscard]] std::vector<Job> list() const override;
    Event commit(const Job& job, Event event) override;
    Event append(Event event) override;
    void ask_cutover(const JobId& id) override;
    [[nodiscard]] bool cutover_asked(const JobId& id) const override;
    void ask_command(const JobId& id, Trigger command) override;
    void ask_limits(const JobId& id, const Limits& limits) override;
    [[nodiscard]] JobRequests requests(const JobId& id) const override;
    void answered(const JobId& id, const JobRequests& seen) override;
    [[nodiscard]] std::vector<Event> events(const JobId& id, std::uint64_t after, std::size_t limit) const override;

    std::atomic<bool> broken{false};  ///< commits throw

  private:
    mutable std::mutex mutex_;
    std::map<JobId, Job> jobs_;
    std::set<JobId> asked_;
    std::map<JobId, JobRequests> requests_;
    std::vector<Event> events_;
};

class RealClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point now() const override;
    [[nodiscard]] std::chrono::steady_clock::time_point monotonic() const override;
    std::atomic<std::chrono::minutes> ahead{};  ///< of the machine's, as if so much time had passed
};

class FakeView final : public SourceView {
  public:
    [[nodiscard]] std::string position() const override { return "fake:1"; }
};

class FakePorts;

/// An engine that follows the source; its calls are written down among those of its FakePorts.
class FakeFollower final : public DataEngine {
  public:
    explicit FakeFollower(FakePorts& ports) : ports_(ports) {}
    std::vector<TableName> different;  ///< what `check` answers, once
    [[nodiscard]] std::string_view name() const override { return "shardingsphere"; }
    void configure(const DataJob& job, RunControl& control) override;
    TransferResult transfer(const DataJob& job, RunControl& control) override;
    FollowStatus follow(const DataJob& job, RunControl& control) override;
    std::string drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control) override;
    void halt(const DataJob& job, RunControl& control) override;
    std::vector<TableName> check(const DataJob& job, RunControl& control) override;
    void redo(const DataJob& job, const std::vector<TableName>& tables, std::chrono::milliseconds limit,
              RunControl& control) override;
    void give_up(const DataJob& job, const TableName& table, RunControl& control) override;
    void commit(const DataJob& job, RunControl& control) override;
    void abandon(const DataJob& job, RunControl& control) override;
    void forget(const DataJob& job, RunControl& control) override;

  private:
    FakePorts& ports_;
};

/// All ports at once. Each call is written down; `on_call` may throw or block.
class FakePorts final : public Catalog,
                        public Preflight,
                        public SchemaTool,
                        public EngineGate,
                        public DataEngine,
                        public WriteGate,
                        public HandOver,
                        public Validator {
  public:
    std::function<void(const std::string& call, RunControl& control)> on_call = [](const auto&, auto&) {};
    Findings preflight_findings;
    std::atomic<std::uint64_t> mismatches{0};
    std::function<std::vector<Mismatch>()> differing;  ///< the rows that the next validation finds; unset: as `mismatches` says
    std::atomic<int> looks_in_vain{0};  ///< as many validations with a target view can't see the table
    EngineChoice engine = EngineChoice::native;  ///< what the gate chooses for the one table
    FakeFollower follower{*this};
    std::atomic<bool> writes_stopped{false};  ///< of the job's source
    std::atomic<bool> target_stopped{false};  ///< of the job's target, called so by its host "target"
    std::optional<std::vector<TableName>> changed_and_different = std::vector<TableName>{};  ///< what check_changes answers
    std::atomic<bool> last_repair{false};  ///< the latest validation was to mend what differs
    std::string log_position = "log:1";
    std::string source_programs;  ///< what acts by itself on the source
    std::string set_aside;        ///< the record's programs when the stream was admitted

    [[nodiscard]] std::vector<std::string> calls() const;
    [[nodiscard]] StepPorts ports() { return {*this, *this, *this, *this, *this, follower, *this, *this, *this}; }

    std::vector<TablePlan> plan_tables(const JobSpec& spec, RunControl& control) override;
    Findings inspect(const JobSpec& spec, const std::vector<TablePlan>& tables, RunControl& control) override;
    Findings inspect(const JobSpec&) override { return {}; }
    SchemaReport generate(const SchemaJob& job, RunControl& control) override;
    void apply(const SchemaJob& job, SchemaPart part, RunControl& control) override;
    void apply_ahead(const SchemaJob& job, RunControl& control) override;
    void apply_at_cutover(const SchemaJob& job, RunControl& control) override;
    void withdraw_at_cutover(const SchemaJob& job, RunControl& control) override;
    SchemaReport compare(const SchemaJob& job, SchemaPart part, RunControl& control) override;
    std::vector<DeferredIndexes> deferred_indexes(const SchemaJob& job) override;
    void forget(const SchemaJob& job, RunControl& control) override;
    void drop_created(const SchemaJob& job, RunControl& control) override;
    [[nodiscard]] std::string_view name() const override { return "native"; }
    Findings choose(const JobSpec& spec, std::vector<TablePlan>& tables, RunControl& control) override;
    void look(const JobSpec& spec, CutoverReport& record, RunControl& control) override;
    void stop(const JobSpec& spec, CutoverReport& record, RunControl& control) override;
    [[nodiscard]] std::string position(const JobSpec& spec) override;
    [[nodiscard]] bool holds(const JobSpec& spec, const CutoverReport& record) override;
    [[nodiscard]] std::string programs(const JobSpec& spec, RunControl& control) override;
    void end_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;
    void admit_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;
    void release(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;
    void tell(const JobSpec& spec, const HandOverFacts& facts, RunControl& control) override;
    void configure(const DataJob& job, RunControl& control) override;
    TransferResult transfer(const DataJob& job, RunControl& control) override;
    FollowStatus follow(const DataJob& job, RunControl& control) override;
    CommonView common_view(const DataJob& job, const CommonViewWish& wish, RunControl& control) override;
    std::optional<std::vector<TableName>> check_changes(const DataJob& job, RunControl& control) override;
    std::string drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control) override;
    void halt(const DataJob& job, RunControl& control) override;
    void commit(const DataJob& job, RunControl& control) override;
    void forget(const DataJob& job, RunControl& control) override;
    ValidationOutcome validate(const ValidationRequest& request, RunControl& control) override;

    void called(const std::string& call, RunControl& control);

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
};

}  // namespace transload::test
