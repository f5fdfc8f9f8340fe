#include "adapters/liquibase/ahead.hpp"

#include <fmt/format.h>

#include <chrono>

namespace transload::liquibase {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kLockWaitTimeout = 1205;
constexpr unsigned kDeadlock = 1213;
constexpr unsigned kAlgorithmUnsupported = 1845;
constexpr unsigned kAlgorithmUnsupportedReason = 1846;

/// In all; a table is busy for so long only where something holds it open, a long transaction or a dump.
constexpr std::chrono::minutes kPatience{5};
/// Between two tries, so that the stream catches up on what it waited for.
constexpr milliseconds kFirstPause{250}, kLongestPause{4'000};

bool changes_table(const ChangeSet& change) {
    return change.carrier == Carrier::liquibase &&
           (change.id.starts_with("indexes:") || change.id.starts_with("foreign-keys:"));
}

/// The changeSet's statements. Those of foreign keys must not copy the table: where the server would, it says
/// so.
void run(const ChangeSet& change, bool in_place, mysql::Connection& connection) {
    for (const std::string& statement : change.statements)
        connection.execute(in_place && statement.starts_with("ALTER TABLE ")
                               ? statement + ", ALGORITHM=INPLACE"
                               : statement);
}

void alter(const SchemaJob& job, const DatabaseChangelog& one, const ChangeSet& change, RunControl& control) {
    mysql::ConnectOptions options;
    options.database = one.mapping.target;
    const auto until = std::chrono::steady_clock::now() + kPatience;
    bool in_place = change.id.starts_with("foreign-keys:");
    for (milliseconds wait = kFirstPause;; wait = std::min(2 * wait, kLongestPause)) {
        control.check();
        // A session of its own: one that failed has the frame's settings still.
        mysql::Connection connection(job.spec.target, options);
        try {
            connection.execute("SET SESSION lock_wait_timeout=1");
            if (there(change, connection)) return;
            run(change, in_place, connection);
            control.event(Severity::info, "schema.apply_ahead", one.mapping.target,
                          describe_change_set(change.id));
            return;
        } catch (const mysql::ServerError& error) {
            if (already_there(error.code())) return;
            if (in_place &&
                (error.code() == kAlgorithmUnsupported || error.code() == kAlgorithmUnsupportedReason)) {
                in_place = false;
                continue;
            }
            if (error.code() != kLockWaitTimeout && error.code() != kDeadlock) {
                if (error.kind() != ErrorKind::failed) throw;
                throw to_error({change.id, error.message(), error.code(), true, false}, one.mapping.target,
                               job.spec.target.label(), job.log_file.string());
            }
            if (std::chrono::steady_clock::now() > until)
                throw Error(ErrorKind::transient, "schema.target_busy",
                            one.mapping.target + ": " + describe_change_set(change.id),
                            fmt::format("something has kept the table open on the target for {} minutes",
                                        kPatience.count()),
                            "find it with SELECT * FROM performance_schema.metadata_locks (MariaDB: "
                            "SHOW PROCESSLIST) and end it; the job tries again");
        }
        control.sleep(wait);
    }
}

}  // namespace

void alter_gently(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, Bookkeeping& books,
                  RunControl& control) {
    // All indexes before any foreign key, which would make one of its own where it finds none.
    for (const char* kind : {"indexes:", "foreign-keys:"})
        for (const DatabaseChangelog& one : changelogs) {
            const std::set<std::string> recorded = books.recorded_change_sets(one.changelog.logical_path);
            for (const ChangeSet& change : one.changelog.change_sets)
                if (changes_table(change) && change.id.starts_with(kind) && !recorded.contains(change.id))
                    alter(job, one, change, control);
        }
}

}  // namespace transload::liquibase
