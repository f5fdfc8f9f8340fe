#include "adapters/native/indexing/index_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>

#include "adapters/mysql/auto_increment.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/deferred_indexes.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::native {
namespace {

class Finisher {
  public:
    Finisher(const DataJob& job, ProgressBoard& board, Interrupter& interrupter, RunState& run,
             RunControl& control)
        : job_(job), board_(board), interrupter_(interrupter), run_(run), control_(control) {}

    void finish(std::size_t table) {
        for (unsigned tried = 0;; ++tried) {
            try {
                attempt(table);
                return;
            } catch (const Error& error) {
                target_.reset();
                source_.reset();
                const TablePlan& plan = job_.tables[table];
                if (run_.stop().stop_requested())
                    throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
                const bool again =
                    error.kind() == ErrorKind::transient || error.kind() == ErrorKind::in_doubt;
                if (!again || tried + 1 >= job_.spec.retry.attempts)
                    throw Error(
                        error.kind(), error.id(), plan.source.display(),
                        fmt::format("finishing {} failed: {}", plan.target.display(), error.message()),
                        error.remedy());
            }
            back_off(job_.spec.retry, tried, run_.stop());
        }
    }

  private:
    void connect() {
        if (!target_) {
            target_ = std::make_unique<mysql::Connection>(
                job_.spec.target, mysql::ConnectOptions{.sql_log_bin = job_.spec.target_log_bin});
            mysql::prepare_for_indexing(*target_);
        }
        if (!source_) source_ = std::make_unique<mysql::Connection>(job_.spec.source);
    }

    void attempt(std::size_t table) {
        connect();
        const TablePlan& plan = job_.tables[table];
        const Interrupter::Watch watch(interrupter_, *target_);
        const auto deferred =
            std::find_if(job_.deferred.begin(), job_.deferred.end(),
                         [&](const DeferredIndexes& other) { return other.target == plan.target; });
        std::vector<std::string> alters;
        if (deferred != job_.deferred.end()) alters = mysql::missing_indexes(*target_, plan.target, *deferred);
        const auto counter = mysql::counter_to_carry(*source_, plan, *target_, plan.target);
        if (counter) {
            const std::string clause = "AUTO_INCREMENT = " + *counter;
            if (alters.empty())
                alters.push_back(clause);
            else
                alters.front() += ", " + clause;
        }
        if (alters.empty()) return;
        board_.set_phase(table, "indexing");
        const auto begun = std::chrono::steady_clock::now();
        for (const std::string& clauses : alters) {
            control_.check();
            mysql::add_indexes(*target_, plan.target, clauses);
        }
        if (deferred != job_.deferred.end())
            control_.event(
                Severity::info, "data.indexing", plan.source.display(),
                fmt::format("indexes built in {:.1f} s",
                            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()));
    }

    const DataJob& job_;
    ProgressBoard& board_;
    Interrupter& interrupter_;
    RunState& run_;
    RunControl& control_;
    std::unique_ptr<mysql::Connection> target_;
    std::unique_ptr<mysql::Connection> source_;
};

}  // namespace

void finish_tables(const DataJob& job, ProgressBoard& board, Interrupter& interrupter, RunState& run,
                   RunControl& control) {
    // The longest first, so that none of them is left to run alone at the end.
    std::vector<std::size_t> order(job.tables.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return job.tables[a].data_bytes > job.tables[b].data_bytes;
    });
    std::atomic<std::size_t> next{0};
    const auto body = [&] {
        Finisher finisher(job, board, interrupter, run, control);
        for (std::size_t i = next++; i < order.size() && !run.stop().stop_requested(); i = next++) {
            finisher.finish(order[i]);
            board.set_copied(order[i]);
        }
    };
    const std::size_t threads = std::min<std::size_t>(std::max(1U, job.spec.limits.workers), order.size());
    run_threads(run, std::vector<std::function<void()>>(threads, body));
}

}  // namespace transload::native
