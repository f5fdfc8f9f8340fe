#include "adapters/http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using Clock = std::chrono::steady_clock;

/// What has been copied by a job or by all of them.
struct Copied {
    double rows = 0;
    double bytes = 0;
};

/// The report knows what former runs copied, the progress what the current one has so far.
Copied copied_by(const Job& job, const std::vector<TableProgress>& progress) {
    Copied live;
    for (const TableProgress& table : progress) {
        live.rows += static_cast<double>(table.rows_done);
        live.bytes += static_cast<double>(table.bytes_done);
    }
    return {std::max(live.rows, static_cast<double>(job.report.rows_copied)),
            std::max(live.bytes, static_cast<double>(job.report.bytes_copied))};
}

std::string serialized(const prometheus::Registry& registry) {
    return prometheus::TextSerializer().Serialize(registry.Collect());
}

/// What is said of each job that follows.
struct StreamFamily {
    const char* name;
    const char* help;
    double (*value)(const StreamProgress&);
    bool counter = false;
};

constexpr StreamFamily stream_families[] = {
    {"transload_job_lag_seconds", "Age of the oldest commit that is not yet applied.",
     [](const StreamProgress& s) { return static_cast<double>(s.lag_ms) / 1000; }},
    {"transload_job_row_changes_per_second", "Row changes applied per second, over the last few seconds.",
     [](const StreamProgress& s) { return s.rows_per_second; }},
    {"transload_job_log_bytes_per_second", "Bytes of the change log worked through per second.",
     [](const StreamProgress& s) { return s.log_bytes_per_second; }},
    {"transload_job_backlog_bytes", "Bytes of the change log that are not yet applied.",
     [](const StreamProgress& s) { return static_cast<double>(s.backlog_bytes); }},
    {"transload_job_queue_bytes", "Decoded changes that wait in memory, in bytes.",
     [](const StreamProgress& s) { return static_cast<double>(s.queued_bytes); }},
    {"transload_job_row_changes_total", "Row changes applied over all runs of the job.",
     [](const StreamProgress& s) { return static_cast<double>(s.row_changes); }, true},
    {"transload_job_transactions_total", "Transactions of the log applied over all runs of the job.",
     [](const StreamProgress& s) { return static_cast<double>(s.transactions); }, true},
    {"transload_job_conflicts_total", "Changes that met rows which were not as expected.",
     [](const StreamProgress& s) { return static_cast<double>(s.conflicts); }, true},
    {"transload_job_reconnects_total", "How often the change log was opened again.",
     [](const StreamProgress& s) { return static_cast<double>(s.reconnects); }, true},
};

/// Families are there from the first scrape on, with a series for each job that follows.
void add_streams(prometheus::Registry& registry, const std::vector<std::pair<JobId, StreamProgress>>& streams) {
    for (const StreamFamily& family : stream_families) {
        if (family.counter) {
            auto& counters = BuildCounter().Name(family.name).Help(family.help).Register(registry);
            for (const auto& [id, stream] : streams)
                counters.Add({{"job_id", id.str()}}).Increment(family.value(stream));
        } else {
            auto& gauges = BuildGauge().Name(family.name).Help(family.help).Register(registry);
            for (const auto& [id, stream] : streams) gauges.Add({{"job_id", id.str()}}).Set(family.value(stream));
        }
    }
}

/// How long the source took no writes: the whole stop after a hand-over, so far while one is held.
double write_stop_of(const Job& job) {
    const CutoverReport& cutover = job.report.cutover;
    if (cutover.state == WriteStopState::none || cutover.state == WriteStopState::over || cutover.stopped_at == 0)
        return job.report.timings.write_stop_seconds;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return std::max(0.0, static_cast<double>(now.count() - cutover.stopped_at) / 1000);
}

}  // namespace

struct Metrics::Impl {
    struct Seen {
        Copied copied;
        Clock::time_point at;
    };

    prometheus::Registry lasting;
    prometheus::Family<prometheus::Counter>* requests = nullptr;
    std::mutex mutex;
    std::map<JobId, Seen> seen;  ///< running jobs as the last call saw them

