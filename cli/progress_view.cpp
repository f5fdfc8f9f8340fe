#include "cli/progress_view.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "cli/event_text.hpp"
#include "cli/human.hpp"

namespace transload::cli {
namespace {

constexpr auto live_interval = std::chrono::milliseconds(200);
constexpr auto plain_interval = std::chrono::seconds(5);
constexpr std::size_t most_live_lines = 12;

std::size_t terminal_width() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 100;
}

bool is_working(const TableProgress& progress) {
    return progress.phase == "inventory" || progress.phase == "indexing" || progress.phase == "validating";
}

void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace

ProgressStyle ProgressView::detect(bool quiet) {
    if (quiet) return ProgressStyle::none;
    const char* terminal = std::getenv("TERM");
    const bool capable = terminal && std::string_view(terminal) != "dumb";
    return isatty(STDERR_FILENO) && capable ? ProgressStyle::live : ProgressStyle::plain;
}

ProgressView::ProgressView(ProgressStyle style) : style_(style), last_plain_(std::chrono::steady_clock::now()) {
    if (style_ != ProgressStyle::none) thread_ = std::thread([this] { refresh_loop(); });
}

ProgressView::~ProgressView() { close(); }

void ProgressView::close() {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        closed_ = true;
        erase();
    }
    wakeup_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void ProgressView::on_event(const Event& event) {
    const std::lock_guard lock(mutex_);
    state_ = event.state;
    if (closed_ || (style_ == ProgressStyle::none && event.level == Severity::info)) return;
    erase();
    write(event_text(event));
    changed_ = true;
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

void ProgressView::refresh_loop() {
    std::unique_lock lock(mutex_);
    while (!closed_) {
        wakeup_.wait_for(lock, live_interval, [this] { return closed_; });
        if (closed_ || !changed_) continue;
        if (style_ == ProgressStyle::live) {
            erase();
            draw();
            changed_ = false;
        } else if (std::chrono::steady_clock::now() - last_plain_ >= plain_interval) {
            plain_summary();
            last_plain_ = std::chrono::steady_clock::now();
            changed_ = false;
        }
    }
}

void ProgressView::erase() {
    if (drawn_lines_ == 0) return;
    write(fmt::format("\x1b[{}A\x1b[J", drawn_lines_));
    drawn_lines_ = 0;
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
    return line.substr(0, width > 1 ? width - 1 : 1);
}

void ProgressView::draw() {
    const std::size_t width = terminal_width();
    std::string text;
    std::size_t working = 0, finished = 0;
    for (const auto& [name, shown] : tables_) {
        if (shown.progress.phase == "copied" || shown.progress.phase == "validated") ++finished;
        if (!is_working(shown.progress) || ++working > most_live_lines) continue;
        text += table_line(shown, width) + "\n";
        ++drawn_lines_;
    }
    text += fmt::format("  {}: {} of {} tables\n", to_string(state_), finished, tables_.size());
    ++drawn_lines_;
    write(text);
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
    write(fmt::format("         {:<18} {} of about {} rows, {} tables at work, {} of {} finished\n", to_string(state_),
                      human_count(rows), human_count(total), working, finished, tables_.size()));
}

}  // namespace transload::cli
