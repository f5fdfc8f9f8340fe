#include "adapters/native/snapshot/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/key_sort.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/session_group.hpp"
#include "adapters/native/checkpoint/gaps.hpp"
#include "adapters/native/flow/source_pressure.hpp"
#include "adapters/native/following/view_position.hpp"
#include "adapters/native/snapshot/lane.hpp"
#include "adapters/native/snapshot/one_view.hpp"
#include "adapters/native/snapshot/stale_chunks.hpp"

namespace transload::native {
namespace {

std::string_view how(mysql::ViewExactness exactness) {
    switch (exactness) {
        case mysql::ViewExactness::bracketed:
            return "no lock was taken";
        case mysql::ViewExactness::locked:
            return "under FLUSH TABLES WITH READ LOCK while it was opened";
        case mysql::ViewExactness::native:
            return "the server names the snapshot's position";
        case mysql::ViewExactness::single:
            return "one session only, since the source was busy or has no binary log, and RELOAD is missing "
                   "for a "
                   "moment's lock";
        case mysql::ViewExactness::held:
            return "the writers were held while it was opened";
    }
    return "";
}

/// MySQL's own JSON, in a table whose rows can be named. MariaDB's is text.
bool has_json(const TablePlan& plan) {
    return plan.key && std::any_of(plan.columns.begin(), plan.columns.end(), [](const Column& column) {
               return !column.generated && !column.left_out && column.data_type == "json";
           });
}

bool is_lost_view(const Error& error) {
    return error.id() == "view.lost";
}

}  // namespace

Inventory::Inventory(const DataJob& job, CheckpointStore& store, ProgressBoard& board,
                     Interrupter& interrupter, RunState& run, RunControl& control)
    : job_(job),
      store_(store),
      board_(board),
      interrupter_(interrupter),
      run_(run),
      control_(control),
      sizes_(CopySizes::choose(job.spec.limits)),
      pool_(job.spec.limits.memory),
      throttle_(job.spec.limits.rows_per_second, job.spec.limits.bytes_per_second),
      states_(job.tables.size()),
      following_(job.spec.cutover.mode != CutoverMode::none) {}

void Inventory::look_for_tables_of_one_view() {
    if (!following_) {
        one_view_.assign(job_.tables.size(), true);
        return;
    }
    mysql::Connection source(job_.spec.source);
    one_view_ = tables_that_need_one_view(job_, source, store_.connection());
}

/// Every row of every table is on the target, from views that need no settling.
bool Inventory::complete() {
    const std::vector<TableCheckpoint> tables = store_.load_tables();
    mysql::Connection source(job_.spec.source);
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const auto& chunks = tables[i].chunks;
        if (chunks.empty()) return false;
        if (!gaps(chunks, [&](const std::vector<mysql::KeyValue>& keys) {
                 return mysql::sort_keys(source, job_.tables[i], keys);
             }).empty())
            return false;
        if (one_view_[i] && std::any_of(chunks.begin(), chunks.end(),
                                        [&](const DoneChunk& chunk) { return chunk.view != chunks.front().view; }))
            return false;
    }
    return true;
}

ViewRecord Inventory::record_of(const mysql::ConsistentView& view) const {
    ViewRecord record;
    record.position = view.position();
    record.exact = view.exactness() != mysql::ViewExactness::single && record.position != "unknown";
    if (!following_) return record;
    const PlacedView placed = place(view);
    record.log_position = placed.position;
    record.bracket_low = placed.bracket_low;
    const auto keyless = std::find_if(job_.tables.begin(), job_.tables.end(), [](const TablePlan& plan) { return !plan.key; });
    if (!placed.exact && keyless != job_.tables.end())
        throw Error(ErrorKind::transient, "native.no_exact_view", keyless->source.display(),
                    "the source was too busy to open a view at an exact position without a lock, and a table without a "
                    "key needs one",
                    "GRANT RELOAD ON *.* to the account on the source, so that a lock can be held for some milliseconds");
    return record;
}

