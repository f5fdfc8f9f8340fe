#include "adapters/http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

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
        } catch (const Error&) {
            // gone between the list and now
        }
        const Copied copied = copied_by(job, progress);
        total.rows += copied.rows;
        total.bytes += copied.bytes;
        if (!active) continue;
        const Copied rate = impl_->rate_of(job.id, copied, now);
        rows.Add({{"job_id", job.id.str()}}).Set(rate.rows);
        bytes.Add({{"job_id", job.id.str()}}).Set(rate.bytes);
        running.insert(*impl_->seen.find(job.id));
    }
    impl_->seen = std::move(running);
    all_rows.Add({}).Increment(total.rows);
    all_bytes.Add({}).Increment(total.bytes);
    return serialized(impl_->lasting) + serialized(registry);
}

}  // namespace transload::http
