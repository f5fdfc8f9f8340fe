#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stdexcept>

#include "tests/bench/paced_load.hpp"
#include "tests/support/workload/session.hpp"

// Measures a stream of changes from the outside: `bench_marks` on the source is written, on the target it is watched.
// One JSON object on standard output.
namespace transload::bench {
namespace {

using namespace std::chrono_literals;
using test::WriterSession;

struct Options {
    Server source;
    Server target;
    LoadOptions load;
    unsigned seconds = 30;
    unsigned settle = 3;         ///< seconds of load before the first sample counts
    unsigned limit = 900;        ///< seconds until waiting is given up
    std::string handed_over;     ///< this file appears at the hand-over
};

std::int64_t mark_on(WriterSession& session) {
    const auto rows = session.query("SELECT n FROM bench_marks WHERE id = 1");
    if (!rows || rows->empty()) return -1;
    return std::stoll(rows->at(0).at(0).value_or("-1"));
}

std::int64_t write_mark(WriterSession& session) {
    const std::int64_t next = mark_on(session) + 1;
    if (session.execute(fmt::format("REPLACE INTO bench_marks VALUES (1, {})", next)) != 0)
        throw std::runtime_error("the mark could not be written: " + session.message());
    return next;
}

/// A mark that is written now is the last transaction: seconds until it is on the target.
int caught_up(const Options& options) {
    WriterSession source(options.source.port, "root", password(), options.source.database);
    WriterSession target(options.target.port, "root", password(), options.target.database);
    const std::int64_t begun = now_us();
    const std::int64_t mark = write_mark(source);
    while (mark_on(target) < mark) {
        if (now_us() - begun > options.limit * 1'000'000LL) throw std::runtime_error("not caught up in time");
        std::this_thread::sleep_for(5ms);
    }
    fmt::print("{{\"seconds\": {:.3f}}}\n", static_cast<double>(now_us() - begun) / 1e6);
    return 0;
}

double quantile(std::vector<double>& sorted, double share) {
    if (sorted.empty()) return NAN;
    return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

/// Commit-to-visible: from the answer to COMMIT on the source to the first read on the target that shows it.
int delay(const Options& options) {
    PacedLoad load(options.source, options.load);
    std::mutex mutex;
    std::deque<std::pair<std::int64_t, std::int64_t>> under_way;  // mark, when its commit was answered
    std::atomic<bool> over{false};
    std::int64_t first_counted = 0;
    const std::int64_t begun = now_us();
    std::thread marker([&] {
        WriterSession source(options.source.port, "root", password(), options.source.database);
        auto due = std::chrono::steady_clock::now();
        while (!over) {
            const std::int64_t mark = write_mark(source);
            const std::int64_t at = now_us();
            {
                const std::lock_guard lock(mutex);
                under_way.emplace_back(mark, at);
                if (first_counted == 0 && at - begun > options.settle * 1'000'000LL) first_counted = mark;
            }
            due += 10ms;
            std::this_thread::sleep_until(due);
        }
    });
    std::vector<double> delays;
    WriterSession target(options.target.port, "root", password(), options.target.database);
    const std::int64_t end = begun + (options.settle + options.seconds) * 1'000'000LL;
    std::uint64_t changes = 0;
    bool stopped = false;
    while (true) {
        const std::int64_t seen = mark_on(target);
        const std::int64_t at = now_us();
        const std::lock_guard lock(mutex);
        while (!under_way.empty() && under_way.front().first <= seen) {
            const auto [mark, committed] = under_way.front();
            under_way.pop_front();
            if (first_counted != 0 && mark >= first_counted) delays.push_back(static_cast<double>(std::max<std::int64_t>(0, at - committed)) / 1e3);
        }
        if (!stopped && at > end) {
            changes = load.row_changes();
            over = stopped = true;
        }
        if (stopped && (under_way.empty() || at > end + options.limit * 1'000'000LL)) break;
        if (at > end + 30'000'000) break;
        std::this_thread::sleep_for(500us);
    }
    marker.join();
    load.stop();
    std::sort(delays.begin(), delays.end());
    if (delays.empty()) throw std::runtime_error("no mark was seen on the target");
    fmt::print("{{\"row_changes_per_second\": {:.0f}, \"samples\": {}, \"late_transactions\": {}, \"unseen\": {}, \"p50_ms\": {:.2f}, "
               "\"p99_ms\": {:.2f}, \"max_ms\": {:.2f}}}\n",
               static_cast<double>(changes) / (options.settle + options.seconds), delays.size(), load.late(), under_way.size(), quantile(delays, 0.5),
               quantile(delays, 0.99), delays.back());
    return 0;
}

/// Load until the source refuses it; then a writer that goes to the target as soon as it is told to.
int cutover(const Options& options) {
    const std::int64_t begun = now_us();
    PacedLoad load(options.source, options.load);
    const auto wait_for = [&](const std::function<bool()>& condition, const char* what) {
        while (!condition()) {
            if (now_us() - begun > options.limit * 1'000'000LL) throw std::runtime_error(std::string("in vain: ") + what);
            std::this_thread::sleep_for(500us);
        }
    };
    wait_for([&] { return load.first_refusal_us() != 0; }, "the write stop");
    wait_for([&] { return std::filesystem::exists(options.handed_over); }, "the hand-over");
    const std::int64_t told = now_us();
    load.stop();
    WriterSession target(options.target.port, "root", password(), options.target.database);
    wait_for([&] { return target.execute("UPDATE sbtest1 SET k = k + 1 WHERE id = 1") == 0; }, "the first write on the target");
    const std::int64_t written = now_us();
    const auto ms = [&](std::int64_t at) { return static_cast<double>(at - load.last_commit_us()) / 1e3; };
    fmt::print("{{\"row_changes\": {}, \"refused_after_ms\": {:.1f}, \"handed_over_after_ms\": {:.1f}, \"first_write_after_ms\": {:.1f}}}\n",
               load.row_changes(), ms(load.first_refusal_us()), ms(told), ms(written));
    return 0;
}

}  // namespace
}  // namespace transload::bench

int main(int argc, char** argv) {
    using namespace transload::bench;
    CLI::App program{"Measures a stream of changes from the outside"};
    program.require_subcommand(1);
    Options options;
    const auto add = [&](const char* name, const char* help, int (*act)(const Options&)) {
        CLI::App* command = program.add_subcommand(name, help);
        command->add_option("--source", options.source.port, "port")->required();
        command->add_option("--target", options.target.port, "port")->required();
        command->add_option("--database", options.source.database);
        command->add_option("--rate", options.load.row_changes_per_second);
        command->add_option("--threads", options.load.threads);
        command->add_option("--tables", options.load.tables);
        command->add_option("--rows", options.load.rows);
        command->add_option("--seconds", options.seconds);
        command->add_option("--settle", options.settle);
        command->add_option("--limit", options.limit);
        command->add_option("--handed-over", options.handed_over);
        command->callback([&options, act] {
            options.target.database = options.source.database;
            try {
                throw CLI::RuntimeError(act(options));
            } catch (const std::runtime_error& error) {
                if (dynamic_cast<const CLI::Error*>(&error) != nullptr) throw;
                fmt::print(stderr, "stream probe: {}\n", error.what());
                throw CLI::RuntimeError(1);
            }
        });
    };
    add("caught-up", "writes a mark and waits for it", caught_up);
    add("delay", "commit-to-visible delay under an even load", delay);
    add("cutover", "an even load until the write stop, then the first write on the target", cutover);
    CLI11_PARSE(program, argc, argv);
    return 0;
}