void Inventory::look_at_targets() {
    std::map<std::pair<std::string, std::string>, bool> transactional;
    for (const DatabaseMapping& database : job_.spec.databases)
        for (const mysql::Row& row : store_.connection()
                                         .query("SELECT t.table_name, COALESCE(e.transactions, 'YES') FROM "
                                                "information_schema.tables AS t "
                                                "LEFT JOIN information_schema.engines AS e ON e.engine = "
                                                "t.engine WHERE t.table_schema = " +
                                                mysql::quote_text(database.target))
                                         .rows)
            transactional[{database.target, *row.at(0)}] = row.at(1) != "NO";
    for (std::size_t i = 0; i < job_.tables.size(); ++i) {
        const TableName& target = job_.tables[i].target;
        const auto found = transactional.find({target.database, target.table});
        states_[i].transactional = found == transactional.end() || found->second;
        states_[i].mends_json = has_json(job_.tables[i]);
        if (!states_[i].transactional)
            control_.event(
                Severity::warning, "data.inventory", job_.tables[i].source.display(),
                "the target table knows no transactions: after an interruption open ranges are deleted "
                "before they are loaded again");
    }
}

/// Rows that were there before the job began would mix with ours; and where we began, all that is there is
/// ours.
void Inventory::refuse_foreign_rows() {
    for (std::size_t i = 0; i < job_.tables.size(); ++i) {
        states_[i].begun_before = checkpoints_[i].begun;
        if (checkpoints_[i].begun) continue;
        const TableName& target = job_.tables[i].target;
        if (store_.connection().scalar("SELECT 1 FROM " + mysql::quote_name(target) + " LIMIT 1"))
            throw Error(ErrorKind::failed, "native.target_not_empty", target.display(),
                        "the target table holds rows that this job did not write",
                        "empty the table, or let the job do it (if_exists: truncate or drop)");
    }
    store_.set_begun();
}

Inventory::View Inventory::open_view() {
    View view;
    // Where documents must be looked at again, writers need sessions beside those of the readers.
    const bool json =
        std::any_of(states_.begin(), states_.end(), [](const TableState& state) { return state.mends_json; });
    view.sessions = mysql::ConsistentView::open(
        job_.spec.source, std::max(json ? 2 * sizes_.lanes : sizes_.lanes, following_ ? 2U : 1U),
        following_ ? mysql::Writers::followed : mysql::Writers::running,
        mysql::session_group(job_.id));
    const ViewRecord opened = record_of(*view.sessions);
    const std::string& position = opened.position;
    if (opened.exact)
        for (const ViewRecord& record : store_.load_views())
            if (record.exact && record.position == position && record.log_position.has_value() == following_)
                view.same_position.push_back(record.number);
    if (view.same_position.empty()) view.same_position.push_back(store_.add_view(opened));
    view.number = view.same_position.front();
    control_.event(
        view.sessions->exactness() == mysql::ViewExactness::single ? Severity::warning : Severity::info,
        "data.inventory", "source",
        fmt::format("view of the source at position {} with {} sessions: {}", position,
                    view.sessions->sessions(), how(view.sessions->exactness())));
    return view;
}

void Inventory::settle(const View& view) {
    const StaleOutcome stale =
        settle_stale_chunks(job_, store_, *view.sessions, view.number, view.same_position, checkpoints_,
                            states_, one_view_, interrupter_, run_);
    if (stale.checked != 0)
        control_.event(
            Severity::info, "data.inventory", "source",
            fmt::format("the source moved on, or its position is not known, since {} chunks were copied: {} "
                        "of them differ now and are copied again",
                        stale.checked, stale.removed));
}

void Inventory::fill(WorkQueue& queue, mysql::ConsistentView& view) {
    mysql::ConsistentView::Lease source = view.borrow();
    for (std::size_t i = 0; i < job_.tables.size(); ++i) {
        const TablePlan& plan = job_.tables[i];
        const auto& done = checkpoints_[i].chunks;
        std::uint64_t rows = 0, bytes = 0;
        for (const DoneChunk& chunk : done) {
            rows += chunk.rows;
            bytes += chunk.bytes;
        }
        board_.set_done(i, rows, bytes, done.size());
        states_[i].next_chunk = done.empty() ? 1 : done.back().number + 1;
        const auto open = gaps(done, [&](const std::vector<mysql::KeyValue>& keys) {
            return mysql::sort_keys(*source, plan, keys);
        });
        if (open.empty()) {
            board_.set_copied(i);
            continue;
        }
        const std::uint64_t left = plan.estimated_rows > rows ? plan.estimated_rows - rows : 0;
        for (const mysql::KeyRange& range : open) {
            board_.item_begins(i);
            queue.add({.table = i, .range = range, .estimated_rows = left / open.size()});
        }
    }
}

