#include "adapters/native/flow/log_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <map>
#include <utility>

#include "adapters/mysql/binlog/purged_log.hpp"

namespace transload::native {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds interval{5};
constexpr const char* step = "data.inventory";

/// How long the server keeps a file after it wrote the last event to it; nullopt: until somebody purges it.
std::optional<seconds> retention(mysql::Connection& source) {
    std::map<std::string, std::string> variables;
    for (const mysql::Row& row : source
                                     .query("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('binlog_expire_logs_seconds', "
                                            "'expire_logs_days', 'binlog_expire_logs_auto_purge')")
                                     .rows)
        variables[row.at(0).value_or("")] = row.at(1).value_or("");
    if (variables["binlog_expire_logs_auto_purge"] == "OFF") return std::nullopt;
    const auto number = [&](const char* name) { return std::strtod(variables[name].c_str(), nullptr); };  // days may be fractions
    double kept = number("binlog_expire_logs_seconds");
    if (kept == 0) kept = number("expire_logs_days") * 86'400;
    if (kept == 0) return std::nullopt;
    return seconds(static_cast<seconds::rep>(kept));
}

}  // namespace

LogWatch::LogWatch(const Endpoint& source, mysql::binlog::Position from, RunState& run, RunControl& control)
    : from_(std::move(from)),
      run_(run),
      control_(control),
      watch_(
          source, interval, [this](mysql::Connection& session) { look(session); },
          [&control](const std::string& why) {
              control.event(Severity::warning, step, "source",
                            "whether the source purges the log that the job will need can't be watched: " + why);
          }) {}

void LogWatch::look(mysql::Connection& source) {
    if (const auto lost = mysql::binlog::purged_behind(source, from_)) {
        run_.fail(std::make_exception_ptr(
            mysql::binlog::log_purged(source.endpoint(), *lost, "seen while rows were copied; the log is read after that")));
        return;
    }
    warn_in_time(source);
}

void LogWatch::warn_in_time(mysql::Connection& source) {
    if (warned_) return;
    const mysql::Result logs = source.query("SHOW BINARY LOGS");
    if (logs.rows.empty() || logs.rows.back().at(0) == from_.file) return;  // the file that is written to is never purged
    if (!closed_) closed_ = Clock::now();
    const auto kept = retention(source);
    const auto age = std::chrono::duration_cast<seconds>(Clock::now() - *closed_);
    if (!kept || age < *kept / 2) return;
    control_.event(Severity::warning, step, "source",
                   fmt::format("the source keeps a log file for {0} s, and wrote the last event to the one that the job will "
                               "begin with at least {1} s ago: it may be purged in {2} s, which would end the job; SET GLOBAL "
                               "binlog_expire_logs_seconds = {3} (expire_logs_days where the server has no such variable)",
                               kept->count(), age.count(), std::max(seconds{0}, *kept - age).count(),
                               std::max(seconds{604'800}, *kept * 4).count()));
    warned_ = true;
}

}  // namespace transload::native
