#include "adapters/shardingsphere/engine/indexing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "adapters/mysql/auto_increment.hpp"
#include "adapters/mysql/deferred_indexes.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::shardingsphere {
namespace {

mysql::Connection connect_to_target(const DataJob& job) {
    return mysql::Connection(job.spec.target, mysql::ConnectOptions{.sql_log_bin = job.spec.target_log_bin});
}

TableName present_name(const TableRecord& record) { return {record.target.database, record.staging}; }

const DeferredIndexes* deferred_of(const DataJob& job, const TableRecord& record) {
    const auto found = std::find_if(job.deferred.begin(), job.deferred.end(),
                                    [&](const DeferredIndexes& deferred) { return deferred.target == record.target; });
    return found == job.deferred.end() ? nullptr : &*found;
}

/// Ends the statement of a thread that waits for it, when the job is to stop.
class KillOnStop {
  public:
    KillOnStop(const Endpoint& endpoint, const mysql::Connection& connection, const std::stop_token& stop)
        : callback_(stop, [&endpoint, id = connection.thread_id()] { mysql::kill_query(endpoint, id); }) {}

  private:
    std::stop_callback<std::function<void()>> callback_;
};

void build(const DataJob& job, const TableRecord& record, RunControl& control) {
    const DeferredIndexes* deferred = deferred_of(job, record);
    if (deferred == nullptr) return;
    mysql::Connection target = connect_to_target(job);
    mysql::prepare_for_indexing(target);
    const KillOnStop kill(job.spec.target, target, control.stop_token());
    const auto begun = std::chrono::steady_clock::now();
    for (const std::string& clauses : mysql::missing_indexes(target, present_name(record), *deferred)) {
        control.check();
        mysql::add_indexes(target, present_name(record), clauses);
    }
    control.event(Severity::info, "data.indexing", record.source.display(),
                  fmt::format("indexes built in {:.1f} s",
                              std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()));
}

}  // namespace

void build_indexes(const DataJob& job, Migrations& migrations, RunControl& control) {
    std::vector<TableRecord*> open;
    for (TableRecord& record : migrations.records())
        if (!record.sharded && !record.indexed && record.phase <= Phase::following) open.push_back(&record);
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::size_t i = next++; i < open.size(); i = next++) {
            try {
                control.check();
                build(job, *open[i], control);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = open.size();
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min<std::size_t>(std::max(1U, job.spec.limits.workers), open.size()); ++i)
            threads.emplace_back(work);
    }
    control.check();
    if (failure) std::rethrow_exception(failure);
    for (TableRecord* record : open) {
        record->indexed = true;
        migrations.registry().save(*record);
    }
}

void carry_counters(const DataJob& job, Migrations& migrations, RunControl& control) {
    mysql::Connection target = connect_to_target(job);
    mysql::keep_values_in_alter(target);
    mysql::Connection source(job.spec.source);
    for (const TableRecord& record : migrations.records()) {
        const TablePlan* plan = migrations.plan_of(record);
        if (record.sharded || record.phase == Phase::named || plan == nullptr) continue;
        control.check();
        if (const auto counter = mysql::counter_to_carry(source, *plan, target, present_name(record)))
            target.execute(fmt::format("ALTER TABLE {} AUTO_INCREMENT = {}", mysql::quote_name(present_name(record)),
                                       *counter));
    }
}

}  // namespace transload::shardingsphere
