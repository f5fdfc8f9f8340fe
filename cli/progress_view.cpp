#include "cli/progress_view.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "cli/event_text.hpp"
#include "cli/human.hpp"

namespace transload::cli {
namespace {

constexpr auto live_interval = std::chrono::milliseconds(200);
constexpr auto plain_interval = std::chrono::seconds(5);
constexpr auto plain_following_interval = std::chrono::seconds(10);
constexpr std::size_t most_live_lines = 12;

std::size_t terminal_width() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) return size.ws_col;
    return 100;
}

bool is_working(const TableProgress& progress) {
    return progress.phase == "inventory" || progress.phase == "indexing" || progress.phase == "validating";
}

std::string left_out(std::uint64_t pieces) {
    return fmt::format("         {} messages are left out here; transload job events has them all\n", pieces);
}

}  // namespace

ProgressStyle ProgressView::detect(bool quiet) {
    if (quiet) return ProgressStyle::none;
    const char* terminal = std::getenv("TERM");
    const bool capable = terminal && std::string_view(terminal) != "dumb";
    return isatty(STDERR_FILENO) && capable ? ProgressStyle::live : ProgressStyle::plain;
}

ProgressView::ProgressView(ProgressStyle style, int descriptor)
    : style_(style),
      output_(logging::OutputQueue::to(descriptor), left_out),
      last_plain_(std::chrono::steady_clock::now()) {
    if (style_ != ProgressStyle::none) thread_ = std::thread([this] { refresh_loop(); });
}

ProgressView::~ProgressView() { close(); }

void ProgressView::close() {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        closed_ = true;
        if (drawn_lines_ > 0) show("");
    }
    wakeup_.notify_all();
    if (thread_.joinable()) thread_.join();
    (void)output_.drain();
}

void ProgressView::on_event(const Event& event) {
    const std::lock_guard lock(mutex_);
    if (state_ != event.state) stream_.clear();  // what the next state shows is its own
    state_ = event.state;
    if (closed_ || (style_ == ProgressStyle::none && event.level == Severity::info)) return;
    show(event_text(event));
}

void ProgressView::say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (!closed_) show(text);
}

void ProgressView::on_progress(const JobId&, const TableProgress& progress) {
    if (style_ == ProgressStyle::none) return;
    const std::lock_guard lock(mutex_);
    Shown& shown = tables_[progress.table];
    if (shown.progress.phase != progress.phase) {
        shown.phase_began = std::chrono::steady_clock::now();
        shown.rows_at_begin = progress.rows_done;
    }
    shown.progress = progress;
    changed_ = true;
}

void ProgressView::on_stream(const JobId& job, const StreamProgress& progress) {
    if (style_ == ProgressStyle::none) return;
    const std::lock_guard lock(mutex_);
    stream_.update(job, progress, std::chrono::steady_clock::now());
    changed_ = true;
}

void ProgressView::set_hints(CutoverMode mode, const std::string& where) {
    const std::lock_guard lock(mutex_);
    stream_.set_hints(mode, where);
}

void ProgressView::refresh_loop() {
    std::unique_lock lock(mutex_);
    while (!closed_) {
        wakeup_.wait_for(lock, live_interval, [this] { return closed_; });
        // A picture that nobody has seen yet is not followed by another.
        if (closed_ || !changed_ || !output_.idle()) continue;
        if (style_ == ProgressStyle::live) {
            draw();
            changed_ = false;
        } else if (std::chrono::steady_clock::now() - last_plain_ >=
                   (stream_.follows() ? plain_following_interval : plain_interval)) {
            plain_summary();
            last_plain_ = std::chrono::steady_clock::now();
            changed_ = false;
        }
    }
}

void ProgressView::show(const std::string& text) {
    output_.push(erased() + text);
    changed_ = true;
}

std::string ProgressView::erased() {
    const std::size_t lines = std::exchange(drawn_lines_, 0);
    return lines == 0 ? std::string() : fmt::format("\x1b[{}A\x1b[J", lines);
}

