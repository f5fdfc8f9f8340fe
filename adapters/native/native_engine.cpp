#include "adapters/native/native_engine.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>

#include "adapters/mysql/auto_increment.hpp"
#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/mysql/deferred_indexes.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/flow/log_watch.hpp"
#include "adapters/native/flow/progress_board.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/following/copied_runs.hpp"
#include "adapters/native/following/follower.hpp"
#include "adapters/native/following/view_position.hpp"
#include "adapters/native/indexing/index_builder.hpp"
#include "adapters/native/snapshot/inventory.hpp"
#include "adapters/native/stream/stream_store.hpp"

namespace transload::native {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

bool follows(const DataJob& job) {
    return job.reverse || job.spec.cutover.mode != CutoverMode::none;
}

StreamStore stream_store(const DataJob& job) {
    return {job.spec.target, job.id, job.reverse ? StreamDirection::reverse : StreamDirection::forward,
            job.spec.target_log_bin};
}

/// What the copied rows hold; nothing for a way back, which begins with equal sides.
Window window_of(const DataJob& job) {
    if (job.reverse) return {};
    CheckpointStore store(job);
    return window_of(store.load_tables(), store.load_views());
}

/// Rows of several views are brought to one position before unique indexes are built over them.
void level(Follower& follower, const Window& window, RunControl& control) {
    const auto end = end_of(window);
    if (!end) return;
    control.event(Severity::info, "data.stream", "source",
                  "rows were copied from several views: applying changes up to the last of them, " + end->display());
    follower.drain_to(*end, std::chrono::milliseconds{0}, control);
}

/// Over the log that a stream which has not begun will read.
std::unique_ptr<LogWatch> watch_log(const DataJob& job, RunState& run, RunControl& control) {
    if (!follows(job)) return nullptr;
    const auto state = stream_store(job).load();
    return state ? std::make_unique<LogWatch>(job.spec.source, state->applied, run, control) : nullptr;
}

/// The counters as they are when the source has taken its last write: rows that came and went have raised them.
void carry_counters(const DataJob& job, RunControl& control) {
    const auto answer = job.spec.cutover.answer_limit();
    mysql::Connection source(job.spec.source, mysql::ConnectOptions{.read_timeout = answer, .write_timeout = answer});
    mysql::Connection target(job.spec.target, mysql::ConnectOptions{.read_timeout = answer,
                                                                    .write_timeout = answer,
                                                                    .sql_log_bin = job.spec.target_log_bin});
    target.execute("SET SESSION lock_wait_timeout = 2");  // writers wait: rather tried again than waited for
    mysql::keep_values_in_alter(target);
    for (const TablePlan& plan : job.tables) {
        if (std::none_of(plan.columns.begin(), plan.columns.end(), [](const Column& column) { return column.auto_increment; }))
            continue;
        control.check();
        if (const auto counter = mysql::counter_to_carry(source, plan, target, plan.target))
            target.execute("ALTER TABLE " + mysql::quote_name(plan.target) + " AUTO_INCREMENT = " + *counter + " " +
                           std::string(mysql::binlog::own_statement));
    }
}

}  // namespace

NativeEngine::NativeEngine() = default;
NativeEngine::~NativeEngine() = default;

void NativeEngine::configure(const DataJob& job, RunControl& control) {
    control.check();
    if (follows(job)) {
        // Before anything is read: whatever happens on the source from here on is in its log.
        mysql::Connection source(job.spec.source);
        stream_store(job).begin(mysql::binlog::current_position(source));
    }
    if (!job.reverse) CheckpointStore(job).open_job();
}

std::shared_ptr<Follower> NativeEngine::follower(const DataJob& job) {
    const Key key{job.id, job.reverse};
    {
        const std::lock_guard lock(mutex_);
        const auto found = followers_.find(key);
        if (found != followers_.end()) return found->second;
    }
    // One step works on a job at a time: nobody else begins its stream meanwhile.
    auto begun = std::make_shared<Follower>(job, window_of(job));
    const std::lock_guard lock(mutex_);
    return followers_.emplace(key, std::move(begun)).first->second;
}

/// A stream that has failed tells so to who asks next, once: the attempt after that begins at the checkpoint.
template <typename Act>
auto NativeEngine::with_follower(const DataJob& job, Act&& act) {
    const std::shared_ptr<Follower> stream = follower(job);
    try {
        return act(*stream);
    } catch (...) {
        if (stream->failed()) drop(job);
        throw;
    }
}

