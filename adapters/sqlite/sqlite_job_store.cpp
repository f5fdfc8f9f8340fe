#include "adapters/sqlite/sqlite_job_store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>

#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/other_secrets.hpp"
#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/codec/report_json.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::sqlite {
namespace {

constexpr const char* job_columns =
    "SELECT id, spec, source_password, target_password, state, resume_state, failure, report, created, "
    "updated, other_secrets "
    "FROM jobs ";

std::int64_t micros(WallTime time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

WallTime time_of(const SQLite::Column& column) {
    return WallTime{std::chrono::microseconds{column.getInt64()}};
}

std::string text_of(const SQLite::Column& column) {
    return column.getString();
}

void bind_text(SQLite::Statement& statement, int index, std::string_view text) {
    statement.bind(index, std::string(text));
}

void bind_blob(SQLite::Statement& statement, int index, const std::string& bytes) {
    if (bytes.empty())
        statement.bind(index);
    else
        statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

JobState state_of(const SQLite::Column& column, std::string_view object) {
    const std::string name = text_of(column);
    const auto state = job_state_from(name);
    if (!state)
        throw Error(ErrorKind::failed, "store.corrupt", std::string(object),
                    fmt::format("the job store holds the unknown state {} for {}", valid_utf8(name), object),
                    "Use the Transload that wrote it, or a newer one.");
    return *state;
}

/// Takes the write lock and gives it back: a read-only or vanished disk shows here.
bool writable(SQLite::Database& database) noexcept {
    try {
        const SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        return database.execAndGet("SELECT COUNT(*) FROM schema_version").getInt() > 0;
    } catch (...) {
        return false;
    }
}

}  // namespace

struct SqliteJobStore::Impl {
    Impl(const std::filesystem::path& state_dir, const Secrets& secrets_)
        : file(state_dir / "transload.db"), secrets(secrets_), database(open_database(file)) {}

    /// Runs an act alone on the connection.
    template <class Act>
    auto alone(Act act) {
        const std::lock_guard lock(mutex);
        return guarded(file, act);
    }

    [[nodiscard]] std::string sealed(const Secret& secret) const {
        return secret.empty() ? std::string{} : secrets.seal(secret);
    }

    [[nodiscard]] Secret opened(const SQLite::Column& column) const {
        return column.isNull() ? Secret{} : secrets.open(column.getString());
    }

    /// The job of the current row of a `job_columns` statement.
    [[nodiscard]] Job job_of(SQLite::Statement& row) const {
        Job job;
        job.id = JobId{text_of(row.getColumn(0))};
        try {
            job.spec = spec_from_json(parse_own_json(text_of(row.getColumn(1)), "spec"));
            restore_other_secrets(job.spec, opened(row.getColumn(10)));
            if (!row.isColumnNull(6))
                job.failure = failure_from_json(parse_own_json(text_of(row.getColumn(6)), "failure"));
            job.report = report_from_json(parse_own_json(text_of(row.getColumn(7)), "report"));
        } catch (const Error& error) {
            if (error.id() != "codec.malformed") throw;
            throw Error(ErrorKind::failed, "store.corrupt", job.id.str(),
                        fmt::format("the job store {} holds a job {} that can't be read: {}", file.string(),
                                    job.id.str(), error.message()),
                        "Use the Transload that wrote it, or restore the store from a backup.");
        }
        job.spec.source.password = opened(row.getColumn(2));
        job.spec.target.password = opened(row.getColumn(3));
        job.state = state_of(row.getColumn(4), job.id.str());
        job.resume_state = state_of(row.getColumn(5), job.id.str());
        job.created = time_of(row.getColumn(8));
        job.updated = time_of(row.getColumn(9));
        return job;
    }

    /// Numbers and inserts the event; the caller holds the write lock.
    Event insert(Event event) {
        SQLite::Statement last(database, "SELECT COALESCE(MAX(sequence), 0) FROM events WHERE job_id = ?");
        bind_text(last, 1, event.job.str());
        last.executeStep();
        event.sequence = static_cast<std::uint64_t>(last.getColumn(0).getInt64()) + 1;
        // What the caller gets is what a reader would get: whole microseconds, valid text.
        event.at = WallTime{std::chrono::microseconds{micros(event.at)}};
        for (std::string* text : {&event.step, &event.object, &event.message}) *text = valid_utf8(*text);
        SQLite::Statement insert(
            database,
            "INSERT INTO events (job_id, sequence, at, state, step, object, level, message) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        bind_text(insert, 1, event.job.str());
        insert.bind(2, static_cast<std::int64_t>(event.sequence));
        insert.bind(3, micros(event.at));
        bind_text(insert, 4, to_string(event.state));
        bind_text(insert, 5, event.step);
        bind_text(insert, 6, event.object);
        bind_text(insert, 7, to_string(event.level));
        bind_text(insert, 8, event.message);
        insert.exec();
        return event;
    }

    /// Binds text and id to an UPDATE of one job.
    int update_text(const char* update, const JobId& id, std::string_view text) {
        return alone([&] {
            SQLite::Statement statement(database, update);
            bind_text(statement, 1, text);
            bind_text(statement, 2, id.str());
            return statement.exec();
        });
    }

    void require(const JobId& id) {
        SQLite::Statement known(database, "SELECT 1 FROM jobs WHERE id = ?");
        bind_text(known, 1, id.str());
        if (!known.executeStep()) throw unknown(id);
    }

    [[nodiscard]] static Error unknown(const JobId& id) {
        return Error(ErrorKind::failed, "store.unknown_job", id.str(),
                     fmt::format("the job store holds no job {}", id.str()), "");
    }

    std::filesystem::path file;
    const Secrets& secrets;
    std::timed_mutex mutex;
    SQLite::Database database;
};

SqliteJobStore::SqliteJobStore(const std::filesystem::path& state_dir, const Secrets& secrets) {
    make_state_dir(state_dir);
    impl_ = std::make_unique<Impl>(state_dir, secrets);
}

SqliteJobStore::~SqliteJobStore() = default;

void SqliteJobStore::create(const Job& job) {
    impl_->alone([&] {
        SQLite::Transaction transaction(impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement insert(
            impl_->database,
            "INSERT INTO jobs (id, spec, source_password, target_password, state, resume_state, "
            "failure, report, created, updated, other_secrets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO NOTHING");
        bind_text(insert, 1, job.id.str());
        bind_text(insert, 2, json_text(spec_to_json(job.spec)));
        bind_blob(insert, 3, impl_->sealed(job.spec.source.password));
        bind_blob(insert, 4, impl_->sealed(job.spec.target.password));
        bind_text(insert, 5, to_string(job.state));
        bind_text(insert, 6, to_string(job.resume_state));
        if (job.failure) bind_text(insert, 7, json_text(failure_to_json(job.failure)));
        bind_text(insert, 8, json_text(report_to_json(job.report)));
        insert.bind(9, micros(job.created));
        insert.bind(10, micros(job.updated));
        bind_blob(insert, 11, impl_->sealed(other_secrets_of(job.spec)));
        if (insert.exec() == 0)
            throw Error(ErrorKind::failed, "store.exists", job.id.str(),
                        fmt::format("there is a job {} already", job.id.str()), "Choose another id.");
        transaction.commit();
    });
}

std::optional<Job> SqliteJobStore::load(const JobId& id) const {
    return impl_->alone([&]() -> std::optional<Job> {
        SQLite::Statement select(impl_->database, std::string(job_columns) + "WHERE id = ?");
        bind_text(select, 1, id.str());
        if (!select.executeStep()) return std::nullopt;
        return impl_->job_of(select);
    });
}

std::vector<Job> SqliteJobStore::list() const {
    return impl_->alone([&] {
        SQLite::Statement select(impl_->database,
                                 std::string(job_columns) + "ORDER BY created DESC, rowid DESC");
        std::vector<Job> jobs;
        while (select.executeStep()) jobs.push_back(impl_->job_of(select));
        return jobs;
    });
}

Event SqliteJobStore::commit(const Job& job, Event event) {
    event.job = job.id;
    return impl_->alone([&] {
        SQLite::Transaction transaction(impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement update(
            impl_->database,
            "UPDATE jobs SET spec = ?, source_password = ?, target_password = ?, state = ?, "
            "resume_state = ?, failure = ?, report = ?, updated = ?, other_secrets = ?, "
            "cutover_asked = CASE WHEN ? THEN 0 ELSE cutover_asked END, "
            "command_asked = CASE WHEN state = ? THEN command_asked END WHERE id = ?");
        bind_text(update, 1, json_text(spec_to_json(job.spec)));
        bind_blob(update, 2, impl_->sealed(job.spec.source.password));
        bind_blob(update, 3, impl_->sealed(job.spec.target.password));
        bind_text(update, 4, to_string(job.state));
        bind_text(update, 5, to_string(job.resume_state));
        if (job.failure) bind_text(update, 6, json_text(failure_to_json(job.failure)));
        bind_text(update, 7, json_text(report_to_json(job.report)));
        update.bind(8, micros(job.updated));
        bind_blob(update, 9, impl_->sealed(other_secrets_of(job.spec)));
        update.bind(10, job.report.cutover.requested ? 1 : 0);
        bind_text(update, 11, to_string(job.state));
        bind_text(update, 12, job.id.str());
        if (update.exec() == 0) throw Impl::unknown(job.id);
        Event stored = impl_->insert(std::move(event));
        transaction.commit();
        return stored;
    });
}

Event SqliteJobStore::append(Event event) {
    return impl_->alone([&] {
        SQLite::Transaction transaction(impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
        impl_->require(event.job);
        Event stored = impl_->insert(std::move(event));
        transaction.commit();
        return stored;
    });
}

void SqliteJobStore::ask_command(const JobId& id, Trigger command) {
    if (impl_->update_text("UPDATE jobs SET command_asked = ? WHERE id = ?", id, to_string(command)) == 0)
        throw Impl::unknown(id);
}

void SqliteJobStore::ask_limits(const JobId& id, const Limits& limits) {
    const std::string text = json_text(limits_to_json(limits));
    if (impl_->update_text("UPDATE jobs SET limits_asked = ? WHERE id = ?", id, text) == 0) throw Impl::unknown(id);
}

JobRequests SqliteJobStore::requests(const JobId& id) const {
    return impl_->alone([&] {
        SQLite::Statement select(impl_->database, "SELECT command_asked, limits_asked FROM jobs WHERE id = ?");
        bind_text(select, 1, id.str());
        JobRequests requests;
        if (!select.executeStep()) return requests;
        if (!select.isColumnNull(0)) requests.command = trigger_from(text_of(select.getColumn(0)));
        if (!select.isColumnNull(1))
            requests.limits = limits_from_json(parse_own_json(text_of(select.getColumn(1)), "limits_asked"));
        return requests;
    });
}

void SqliteJobStore::answered(const JobId& id, const JobRequests& seen) {
    if (seen.command)
        impl_->update_text("UPDATE jobs SET command_asked = NULL WHERE command_asked = ? AND id = ?", id,
                           to_string(*seen.command));
    if (seen.limits)
        impl_->update_text("UPDATE jobs SET limits_asked = NULL WHERE limits_asked = ? AND id = ?", id,
                           json_text(limits_to_json(*seen.limits)));
}

void SqliteJobStore::ask_cutover(const JobId& id) {
    impl_->alone([&] {
        SQLite::Statement update(impl_->database, "UPDATE jobs SET cutover_asked = 1 WHERE id = ?");
        bind_text(update, 1, id.str());
        if (update.exec() == 0) throw Impl::unknown(id);
    });
}

bool SqliteJobStore::cutover_asked(const JobId& id) const {
    return impl_->alone([&] {
        SQLite::Statement select(impl_->database, "SELECT cutover_asked FROM jobs WHERE id = ?");
        bind_text(select, 1, id.str());
        return select.executeStep() && select.getColumn(0).getInt() != 0;
    });
}

std::vector<Event> SqliteJobStore::events(const JobId& id, std::uint64_t after, std::size_t limit) const {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    return impl_->alone([&] {
        SQLite::Statement select(impl_->database,
                                 "SELECT sequence, at, state, step, object, level, message FROM events "
                                 "WHERE job_id = ? AND sequence > ? ORDER BY sequence LIMIT ?");
        bind_text(select, 1, id.str());
        select.bind(2, static_cast<std::int64_t>(std::min(after, most)));
        select.bind(3, static_cast<std::int64_t>(std::min<std::uint64_t>(limit, most)));
        std::vector<Event> events;
        while (select.executeStep()) {
            Event event;
            event.sequence = static_cast<std::uint64_t>(select.getColumn(0).getInt64());
            event.job = id;
            event.at = time_of(select.getColumn(1));
            event.state = state_of(select.getColumn(2), id.str());
            event.step = text_of(select.getColumn(3));
            event.object = text_of(select.getColumn(4));
            event.level = from_word<Severity>(text_of(select.getColumn(5))).value_or(Severity::error);
            event.message = text_of(select.getColumn(6));
            events.push_back(std::move(event));
        }
        return events;
    });
}

bool SqliteJobStore::healthy() const noexcept {
    try {
        const std::unique_lock lock(impl_->mutex, std::chrono::milliseconds{500});
        if (!lock.owns_lock()) return false;
        impl_->database.setBusyTimeout(500);
        const bool well = writable(impl_->database);
        impl_->database.setBusyTimeout(busy_milliseconds);
        return well;
    } catch (...) {
        return false;
    }
}

void make_state_dir(const std::filesystem::path& state_dir) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(state_dir, error);
    if (!error && !std::filesystem::is_directory(state_dir, error) && !error)
        error = std::make_error_code(std::errc::not_a_directory);
    if (error)
        throw Error(ErrorKind::failed, "store.unavailable", state_dir.string(),
                    fmt::format("the state folder {} can't be made: {}", state_dir.string(), error.message()),
                    "Choose a folder that this user may write (--state-dir).");
    // Job logs, events and the key are for the owner alone; a folder that was there keeps its mode.
    if (made) ::chmod(state_dir.c_str(), 0700);
}

}  // namespace transload::sqlite
