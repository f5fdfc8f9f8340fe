#include "adapters/mysql/validation/validator.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#include "adapters/mysql/validation/lane.hpp"
#include "adapters/mysql/validation/sharded_tables.hpp"
#include "adapters/mysql/validation/table_task.hpp"
#include "adapters/mysql/validation/target_tables.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::mysql {
namespace {

using namespace validation;

/// A row's CONCAT stays below it whatever the table: 65,535 bytes of columns, converted, and a digest for each
/// long column of at most 4,096.
constexpr std::uint64_t least_packet = 1U << 20;

std::shared_ptr<ConsistentView> readable(const std::shared_ptr<SourceView>& given, const Endpoint& server) {
    auto view = std::dynamic_pointer_cast<ConsistentView>(given);
    if (!view)
        throw Error(ErrorKind::failed, "validation.foreign_view", server.label(),
                    "the engine's view of this server can't be read by this validator", "validate with `transload verify`");
    return view;
}

std::shared_ptr<ConsistentView> source_view(const ValidationRequest& request) {
    if (request.view) return readable(request.view, request.spec.source);
    return ConsistentView::open(request.spec.source, std::max(1U, request.spec.limits.workers));
}

/// Null where the target is to be read as it is.
std::shared_ptr<ConsistentView> target_view(const ValidationRequest& request) {
    if (!request.target_view) return nullptr;
    for (const TablePlan& plan : request.tables)
        if (plan.sharded)
            throw Error(ErrorKind::failed, "validation.sharded_view", plan.target.display(),
                        "a table that is spread over several servers has no common view",
                        "validate it while nothing is written to the target");
    return readable(request.target_view, request.spec.target);
}

void require_packet(const Connection& connection) {
    if (connection.max_allowed_packet() >= least_packet) return;
    throw Error(ErrorKind::failed, "validation.packet", connection.endpoint().label(),
                "max_allowed_packet is below 1 MiB, too small to compute digests of rows",
                "SET GLOBAL max_allowed_packet = 67108864");
}

/// The first failure of any lane ends the others; one that only says "stopped" never hides a real one.
class Failure {
  public:
    explicit Failure(std::stop_source& stop) : stop_(stop) {}
    void keep(const std::exception_ptr& failure, bool cancelled) {
        const std::lock_guard lock(mutex_);
        if (!failure_ || (cancelled_ && !cancelled)) {
            failure_ = failure;
            cancelled_ = cancelled;
        }
        stop_.request_stop();
    }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    std::stop_source& stop_;
    std::mutex mutex_;
    std::exception_ptr failure_;
    bool cancelled_ = false;
};

/// Until nothing of the table is left to take. Where both sides are read through views, a table that they can't show does
/// not keep the others from being compared.
void work_on(TableTask& task, Lane& lane) {
    try {
        do lane.check();
        while (task.step(lane));
    } catch (const Error& error) {
        if (lane.target_is_present() || !(needs_another_view(error) || waits_in_vain(error))) throw;
        task.give_up(error.message());
        lane.mend_sessions();
    }
}

void run_lane(const LaneContext& context, const std::vector<TableTask*>& tasks, Failure& failure) {
    try {
        Lane lane(context);
        for (TableTask* task : tasks) work_on(*task, lane);
    } catch (const Error& error) {
        failure.keep(std::current_exception(), error.kind() == ErrorKind::cancelled);
    } catch (...) {
        failure.keep(std::current_exception(), false);
    }
}

/// Big tables first, so that no lane is left alone with one in the end.
std::vector<TableTask*> by_size(std::deque<TableTask>& tasks) {
    std::vector<TableTask*> order;
    for (TableTask& task : tasks) order.push_back(&task);
    std::stable_sort(order.begin(), order.end(), [](const TableTask* a, const TableTask* b) {
        return a->plan().data_bytes > b->plan().data_bytes;
    });
    return order;
}

}  // namespace

ValidationOutcome MysqlValidator::validate(const ValidationRequest& request, RunControl& control) {
    control.check();
    const std::shared_ptr<ConsistentView> view = source_view(request);
    const std::shared_ptr<ConsistentView> there = target_view(request);
    Connection target(request.spec.target);
    const TargetTables target_tables = read_target_tables(target, request.tables);
    const bool counts_only = request.spec.validate == ValidationLevel::counts;
    const auto sharded_tables = read_sharded_tables(request.spec, request.tables, counts_only);
    ServerVersion source_version;
    {
        const ConsistentView::Lease lease = view->borrow();
        source_version = lease->version();
        if (!counts_only) require_packet(*lease);
    }
    if (!counts_only) require_packet(target);

    DetailList details;
    std::deque<TableTask> tasks;  // tasks do not move: they hold references into themselves
    for (std::size_t i = 0; i < request.tables.size(); ++i) {
        const TablePlan& plan = request.tables[i];
        if (plan.sharded) {
            const auto found = sharded_tables.find(plan.target.display());
            const ShardedTable* sharded = found == sharded_tables.end() ? nullptr : &found->second;
            tasks.emplace_back(i, plan, sharded ? &sharded->table : nullptr, sharded, source_version,
                               sharded ? sharded->version : target.version(), request.spec, details);
            continue;
        }
        const auto found = target_tables.find(plan.target.display());
        tasks.emplace_back(i, plan, found == target_tables.end() ? nullptr : &found->second, nullptr, source_version,
                           target.version(), request.spec, details);
    }
    const std::vector<TableTask*> order = by_size(tasks);

    std::stop_source stop;
    const std::stop_callback forward(control.stop_token(), [&stop] { stop.request_stop(); });
    Failure failure(stop);
    {
        StatementStop statements(stop.get_token());
        const LaneContext context{request.spec, *view, there.get(), statements, control, stop.get_token()};
        const std::size_t sessions = there ? std::min(view->sessions(), there->sessions()) : view->sessions();
        const std::size_t lanes = std::clamp<std::size_t>(sessions, 1, std::max(1U, request.spec.limits.workers));
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < lanes; ++i)
            threads.emplace_back([&] { run_lane(context, order, failure); });
        for (std::thread& thread : threads) thread.join();
    }
    control.check();
    failure.rethrow();

    ValidationOutcome outcome;
    outcome.summary.level = to_string(request.spec.validate);
    outcome.summary.position = view->position();
    outcome.summary.details = details.take();
    for (const TableTask& task : tasks) {
        if (task.unseen()) {
            outcome.unseen.push_back({task.plan().source, *task.unseen()});
            outcome.tables.emplace_back().name = task.report().name;
            std::erase_if(outcome.summary.details, [&](const Mismatch& mismatch) { return mismatch.table == task.report().name; });
            continue;
        }
        outcome.tables.push_back(task.report());
        outcome.summary.mismatches += task.report().mismatches;
        outcome.summary.repaired += task.report().repaired;
    }
    return outcome;
}

}  // namespace transload::mysql
