#include "adapters/native/flow/progress_board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>

namespace transload::native {

using std::chrono::steady_clock;

ProgressBoard::ProgressBoard(const std::vector<TablePlan>& tables, RunControl& control)
    : control_(control), states_(tables.size()) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
        states_[i].shown.table = tables[i].source.display();
        states_[i].shown.phase = "waiting";
        states_[i].shown.rows_total = tables[i].estimated_rows;
        states_[i].changed = true;
    }
    ticker_ = std::jthread([this](const std::stop_token& ended) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!ended.stop_requested()) {
            wake.wait_for(lock, ended, std::chrono::milliseconds(250), [] { return false; });
            publish();
        }
    });
}

ProgressBoard::~ProgressBoard() = default;

void ProgressBoard::publish() {
    std::vector<TableProgress> news;
    {
        const std::lock_guard lock(mutex_);
        for (State& state : states_) {
            if (!state.changed) continue;
            state.changed = false;
            news.push_back(state.shown);
        }
    }
    for (const TableProgress& progress : news) control_.progress(progress);
}

void ProgressBoard::set_done(std::size_t table, std::uint64_t rows, std::uint64_t bytes,
                             std::uint64_t chunks) {
    const std::lock_guard lock(mutex_);
    State& state = states_[table];
    state.shown.rows_done = rows;
    state.shown.bytes_done = bytes;
    state.shown.chunks_done = chunks;
    state.shown.rows_total = std::max(state.shown.rows_total, rows);
    state.copied = false;
    state.changed = true;
}

void ProgressBoard::set_phase(std::size_t table, std::string_view phase) {
    const std::lock_guard lock(mutex_);
    states_[table].shown.phase = phase;
    states_[table].changed = true;
}

void ProgressBoard::set_copied(std::size_t table) {
    const std::lock_guard lock(mutex_);
    State& state = states_[table];
    state.shown.phase = "copied";
    state.shown.rows_total = state.shown.rows_done;
    state.copied = true;
    state.changed = true;
}

void ProgressBoard::item_begins(std::size_t table) {
    const std::lock_guard lock(mutex_);
    ++states_[table].items;
}

void ProgressBoard::table_begins(std::size_t table) {
    std::string started;
    {
        const std::lock_guard lock(mutex_);
        State& state = states_[table];
        if (!state.started) {
            state.started = true;
            state.begun = steady_clock::now();
            state.shown.phase = "inventory";
            state.changed = true;
            started = state.shown.table;
        }
    }
    if (!started.empty()) control_.event(Severity::info, "data.inventory", started, "copying rows");
}

void ProgressBoard::item_ends(std::size_t table) {
    std::string name;
    std::string message;
    {
        const std::lock_guard lock(mutex_);
        State& state = states_[table];
        if (--state.items != 0) return;
        state.copied = true;
        state.shown.phase = "copied";
        state.shown.rows_total = state.shown.rows_done;
        state.changed = true;
        const double seconds = std::chrono::duration<double>(steady_clock::now() - state.begun).count();
        name = state.shown.table;
        message = state.rows_of_this_run == state.shown.rows_done
                      ? fmt::format("{} rows copied in {:.1f} s", state.shown.rows_done, seconds)
                      : fmt::format("{} rows copied, {} of them in this run in {:.1f} s",
                                    state.shown.rows_done, state.rows_of_this_run, seconds);
    }
    control_.event(Severity::info, "data.inventory", name, message);
}

void ProgressBoard::chunk_done(std::size_t table, std::uint64_t rows, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    State& state = states_[table];
    state.rows_of_this_run += rows;
    state.shown.rows_done += rows;
    state.shown.bytes_done += bytes;
    ++state.shown.chunks_done;
    state.shown.rows_total = std::max(state.shown.rows_total, state.shown.rows_done);
    state.changed = true;
}

bool ProgressBoard::copied(std::size_t table) const {
    const std::lock_guard lock(mutex_);
    return states_[table].copied;
}

}  // namespace transload::native
