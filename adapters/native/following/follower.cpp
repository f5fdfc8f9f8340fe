#include "adapters/native/following/follower.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/mysql/consistent_view.hpp"
#include "adapters/mysql/session_group.hpp"
#include "adapters/mysql/validation/key_compare.hpp"
#include "adapters/native/following/reporting.hpp"
#include "adapters/native/following/view_position.hpp"

namespace transload::native {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Keys that are remembered for the check in the write stop. 20,000 were compared in 160 ms: more would make the stop
/// long. What was changed before the last so many is not compared again, and the event says so.
constexpr std::size_t most_keys = 50'000;
/// How long a held stream may be late for a view of the source.
constexpr milliseconds view_limit{60'000};

StreamSetup setup_of(const DataJob& job, Window window) {
    StreamSetup setup;
    setup.id = job.id;
    setup.direction = job.reverse ? StreamDirection::reverse : StreamDirection::forward;
    setup.from = job.spec.source;
    setup.to = job.spec.target;
    setup.tables = job.tables;
    setup.limits = job.spec.limits;
    setup.retry = job.spec.retry;
    setup.ddl = job.spec.follow.ddl;
    setup.to_log_bin = job.spec.target_log_bin;
    setup.window = std::move(window);
    return setup;
}

/// Lets the stream go on, whatever happens.
class Hold {
  public:
    explicit Hold(std::shared_ptr<ChangeStream> stream) : stream_(std::move(stream)) { stream_->hold(); }
    ~Hold() { stream_->release(); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

  private:
    std::shared_ptr<ChangeStream> stream_;
};

/// No limit of the job holds the stream back while the source's writers wait for it.
class Hurry {
  public:
    explicit Hurry(ChangeStream& stream) : stream_(stream) { stream_.set_hurry(true); }
    ~Hurry() { stream_.set_hurry(false); }
    Hurry(const Hurry&) = delete;
    Hurry& operator=(const Hurry&) = delete;

  private:
    ChangeStream& stream_;
};

/// With two sessions a view on a busy server is opened under a lock rather than at a position that is not exact.
unsigned lanes_of(const DataJob& job) { return std::max(2U, job.spec.limits.workers); }

bool caught_up(const StreamStatus& status, milliseconds max_lag) { return !status.failed && status.lag <= max_lag; }

std::string human_lag(milliseconds lag) {
    return lag < milliseconds{10'000} ? fmt::format("{} ms", lag.count()) : fmt::format("{:.1f} s", static_cast<double>(lag.count()) / 1000);
}

}  // namespace

Follower::Follower(const DataJob& job, Window window)
    : reverse_(job.reverse),
      stream_(std::make_shared<ChangeStream>(setup_of(job, std::move(window)), relay_)),
      keys_known_(job.reverse) {  // a way back begins with equal sides
    stream_->remember_keys(most_keys);
}

Follower::~Follower() { relay_.request_stop(); }

std::optional<double> Follower::seconds_left(const StreamStatus& status) {
    const auto now = Clock::now();
    if (!backlog_before_) {
        backlog_before_ = {now, status.backlog_bytes};
        return std::nullopt;
    }
    const double seconds = std::chrono::duration<double>(now - backlog_before_->first).count();
    const double shrunk = static_cast<double>(backlog_before_->second) - static_cast<double>(status.backlog_bytes);
    if (seconds > 10) backlog_before_ = {now, status.backlog_bytes};
    if (seconds < 0.5 || shrunk <= 0) return std::nullopt;
    return static_cast<double>(status.backlog_bytes) / (shrunk / seconds);
}

void Follower::publish(const StreamStatus& status, bool caught_up, RunControl& control) {
    StreamProgress shown;
    shown.phase = status.held ? "held" : reverse_ ? "reverse" : caught_up ? "following" : "catching up";
    shown.lag_ms = status.lag.count();
    shown.rows_per_second = status.rows_per_second;
    shown.log_bytes_per_second = status.log_bytes_per_second;
    shown.backlog_bytes = status.backlog_bytes;
    shown.queued_bytes = status.queued_bytes;
    shown.row_changes = status.row_changes;
    shown.transactions = status.transactions;
    shown.conflicts = status.conflicts;
    shown.reconnects = status.reconnects;
    shown.seconds_to_caught_up = caught_up ? 0 : seconds_left(status).value_or(-1);
    shown.position = status.applied.display();
    control.stream(shown);
}

StreamStatus Follower::report(milliseconds max_lag, RunControl& control) {
    relay_.deliver(control);
    if (const auto limits = control.limits()) stream_->set_limits(*limits);
    const StreamStatus status = stream_->status();
    publish(status, caught_up(status, max_lag), control);
    return status;
}

FollowStatus Follower::look(const DataJob& job, RunControl& control) {
    const StreamStatus status = report(job.spec.cutover.max_lag, control);
    FollowStatus result;
    result.caught_up = caught_up(status, job.spec.cutover.max_lag);
    result.description = fmt::format("{} behind, {:.0f} row changes/s, position {}", human_lag(status.lag),
                                     status.rows_per_second, status.applied.display());
    result.changes_applied = status.row_changes;
    stream_->check();
    return result;
}

void Follower::drain_to(const mysql::binlog::Position& position, milliseconds limit, RunControl& control) {
    const auto end = Clock::now() + limit;
    constexpr milliseconds slice{200};  // a stop of the job is noticed between them
    while (true) {
        relay_.deliver(control);
        control.check();
        const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
        const bool last = limit.count() != 0 && left <= slice;
        try {
            stream_->drain_to(position, last ? std::max(left, milliseconds{1}) : slice);
            relay_.deliver(control);
            return;
        } catch (const Error& error) {
            if (last || error.id() != "native.drain_timeout") {
                relay_.deliver(control);
                throw;
            }
        }
        const StreamStatus status = stream_->status();
        publish(status, false, control);
    }
}

std::string Follower::drain(const DataJob& job, milliseconds limit, RunControl& control) {
    const auto answer = job.spec.cutover.answer_limit();
    const Hurry hurry(*stream_);
    mysql::Connection source(job.spec.source, mysql::ConnectOptions{.read_timeout = answer, .write_timeout = answer});
    const auto position = mysql::binlog::current_position(source);
    drain_to(position, limit, control);
    return fmt::format("applied up to {}, where the log of {} ended", position.display(), job.spec.source.label());
}

std::shared_ptr<mysql::ConsistentView> Follower::exact_view(const DataJob& job) {
    std::shared_ptr<mysql::ConsistentView> view = mysql::ConsistentView::open(job.spec.source, lanes_of(job), mysql::Writers::followed, mysql::session_group(job.id));
    if (!place(*view).exact)
        throw Error(ErrorKind::transient, "validation.no_exact_view", job.spec.source.label(),
                    "the source is too busy to open a view at an exact position without a lock",
                    "GRANT RELOAD ON *.* to the account, so that a lock can be held for some milliseconds");
    return view;
}

CommonView Follower::common_view(const DataJob& job, const CommonViewWish& wish, RunControl& control) {
    auto hold = std::make_shared<Hold>(stream_);
    const auto going_on = [&] {
        control.check();
        (void)report(job.spec.cutover.max_lag, control);
    };
    while (!stream_->held(milliseconds{200})) going_on();
    auto source = exact_view(job);
    source->pin(wish.only);
    const auto placed = place(*source);
    const auto end = Clock::now() + view_limit;
    while (true) {  // in slices, so that a stop of the job is noticed
        try {
            stream_->advance_to(placed.position, milliseconds{200});
            break;
        } catch (const Error& error) {
            if (error.id() != "native.drain_timeout" || Clock::now() > end) throw;
        }
        going_on();
    }
    // Both sides are equal here if they are at all: what changes from now on is to be compared again.
    if (wish.only.empty()) {
        (void)stream_->take_keys();
        keys_known_ = true;
        not_compared_ = 0;
    }
    CommonView view;
    view.source = std::move(source);
    if (wish.mend)
        view.hold = std::move(hold);
    else
        view.target = mysql::ConsistentView::open(job.spec.target, lanes_of(job), mysql::Writers::held, mysql::session_group(job.id));
    relay_.deliver(control);
    view.reporting = std::make_shared<Reporting>(
        [follower = shared_from_this(), max_lag = job.spec.cutover.max_lag, &control] { (void)follower->report(max_lag, control); });
    return view;
}

std::optional<std::vector<TableName>> Follower::check_changes(const DataJob& job, RunControl& control) {
    control.check();
    if (!keys_known_) return std::nullopt;
    const ChangeStream::Touched touched = stream_->take_keys();
    keys_known_ = false;  // until they are compared: an attempt that breaks off leaves nothing to go on from
    if (!touched.known) return std::nullopt;
    not_compared_ += touched.dropped;
    std::vector<TableName> different;
    const mysql::ConnectOptions bounded{.profile = mysql::SessionProfile::copy_read,
                                        .read_timeout = job.spec.cutover.answer_limit(),
                                        .write_timeout = job.spec.cutover.answer_limit()};
    mysql::Connection source(job.spec.source, bounded);
    mysql::Connection target(job.spec.target, bounded);
    mysql::KeyComparison comparison(source, target, job.tables);
    std::size_t rows = 0;
    std::size_t tables = 0;
    for (std::size_t i = 0; i < touched.keys.size(); ++i) {
        control.check();
        if (touched.whole[i] && reverse_) {
            ++tables;  // the source may hold rows there that are none of the target's (a mapping's `where`)
        } else if (touched.whole[i]) {
            ++tables;
            if (!comparison.same(i)) different.push_back(job.tables[i].source);
        } else if (!touched.keys[i].empty()) {
            rows += touched.keys[i].size();
            if (!comparison.differing(i, touched.keys[i]).empty()) different.push_back(job.tables[i].source);
        }
    }
    keys_known_ = different.empty();
    std::string text = fmt::format("{} rows that changed since {} were compared", rows,
                                   reverse_ ? "this program took the way back up" : "the validation");
    if (tables != 0) text += reverse_ ? fmt::format(", and of {} tables none", tables) : fmt::format(", and {} tables as a whole", tables);
    text += different.empty() ? ": all are equal" : ": some differ";
    if (not_compared_ != 0) text += fmt::format("; {} more rows had changed, and were not compared again", not_compared_);
    control.event(different.empty() ? Severity::info : Severity::error, "cutover", "target", text);
    return different;
}

}  // namespace transload::native
