#include "adapters/native/stream/applier.hpp"

#include <algorithm>
#include <utility>

#include "adapters/mysql/session_group.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/stream/named_point.hpp"

namespace transload::native {
namespace {

using mysql::binlog::covers;
using mysql::binlog::Piece;
using mysql::binlog::Position;

/// A group is not made bigger than this; how big it gets below that is a matter of what has come meanwhile.
constexpr std::size_t group_bytes = 12U << 20;
constexpr std::uint64_t group_changes = 20'000;
/// Fewer changes than this are not worth another session's commit.
constexpr std::uint64_t changes_per_part = 1'500;
/// How far the stored checkpoint may lag behind when there is nothing to write but the position.
constexpr std::chrono::seconds store_every{5};

std::unique_ptr<WriteContext> make_context(const StreamSetup& setup, const mysql::ServerVersion& version) {
    mysql::Connection from(setup.from, mysql::ConnectOptions{.read_timeout = std::chrono::seconds(60)});
    auto context = std::make_unique<WriteContext>(WriteContext{setup.tables, {}, {}, Cascades(from, setup.tables)});
    for (const TablePlan& plan : setup.tables) context->sql.emplace_back(plan, version);
    return context;
}

}  // namespace

Applier::Applier(const StreamSetup& setup, RunControl& control, Throttle& throttle, PieceQueue& queue, Signal& signal)
    : setup_(setup),
      control_(control),
      throttle_(throttle),
      queue_(queue),
      signal_(signal),
      on_request_(control.stop_token(), [this] { stop_.request_stop(); }),
      ledger_(setup.id, setup.direction),
      touched_(setup.tables),
      interrupter_(stop_.get_token()) {
    mysql::Connection& connection = session();
    auto state = ledger_.load(connection);
    if (!state)
        throw Error(ErrorKind::failed, "native.stream_not_begun", setup.to.label(),
                    "there is no checkpoint of this stream", "begin the job anew with --restart");
    context_ = make_context(setup, connection.version());
    for (const std::string& key : context_->cascades.orphans())
        control.event(Severity::warning, "data.stream", key,
                      "rows follow a table that the job does not take by a foreign key with an action: what that does is "
                      "not in the change log");
    target_ = std::make_unique<WriteTarget>(
        WriteTarget{setup.to, setup.to_log_bin, setup.retry, ledger_, *context_, mysql::session_group(setup.id)});
    filter_ = std::make_unique<WindowFilter>(context_->sql, setup.window, setup.to, setup.to_log_bin);
    group_ = state->group;
    stored_shapes_ = state->shapes;
    begun_statement_ = state->statement;
    applied_ = consumed_ = stored_ = state->applied;
    counts_.row_changes = state->row_changes;
    counts_.transactions = state->transactions;
    if (state->pending_end) {
        pending_end_ = state->pending_end;
        pending_parts_ = state->pending_parts;
        context_->shapes = decode_shapes(state->shapes);
        if (context_->shapes.size() != setup.tables.size())
            throw Error(ErrorKind::failed, "native.definition_changed", setup.to.label(),
                        "a group of changes is half applied, and the job's tables are not those of then",
                        "resume the job as it was");
    } else {
        refresh_shapes(connection);
    }
    new_group();
    queue.restart(applied_);
}

Applier::~Applier() {
    stop_.request_stop();
    signal_.notify();
    if (thread_.joinable()) thread_.join();
    crew_.reset();
}

void Applier::start() {
    crew_ = std::make_unique<Crew>(setup_.limits.workers, *target_, signal_, stop_.get_token());
    thread_ = std::jthread([this](const std::stop_token& ended) { run(ended); });
}

mysql::Connection& Applier::session() {
    if (!session_)
        session_ = std::make_unique<mysql::Connection>(
            setup_.to, mysql::ConnectOptions{.profile = mysql::SessionProfile::copy_write,
                                             .sql_log_bin = setup_.to_log_bin,
                                             .group = mysql::session_group(setup_.id)});
    return *session_;
}

void Applier::with_session(const std::function<void(mysql::Connection&)>& act) {
    for (unsigned tried = 0;; ++tried) {
        try {
            const mysql::Interrupter::Watch watch(interrupter_, session());
            return act(*session_);
        } catch (const Error& error) {
            session_.reset();
            wait_or_rethrow(error, setup_.retry, tried, stop_.get_token());
        }
    }
}

void Applier::refresh_shapes(mysql::Connection& connection) {
    context_->shapes = read_shapes(connection, setup_.tables);
    context_->cascades.mark_clusters(context_->shapes);
    std::string shapes = encode_shapes(context_->shapes);
    if (shapes == stored_shapes_) return;
    ledger_.set_shapes(connection, shapes);
    stored_shapes_ = std::move(shapes);
}

void Applier::new_group() {
    open_ = OpenGroup{.changes = std::make_unique<NetChanges>(setup_.tables, context_->shapes)};
    const std::lock_guard lock(mutex_);
    open_oldest_us_ = 0;
}

Ledger::Step Applier::next_step(const Position& applied) const {
    const std::lock_guard lock(mutex_);
    return {.group = group_ + 1,
            .applied = &applied,
            .row_changes = counts_.row_changes,
            .transactions = counts_.transactions};
}

/// A step of its own, in its own transaction.
void Applier::take_step(const Ledger::Step& step) {
    with_session([&](mysql::Connection& connection) {
        if (!ledger_.take(connection, step) && !ledger_.taken(connection, step)) throw stream_taken(setup_.to);
    });
    group_ = step.group;
}

void Applier::run(const std::stop_token& ended) {
    try {
        const std::stop_token stop = stop_.get_token();
        while (!stop.stop_requested() && !ended.stop_requested()) {
            const std::uint64_t seen = signal_.count();
            if (work_ && crew_->idle()) {
                crew_->rethrow();
                finish_group();
            }
            bool moved = take();
            moved = dispatch() || moved;
            moved = settle() || moved;
            moved = answer_commands() || moved;
            if (moved) continue;
            if (!work_ && crew_->idle()) rethrow_at_end();
            signal_.wait(seen, std::chrono::milliseconds(500), stop);
        }
    } catch (...) {
        fail(std::current_exception());
    }
}

bool Applier::may_take(const PieceQueue::Head& head) const {
    std::optional<Position> limit = pending_end_;
    if (!limit) {
        const std::lock_guard lock(mutex_);
        if (hold_wanted_ && !advance_) return false;
        limit = advance_;
    }
    if (!limit || head.torn) return true;
    if (!head.has_piece) return covers(*limit, head.after);
    // Of a transaction in pieces the end isn't known: see apply_big. A pending group never holds one.
    if (!head.whole) return !pending_end_ && !big_is_beyond_;
    return covers(*limit, head.stamp);
}

bool Applier::take() {
    bool moved = false;
    const auto has_room = [&] {
        return pending_end_ || (open_.changes->weight() < group_bytes && open_.changes->changes() < group_changes);
    };
    while (has_room()) {
        if (work_ && crew_->idle()) break;  // what is folded by now can go at once
        const auto head = queue_.head();
        if (!head || !may_take(*head)) break;
        const bool alone = head->has_piece && (!head->whole || head->has_statement);
        if (alone && (work_ || !open_.changes->empty())) break;
        if (alone) set_applied(consumed_);
        if (head->has_piece && !head->whole) {
            apply_big();
            return true;
        }
        auto item = queue_.pop();
        if (!item) break;
        moved = true;
        if (item->torn) continue;
        if (item->piece && item->piece->statement) {
            apply_statement(std::move(*item));
            return true;
        }
        if (item->piece) {
            Piece& piece = *item->piece;
            const std::int64_t committed = piece.committed_us;
            const std::uint64_t before = open_.changes->changes();
            open_.log_bytes += piece.log_bytes;
            if (!piece.own && !piece.rolled_back) fold(std::move(piece), *open_.changes);
            if (open_.changes->changes() != before) {
                ++open_.transactions;
                if (open_.oldest_us == 0 && committed != 0) {
                    open_.oldest_us = committed;
                    const std::lock_guard lock(mutex_);
                    open_oldest_us_ = committed;
                }
            }
        }
        consumed_ = open_.end = std::move(item->after);
    }
    if (!work_ && open_.changes->empty() && moved) set_applied(consumed_);
    return moved;
}

void Applier::fold(Piece&& piece, NetChanges& into) {
    const std::vector<Verdicts> verdicts = filter_->judge(piece.changes, piece.stamp);
    const Cascades& cascades = context_->cascades;
    for (std::size_t i = 0; i < piece.changes.size(); ++i) {
        auto& change = piece.changes[i];
        if (cascades.empty() || !cascades.concern(change)) {
            into.add(std::move(change), verdicts[i]);
            continue;
        }
        std::vector<std::string> reach;
        if (filter_->has_window()) {
            const std::vector<bool> reached = cascades.reached();
            for (std::uint32_t table = 0; table < reached.size(); ++table)
                reach.push_back(reached[table] ? filter_->reach(table, piece.stamp, false) : std::string());
        }
        into.add_cascading(std::move(change), verdicts[i], std::move(reach));
    }
}

bool Applier::group_is_complete() const {
    if (!pending_end_) return true;
    if (covers(consumed_, *pending_end_)) return true;
    const auto head = queue_.head();
    return head && !head->torn && !may_take(*head);
}

bool Applier::dispatch() {
    if (work_) return false;
    if (pending_end_ ? !group_is_complete() : open_.changes->empty()) return false;
    const std::uint64_t changes = open_.changes->changes();
    if (!pending_end_) throttle_.pass(changes, open_.log_bytes, stop_.get_token());
    GroupWork work;
    work.before = applied_;
    work.end = pending_end_.value_or(open_.end);
    const auto wanted = static_cast<unsigned>(std::min<std::uint64_t>(setup_.limits.workers, changes / changes_per_part));
    const unsigned parts = pending_end_ ? pending_parts_ : std::max(1U, wanted);
    work.parts = split(*open_.changes, setup_.tables, context_->shapes, parts);
    work.changes = std::move(open_.changes);
    {
        const std::lock_guard lock(mutex_);
        counts_.row_changes += changes;
        counts_.transactions += open_.transactions;
        counts_.busy = true;
        work_oldest_us_ = open_.oldest_us;
        work_log_bytes_ = counts_.log_bytes_under_way = open_.log_bytes;
    }
    work_.emplace(std::move(work));
    if (pending_end_) {
        work_->step.group = group_;
        with_session([&](mysql::Connection& connection) { work_->done = ledger_.marks(connection, group_); });
    } else {
        work_->step = next_step(parts == 1 ? work_->end : work_->before);
        if (parts > 1) {
            work_->step.pending_end = &work_->end;
            work_->step.pending_parts = parts;
            // Totals count what `applied` stands behind.
            work_->step.row_changes -= changes;
            work_->step.transactions -= open_.transactions;
            take_step(work_->step);
            named_point("group.begun");
        }
    }
    crew_->start(*work_);
    new_group();
    return true;
}

void Applier::finish_group() {
    group_ = work_->step.group;
    unsettled_ = work_->parts.size() > 1;
    if (!unsettled_) {
        stored_ = work_->end;
        stored_at_ = Clock::now();
    }
    if (touched_.remembering()) touched_.add(*work_->changes);
    named_point("group.done");
    const Position end = work_->end;
    const std::uint64_t changes = work_->changes->changes();
    const bool recovered = pending_end_.has_value();
    work_.reset();
    pending_end_.reset();
    {
        const std::lock_guard lock(mutex_);
        ++counts_.groups;
        counts_.busy = false;
        counts_.log_bytes_under_way = 0;
        work_oldest_us_ = 0;
        const auto now = Clock::now();
        rows_meter_.add(changes, now);
        bytes_meter_.add(work_log_bytes_, now);
    }
    if (recovered) {
        unsettled_ = true;
        consumed_ = end;
        with_session([&](mysql::Connection& connection) { refresh_shapes(connection); });
        new_group();
    }
    set_applied(open_.changes->empty() && !recovered ? consumed_ : end);
    if (filter_->has_window()) filter_->passed(end);
}

/// Writes down where we are, when no group is going to do it.
bool Applier::settle() {
    if (work_ || pending_end_ || !open_.changes->empty()) return false;
    const bool due = stored_ != applied_ && Clock::now() - stored_at_ > store_every;
    if (!due && !(unsettled_ && queue_.load().empty)) return false;
    const Ledger::Step step = next_step(applied_);
    take_step(step);
    if (unsettled_)
        with_session([&](mysql::Connection& connection) { ledger_.drop_marks_before(connection, group_); });
    unsettled_ = false;
    stored_ = applied_;
    stored_at_ = Clock::now();
    return true;
}

bool Applier::answer_commands() {
    if (work_ || pending_end_ || !open_.changes->empty()) return false;
    bool refresh = false;
    {
        const std::lock_guard lock(mutex_);
        refresh = std::exchange(refresh_wanted_, false);
    }
    if (refresh) {
        // Indexes may have been built while the stream was held.
        with_session([&](mysql::Connection& connection) { refresh_shapes(connection); });
        new_group();
    }
    std::optional<Position> goal;
    {
        const std::lock_guard lock(mutex_);
        if (!hold_wanted_) return refresh;
        if (!advance_) {
            if (held_) return refresh;
            big_is_beyond_ = false;
            held_ = true;
            changed_.notify_all();
            return true;
        }
        goal = advance_;
    }
    const auto head = queue_.head();
    const bool reached = covers(consumed_, *goal) || (head && !head->torn && !may_take(*head));
    if (!reached) return refresh;
    if (covers(*goal, consumed_)) consumed_ = *goal;
    set_applied(consumed_);
    big_is_beyond_ = false;
    const std::lock_guard lock(mutex_);
    advance_.reset();
    held_ = true;
    changed_.notify_all();
    return true;
}

void Applier::set_applied(const Position& position) {
    {
        const std::lock_guard lock(mutex_);
        applied_ = position;
    }
    changed_.notify_all();
}

}  // namespace transload::native
