#include "adapters/native/indexing/index_builder.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/native/indexing/auto_increment.hpp"

namespace transload::native {
namespace {

/// ALTERs of one table, in order.
std::vector<std::string> group_clauses(const DeferredIndexes& deferred,
                                       const std::vector<std::string>& present) {
    const auto is_present = [&](const std::string& name) {
        return std::any_of(present.begin(), present.end(), [&](const std::string& other) {
            return strcasecmp(other.c_str(), name.c_str()) == 0;
        });
    };
    std::vector<std::string> alters;
    std::vector<std::string> later;
    std::string first;
    bool has_fulltext = false;
    for (std::size_t i = 0; i < deferred.names.size(); ++i) {
        if (is_present(deferred.names[i])) continue;
        const std::string& clause = deferred.clauses[i];
        // InnoDB builds one FULLTEXT index per ALTER in place; with two it would copy the table row by row.
        const bool fulltext = strncasecmp(clause.c_str(), "ADD FULLTEXT", 12) == 0;
        if (fulltext && has_fulltext) {
            later.push_back(clause);
            continue;
        }
        has_fulltext = has_fulltext || fulltext;
        if (!first.empty()) first += ", ";
        first += clause;
    }
    if (!first.empty()) alters.push_back(first);
    alters.insert(alters.end(), later.begin(), later.end());
    return alters;
}

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
            target_->execute("SET SESSION foreign_key_checks = 0, unique_checks = 0");
            // Sorting in more memory saves merge passes; only newer servers let a session choose.
            if (!target_->version().mariadb && target_->version().at_least(8, 0, 27))
                target_->execute("SET SESSION innodb_ddl_buffer_size = 67108864");
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
        if (deferred != job_.deferred.end()) {
            std::vector<std::string> present;
            for (const mysql::Row& row :
                 target_
                     ->query("SELECT DISTINCT index_name FROM information_schema.statistics WHERE "
                             "table_schema = " +
                             mysql::quote_text(plan.target.database) +
                             " AND table_name = " + mysql::quote_text(plan.target.table))
                     .rows)
                present.push_back(row.at(0).value_or(""));
            alters = group_clauses(*deferred, present);
        }
        const auto counter = wanted_counter(plan);
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
            target_->execute("ALTER TABLE " + mysql::quote_name(plan.target) + " " + clauses);
        }
        if (deferred != job_.deferred.end())
            control_.event(
                Severity::info, "data.indexing", plan.source.display(),
                fmt::format("indexes built in {:.1f} s",
                            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()));
    }

    /// The source's counter when the target's is another one.
    std::optional<std::string> wanted_counter(const TablePlan& plan) {
        const bool counts = std::any_of(plan.columns.begin(), plan.columns.end(),
                                        [](const Column& column) { return column.auto_increment; });
        if (!counts) return std::nullopt;
        const auto counter = [](mysql::Connection& connection, const TableName& table) {
            const auto shown = connection.query("SHOW CREATE TABLE " + mysql::quote_name(table));
            return auto_increment_of(shown.rows.at(0).at(1).value_or(""));
        };
        const auto there = counter(*source_, plan.source);
        if (!there || there == counter(*target_, plan.target)) return std::nullopt;
        return there;
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