    /// Per second since the last call; 0 for a job that is seen for the first time.
    Copied rate_of(const JobId& id, const Copied& now, Clock::time_point at) {
        const auto [entry, first] = seen.try_emplace(id, Seen{now, at});
        Seen& last = entry->second;
        const double seconds = std::chrono::duration<double>(at - last.at).count();
        if (first || seconds <= 0) return {};
        const Copied rate{std::max(0.0, now.rows - last.copied.rows) / seconds,
                          std::max(0.0, now.bytes - last.copied.bytes) / seconds};
        last = {now, at};
        return rate;
    }
};

Metrics::Metrics(const std::string& version) : impl_(std::make_unique<Impl>()) {
    BuildGauge()
        .Name("transload_build_info")
        .Help("Always 1; the label is the version.")
        .Register(impl_->lasting)
        .Add({{"version", version}})
        .Set(1);
    impl_->requests = &BuildCounter()
                           .Name("transload_http_requests_total")
                           .Help("Answered requests by route and status.")
                           .Register(impl_->lasting);
}

Metrics::~Metrics() = default;

void Metrics::count(std::string_view route, int status) {
    impl_->requests->Add({{"route", std::string(route)}, {"status", std::to_string(status)}}).Increment();
}

std::string Metrics::text(const JobCommands& jobs) {
    prometheus::Registry registry;
    auto& states = BuildGauge().Name("transload_jobs").Help("Jobs by state.").Register(registry);
    auto& rows = BuildGauge()
                     .Name("transload_job_rows_per_second")
                     .Help("Rows copied per second since the last scrape.")
                     .Register(registry);
    auto& bytes = BuildGauge()
                      .Name("transload_job_bytes_per_second")
                      .Help("Bytes copied per second since the last scrape.")
                      .Register(registry);
    auto& write_stops = BuildGauge()
                            .Name("transload_job_write_stop_seconds")
                            .Help("How long the source took no writes while the job cut over; so far while it does not.")
                            .Register(registry);
    std::vector<std::pair<JobId, StreamProgress>> streams;
    auto& all_rows = BuildCounter()
                         .Name("transload_rows_copied_total")
                         .Help("Rows copied by all jobs of the store.")
                         .Register(registry);
    auto& all_bytes = BuildCounter()
                          .Name("transload_bytes_copied_total")
                          .Help("Bytes of rows copied by all jobs of the store.")
                          .Register(registry);
    // Every state from the first scrape on, so that alerts on a failed state have a series to look at.
    for (const JobState state : all_job_states())
        states.Add({{"state", std::string(to_string(state))}}).Set(0);

    const std::lock_guard lock(impl_->mutex);
    const Clock::time_point now = Clock::now();
    Copied total;
    std::map<JobId, Impl::Seen> running;
    for (const Job& job : jobs.list()) {
        states.Add({{"state", std::string(to_string(job.state))}}).Increment();
        const bool active = is_active(job.state);
        std::vector<TableProgress> progress;
        try {
            if (active) progress = jobs.progress(job.id);
            if (active)
                if (const StreamProgress stream = jobs.stream(job.id); !stream.phase.empty())
                    streams.emplace_back(job.id, stream);
        } catch (const Error&) {
            // gone between the list and now
        }
        const Copied copied = copied_by(job, progress);
        if (const double stopped = write_stop_of(job); stopped > 0)
            write_stops.Add({{"job_id", job.id.str()}}).Set(stopped);
        total.rows += copied.rows;
        total.bytes += copied.bytes;
        if (!active) continue;
        const Copied rate = impl_->rate_of(job.id, copied, now);
        rows.Add({{"job_id", job.id.str()}}).Set(rate.rows);
        bytes.Add({{"job_id", job.id.str()}}).Set(rate.bytes);
        running.insert(*impl_->seen.find(job.id));
    }
    add_streams(registry, streams);
    impl_->seen = std::move(running);
    all_rows.Add({}).Increment(total.rows);
    all_bytes.Add({}).Increment(total.bytes);
    return serialized(impl_->lasting) + serialized(registry);
}

}  // namespace transload::http
