#include "cli/stream_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/human.hpp"

namespace transload::cli {
namespace {

constexpr auto remembered = std::chrono::seconds(60);
constexpr std::size_t bars = 30;

std::string lag_text(const StreamProgress& progress) {
    return progress.lag_ms <= 0 ? "no lag" : "lag " + human_duration(static_cast<double>(progress.lag_ms) / 1000);
}

}  // namespace

void StreamView::set_hints(CutoverMode mode, std::string where) {
    mode_ = mode;
    where_ = std::move(where);
}

void StreamView::update(const JobId& job, const StreamProgress& progress, Clock::time_point now) {
    job_ = job.str();
    progress_ = progress;
    samples_.push_back({now, progress.rows_per_second});
    while (now - samples_.front().at > remembered) samples_.pop_front();
}

std::string StreamView::rates(Clock::time_point now) const {
    // The mean of each two seconds; what nothing is known of is blank, so that the picture moves to the left.
    std::vector<double> sums(bars, 0), counts(bars, 0), means(bars, -1);
    for (const Sample& sample : samples_) {
        const double age = std::chrono::duration<double>(now - sample.at).count();
        const double width = std::chrono::duration<double>(remembered).count() / bars;
        const auto back = static_cast<std::size_t>(std::max(0.0, age) / width);
        if (back >= bars) continue;
        sums[bars - 1 - back] += sample.rate;
        ++counts[bars - 1 - back];
    }
    for (std::size_t i = 0; i < bars; ++i)
        if (counts[i] > 0) means[i] = sums[i] / counts[i];
    const auto first = std::find_if(means.begin(), means.end(), [](double mean) { return mean >= 0; });
    return sparkline(std::vector<double>(first, means.end()));
}

std::string StreamView::line(Clock::time_point now) const {
    const StreamProgress& progress = *progress_;
    std::string text = fmt::format("{:<12} {}  {}  backlog {}", progress.phase, lag_text(progress),
                                   human_rate(progress.rows_per_second), human_bytes(progress.backlog_bytes));
    if (progress.phase != "following" && progress.seconds_to_caught_up > 0)
        text += "  caught up in " + human_duration(progress.seconds_to_caught_up);
    if (progress.conflicts > 0) text += fmt::format("  {} conflicts", human_count(progress.conflicts));
    return text + "  " + rates(now);
}

std::string StreamView::plain() const {
    const StreamProgress& progress = *progress_;
    std::string text = fmt::format("{}: {}, {} row changes/s, backlog {}, {} row changes so far", progress.phase,
                                   lag_text(progress), human_count(static_cast<std::uint64_t>(std::max(0.0, progress.rows_per_second))),
                                   human_bytes(progress.backlog_bytes), human_count(progress.row_changes));
    if (progress.phase != "following" && progress.seconds_to_caught_up > 0)
        text += ", caught up in " + human_duration(progress.seconds_to_caught_up);
    if (progress.conflicts > 0) text += fmt::format(", {} conflicts", human_count(progress.conflicts));
    return text;
}

std::string StreamView::hint(JobState state) const {
    if (!follows()) return {};
    const auto command = [&](const char* verb) { return fmt::format("transload job {} {}{}", verb, job_, where_); };
    if (state == JobState::reversing)
        return "the target stays: " + command("finish") + "   back to the source: " + command("rollback");
    if (state != JobState::data_running) return {};
    if (mode_ == CutoverMode::manual && progress_->phase == "following")
        return "cut over: " + command("cutover") + "   Ctrl-C stops here and keeps the state";
    return "Ctrl-C stops here and keeps the state";
}

}  // namespace transload::cli
