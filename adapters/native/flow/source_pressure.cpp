#include "adapters/native/flow/source_pressure.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

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

}  // namespace

SourcePressure::SourcePressure(const JobSpec& spec, Throttle& throttle, RunControl& control)
    : spec_(spec), throttle_(throttle), control_(control) {
    const Limits& limits = spec.limits;
    if (limits.threads_running != 0 || limits.history_list_length != 0 || limits.replica_lag.count() != 0)
        thread_ = std::jthread([this](const std::stop_token& ended) { run(ended); });
}

SourcePressure::~SourcePressure() = default;

void SourcePressure::run(const std::stop_token& ended) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    std::unique_ptr<Connection> source;
    Limits limits = spec_.limits;
    bool waiting = false;
    while (!ended.stop_requested()) {
        std::string reason;
        try {
            if (!source)
                source = std::make_unique<Connection>(
                    spec_.source, mysql::ConnectOptions{.read_timeout = std::chrono::seconds(10)});
            reason = reason_to_wait(*source, limits);
        } catch (const mysql::ServerError& error) {
            const bool gone = error.connection_lost() || error.kind() == ErrorKind::transient;
            source.reset();
            if (!gone) {
                if (limits.threads_running != 0 || limits.history_list_length != 0)
                    control_.event(Severity::warning, "data.inventory", "source",
                                   "the source's load can't be watched: " + error.message() +
                                       "; grant PROCESS and REPLICATION CLIENT for the limits to work");
                break;
            }
        } catch (const Error&) {
            source.reset();
        }
        if (reason.empty() == waiting) {
            waiting = !waiting;
            throttle_.set_closed(waiting);
            control_.event(Severity::info, "data.inventory", "source",
                           waiting ? "reading pauses: " + reason : "reading goes on");
        }
        wake.wait_for(lock, ended, std::chrono::seconds(1), [] { return false; });
    }
    throttle_.set_closed(false);
}

}  // namespace transload::native