std::string ProgressView::table_line(const Shown& shown, std::size_t width) const {
    const TableProgress& progress = shown.progress;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - shown.phase_began).count();
    const double rate = seconds > 0.2 ? static_cast<double>(progress.rows_done - std::min(progress.rows_done, shown.rows_at_begin)) / seconds : 0;
    const double share =
        progress.rows_total ? std::min(1.0, static_cast<double>(progress.rows_done) / static_cast<double>(progress.rows_total)) : 0;
    constexpr std::size_t bar_width = 20;
    const auto filled = static_cast<std::size_t>(share * bar_width);
    std::string line = fmt::format("  {:<10} {}{} {:>3.0f}%  {:>9} rows", progress.phase, std::string(filled, '#'),
                                   std::string(bar_width - filled, '.'), share * 100, human_count(progress.rows_done));
    if (rate > 0) line += "  " + human_rate(rate);
    if (rate > 0 && progress.rows_total > progress.rows_done)
        line += "  ETA " + human_duration(static_cast<double>(progress.rows_total - progress.rows_done) / rate);
    line += "  " + printable(progress.table);
    return clipped(line, width > 1 ? width - 1 : 1);
}

std::string ProgressView::phase_line() const {
    // Where the job stands among all that it does; a job that does not follow passes by what is between.
    struct Phase {
        const char* name;
        bool here;
    };
    const auto any = [this](std::string_view phase) {
        return std::any_of(tables_.begin(), tables_.end(), [&](const auto& table) { return table.second.progress.phase == phase; });
    };
    const bool data = state_ == JobState::data_running || state_ == JobState::data_configuring;
    const bool copying = any("inventory") || any("waiting");
    const bool indexing = !copying && any("indexing");
    const bool following = !copying && !indexing && stream_.follows();
    const Phase phases[] = {
        {"schema", state_ == JobState::schema_generating || state_ == JobState::schema_applying},
        {"inventory", data && !indexing && !following},
        {"indexes", data && indexing},
        {"catch up", data && following && stream_.phase() != "following"},
        {"follow", data && following && stream_.phase() == "following"},
        {"cut over", state_ == JobState::cutting_over},
        {"validate", state_ == JobState::validating},
        {"finish", state_ == JobState::finalizing || state_ == JobState::closing},
        {"way back", state_ == JobState::reversing || state_ == JobState::cutting_back},
    };
    std::string line = "  ";
    for (const Phase& phase : phases) line += phase.here ? fmt::format("[{}] ", phase.name) : fmt::format("{} ", phase.name);
    return line;
}

void ProgressView::draw() {
    const std::size_t width = terminal_width();
    std::string text = erased();
    std::size_t working = 0, finished = 0;
    text += clipped(phase_line(), width - 1) + "\n";
    ++drawn_lines_;
    for (const auto& [name, shown] : tables_) {
        if (shown.progress.phase == "copied" || shown.progress.phase == "validated") ++finished;
        if (!is_working(shown.progress) || ++working > most_live_lines) continue;
        text += table_line(shown, width) + "\n";
        ++drawn_lines_;
    }
    text += fmt::format("  {}: {} of {} tables\n", to_string(state_), finished, tables_.size());
    ++drawn_lines_;
    if (stream_.follows()) {
        text += clipped("  " + stream_.line(std::chrono::steady_clock::now()), width - 1) + "\n";
        ++drawn_lines_;
    }
    if (const std::string hint = stream_.hint(state_); !hint.empty()) {
        text += clipped("  " + hint, width - 1) + "\n";
        ++drawn_lines_;
    }
    output_.push(std::move(text));
}

void ProgressView::plain_summary() {
    std::uint64_t rows = 0, total = 0;
    std::size_t working = 0, finished = 0;
    for (const auto& [name, shown] : tables_) {
        rows += shown.progress.rows_done;
        total += std::max(shown.progress.rows_total, shown.progress.rows_done);
        working += is_working(shown.progress);
        finished += shown.progress.phase == "copied" || shown.progress.phase == "validated";
    }
    if (stream_.follows()) output_.push(fmt::format("         {:<18} {}\n", to_string(state_), stream_.plain()));
    if (stream_.follows() && working == 0) return;
    output_.push(fmt::format("         {:<18} {} of about {} rows, {} tables at work, {} of {} finished\n", to_string(state_),
                             human_count(rows), human_count(total), working, finished, tables_.size()));
}

}  // namespace transload::cli