bool Inventory::target_takes_files() {
    if (store_.connection().scalar("SELECT @@GLOBAL.local_infile") == "1") return true;
    control_.event(
        Severity::warning, "data.inventory", "target",
        "the target forbids LOAD DATA LOCAL (local_infile=OFF): rows go by INSERT, which is slower");
    return false;
}

void Inventory::pass(const View& view) {
    checkpoints_ = store_.load_tables();
    refuse_foreign_rows();
    settle(view);
    std::vector<std::uint64_t> row_bytes;
    for (const TablePlan& plan : job_.tables) row_bytes.push_back(row_bytes_estimate(plan));
    WorkQueue queue(std::move(row_bytes));
    fill(queue, *view.sessions);
    if (queue.empty()) return;

    CopyContext context{.job = job_,
                        .sizes = sizes_,
                        .view = *view.sessions,
                        .view_number = view.number,
                        .store = store_,
                        .checkpoints = checkpoints_,
                        .states = states_,
                        .use_insert = !target_takes_files(),
                        .mend_with_rows = view.sessions->sessions() > sizes_.lanes,
                        .queue = queue,
                        .pool = pool_,
                        .throttle = throttle_,
                        .board = board_,
                        .interrupter = interrupter_,
                        .run = run_,
                        .durable_chunks = durable_chunks_};
    const SourcePressure pressure(job_.spec.source, job_.spec.limits, throttle_, control_);
    std::vector<std::unique_ptr<Lane>> lanes;
    std::vector<std::function<void()>> bodies;
    for (std::size_t i = 0; i < std::min<std::size_t>(sizes_.lanes, view.sessions->sessions()); ++i) {
        Lane& lane = *lanes.emplace_back(std::make_unique<Lane>(context));
        bodies.emplace_back([&lane] { lane.read(); });
        bodies.emplace_back([&lane] { lane.write(); });
    }
    run_threads(run_, bodies);
    control_.check();
    run_.rethrow();
    if (!queue.empty())
        throw Error(ErrorKind::transient, "view.lost", job_.spec.source.label(),
                    "the sessions of the view of the source are lost, or a table was truncated or altered since it was opened",
                    "the copy goes on in a new view");
    if (!context.mend_with_rows) mend_afterwards(view);
}

/// With a single session the writers had none to look at documents with. Should this not be reached, the next
/// run finds the types missing: chunks of a view without an exact position are always compared again.
void Inventory::mend_afterwards(const View& view) {
    mysql::ConsistentView::Lease source = view.sessions->borrow();
    mysql::Connection target(job_.spec.target,
                             mysql::ConnectOptions{.profile = mysql::SessionProfile::copy_write,
                                                   .sql_log_bin = job_.spec.target_log_bin,
                                                   .group = mysql::session_group(job_.id)});
    const Interrupter::Watch watch_source(interrupter_, *source);
    const Interrupter::Watch watch_target(interrupter_, target);
    for (std::size_t i = 0; i < job_.tables.size(); ++i) {
        control_.check();
        if (states_[i].mends_json) mysql::mend_json_types(*source, target, job_.tables[i], mysql::KeyRange{});
    }
}

std::shared_ptr<mysql::ConsistentView> Inventory::copy() {
    look_at_targets();
    look_for_tables_of_one_view();
    if (following_ && complete()) return nullptr;
    for (unsigned fruitless = 0;;) {
        const std::uint64_t before = durable_chunks_;
        try {
            const View view = open_view();
            pass(view);
            if (following_) return nullptr;
            return view.sessions;
        } catch (const Error& error) {
            control_.check();
            fruitless = durable_chunks_ == before ? fruitless + 1 : 0;
            const bool source_gone = is_lost_view(error) || (error.kind() == ErrorKind::transient &&
                                                             error.object() == job_.spec.source.label());
            if (!source_gone || fruitless >= job_.spec.retry.attempts || run_.failed()) throw;
            control_.event(Severity::warning, "data.inventory", "source",
                           "the view of the source is lost; going on in a new one: " + error.message());
            back_off(job_.spec.retry, fruitless, run_.stop());
        }
    }
}

}  // namespace transload::native
