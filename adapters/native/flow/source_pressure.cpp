#include "adapters/native/flow/source_pressure.hpp"

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "adapters/mysql/connection.hpp"

namespace transload::native {
namespace {

using mysql::Connection;

std::uint64_t number(const mysql::Value& value) {
    return value ? std::strtoull(value->c_str(), nullptr, 10) : 0;
}

/// Seconds that the source is behind its own source; nullopt when it is no replica.
std::optional<std::uint64_t> own_lag(Connection& source) {
    const auto& version = source.version();
    const bool renamed = !version.mariadb && version.at_least(8, 0, 22);
    const mysql::Result status = source.query(renamed ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS");
    if (status.rows.empty()) return std::nullopt;
    const mysql::Value& lag =
        status.rows.front()[status.column(renamed ? "Seconds_Behind_Source" : "Seconds_Behind_Master")];
    if (!lag) return std::nullopt;
    return number(lag);
}

/// Why to wait now; empty when there is no reason.
std::string reason_to_wait(Connection& source, const Limits& limits) {
    if (limits.threads_running != 0) {
        const auto row = source.query("SHOW GLOBAL STATUS LIKE 'Threads_running'");
        const std::uint64_t running = row.rows.empty() ? 0 : number(row.rows.front().at(1));
        if (running > limits.threads_running)
            return fmt::format("{} threads run on the source, the limit is {}", running,
                               limits.threads_running);
    }
    if (limits.history_list_length != 0) {
        const std::uint64_t length = number(source.scalar(
            "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'"));
        if (length > limits.history_list_length)
            return fmt::format("the source's history list has {} entries, the limit is {}", length,
                               limits.history_list_length);
    }
    if (limits.replica_lag.count() != 0) {
        const auto lag = own_lag(source);
        if (lag && *lag * 1000 > static_cast<std::uint64_t>(limits.replica_lag.count()))
            return fmt::format("the source is {} s behind its own source", *lag);
    }
    return {};
}

bool looks_at_the_source(const Limits& limits) {
    return limits.threads_running != 0 || limits.history_list_length != 0 || limits.replica_lag.count() != 0;
}

bool same(const Limits& one, const Limits& other) {
    return one.rows_per_second == other.rows_per_second && one.bytes_per_second == other.bytes_per_second &&
           one.threads_running == other.threads_running && one.history_list_length == other.history_list_length &&
           one.replica_lag == other.replica_lag;
}

}  // namespace

SourcePressure::SourcePressure(const Endpoint& source, const Limits& limits, Throttle& throttle, RunControl& control)
    : source_(source),
      throttle_(throttle),
      control_(control),
      limits_(limits),
      thread_([this](const std::stop_token& ended) { run(ended); }) {}

void SourcePressure::set_limits(const Limits& limits) {
    {
        const std::lock_guard lock(mutex_);
        if (same(limits_, limits)) return;
        // The debts of the old rates are forgotten with them: only when they are other ones.
        if (limits.rows_per_second != limits_.rows_per_second || limits.bytes_per_second != limits_.bytes_per_second)
            throttle_.set_rates(limits.rows_per_second, limits.bytes_per_second);
        limits_ = limits;
        changed_ = true;
    }
    wake_.notify_all();
}

void SourcePressure::close(bool closed, const std::string& reason) {
    if (closed == waiting_) return;
    waiting_ = closed;
    throttle_.set_closed(closed);
    control_.event(Severity::info, "data.inventory", "source", closed ? "reading pauses: " + reason : "reading goes on");
}

void SourcePressure::run(const std::stop_token& ended) {
    std::unique_ptr<Connection> source;
    bool refused = false;
    std::unique_lock lock(mutex_);
    while (!ended.stop_requested()) {
        lock.unlock();
        if (const auto limits = control_.limits()) set_limits(*limits);
        lock.lock();
        const Limits limits = limits_;
        if (std::exchange(changed_, false)) refused = false;
        lock.unlock();
        std::string reason, unwatched;
        try {
            if (refused || !looks_at_the_source(limits)) {
                source.reset();
            } else {
                if (!source)
                    source = std::make_unique<Connection>(
                        source_, mysql::ConnectOptions{.read_timeout = std::chrono::seconds(10)});
                reason = reason_to_wait(*source, limits);
            }
        } catch (const mysql::ServerError& error) {
            source.reset();
            refused = !error.connection_lost() && error.kind() != ErrorKind::transient;
            if (refused && (limits.threads_running != 0 || limits.history_list_length != 0)) unwatched = error.message();
        } catch (const Error&) {
            source.reset();
        }
        try {
            close(!reason.empty(), reason);
            if (!unwatched.empty())
                control_.event(Severity::warning, "data.inventory", "source",
                               "the source's load can't be watched: " + unwatched +
                                   "; grant PROCESS and REPLICATION CLIENT for the limits to work");
        } catch (const std::exception&) {
            // The event can't be stored. The throttle is what matters, and the step will find out by itself.
        }
        lock.lock();
        wake_.wait_for(lock, ended, std::chrono::seconds(1), [this] { return changed_; });
    }
    throttle_.set_closed(false);
}

}  // namespace transload::native