void NativeEngine::drop(const DataJob& job) {
    std::shared_ptr<Follower> gone;  // ends outside the lock: it waits for the stream's threads
    const std::lock_guard lock(mutex_);
    const auto found = followers_.find({job.id, job.reverse});
    if (found == followers_.end()) return;
    gone = std::move(found->second);
    followers_.erase(found);
}

TransferResult NativeEngine::transfer(const DataJob& job, RunControl& control) {
    control.check();
    // Otherwise malloc would keep freed buffers of megabytes (the client library's, for big rows) for later.
    mallopt(M_MMAP_THRESHOLD, 512 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    RunState run(control);
    try {
        return copy_and_index(job, run, control);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::cancelled) throw;
        // Who stopped this? The user, or the first error of another thread, which is what has to be told.
        control.check();
        run.rethrow();
        throw;
    }
}

TransferResult NativeEngine::copy_and_index(const DataJob& job, RunState& run, RunControl& control) {
    CheckpointStore store(job);
    store.open_job();
    TransferResult result;
    Interrupter interrupter(run.stop());
    ProgressBoard board(job.tables, control);

    const auto copying = std::chrono::steady_clock::now();
    Inventory inventory(job, store, board, interrupter, run, control);
    auto log_watch = watch_log(job, run, control);
    result.view = inventory.copy();
    log_watch.reset();
    result.inventory_seconds = seconds_since(copying);
    control.check();
    run.rethrow();

    if (follows(job)) {
        const Window window = window_of(job);
        // With rows of one view the indexes are built while nothing else writes, and the stream begins after it.
        if (!is_of_one_view(window)) with_follower(job, [&](Follower& stream) { level(stream, window, control); });
        // A stream knows the unique indexes that were there when it began: the one after the indexes is another.
        drop(job);
    }

    const auto indexing = std::chrono::steady_clock::now();
    log_watch = watch_log(job, run, control);
    finish_tables(job, board, interrupter, run, control);
    log_watch.reset();
    control.check();
    run.rethrow();
    result.indexing_seconds = seconds_since(indexing);

    const CheckpointStore::Totals totals = store.totals();
    result.rows_copied = totals.rows;
    result.bytes_copied = totals.bytes;
    board.publish();
    if (follows(job)) (void)follower(job);
    return result;
}

FollowStatus NativeEngine::follow(const DataJob& job, RunControl& control) {
    if (!follows(job)) return DataEngine::follow(job, control);
    return with_follower(job, [&](Follower& stream) { return stream.look(job, control); });
}

CommonView NativeEngine::common_view(const DataJob& job, const CommonViewWish& wish, RunControl& control) {
    if (!follows(job)) return {};
    try {
        return with_follower(job, [&](Follower& stream) { return stream.common_view(job, wish, control); });
    } catch (const Error& error) {
        if (!wish.mend || error.id() != "native.apply_conflict") throw;
    }
    // The stream stands before rows that are not as the log says, and is dropped: nothing writes to the target.
    CommonView view;
    view.source = Follower::exact_view(job);
    view.to_be_reached = true;
    return view;
}

void NativeEngine::go_on_behind(const DataJob& job, const CommonView& view, RunControl& control) {
    control.check();
    drop(job);
    stream_store(job).move_to(place(dynamic_cast<const mysql::ConsistentView&>(*view.source)).position);
}

std::optional<std::vector<TableName>> NativeEngine::check_changes(const DataJob& job, RunControl& control) {
    if (!follows(job)) return std::nullopt;
    return with_follower(job, [&](Follower& stream) { return stream.check_changes(job, control); });
}

std::string NativeEngine::drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control) {
    if (!follows(job)) return {};
    return with_follower(job, [&](Follower& stream) { return stream.drain(job, limit, control); });
}

void NativeEngine::halt(const DataJob& job, RunControl&) { drop(job); }

void NativeEngine::commit(const DataJob& job, RunControl& control) {
    if (!follows(job)) return;
    drop(job);
    carry_counters(job, control);
}

void NativeEngine::abandon(const DataJob& job, RunControl&) { drop(job); }

void NativeEngine::forget(const DataJob& job, RunControl& control) {
    control.check();
    drop(job);
    if (follows(job)) stream_store(job).forget();
    if (!job.reverse) CheckpointStore(job).forget();
}

}  // namespace transload::native
