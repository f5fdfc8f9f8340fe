#include "adapters/mysql/validation/table_task.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/validation/keyless.hpp"
#include "adapters/mysql/validation/repair.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::mysql::validation {
namespace {

constexpr auto progress_interval = std::chrono::milliseconds(250);

/// When so many rows lie in the wrong place the table as a whole does; naming each costs a question to the proxy.
constexpr std::uint64_t most_misplaced = 10'000;

std::uint64_t as_number(const Value& value) {
    std::uint64_t number = 0;
    if (value) std::from_chars(value->data(), value->data() + value->size(), number);
    return number;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TableTask::TableTask(std::size_t place, const TablePlan& plan, const TargetTable* target, const ShardedTable* sharded,
                     const ServerVersion& source_version, const ServerVersion& target_version, const JobSpec& spec,
                     DetailList& details)
    : place_(place), plan_(plan), target_(target), sharded_(sharded), spec_(spec), details_(details) {
    report_.name = plan.source.display();
    report_.target_name = plan.target.display();
    report_.engine = to_string(plan.engine);
    if (plan.key) report_.key = plan.key->index_name;
    const Reach reach = sharded ? Reach::proxy : Reach::server;
    if (target) compared_ = compare_columns(plan, target->columns, source_version, target_version, reach);
    const bool has_index = target && plan.key && contains(target->indexes, plan.key->index_name);
    SideTable there = side_table(plan, plan.target, has_index, target_version);
    if (sharded) {  // in the logical database, under the source's name
        there.name = quote_name(plan.source.table);
        there.reach = reach;
        placement_.emplace(plan, *sharded);
    }
    queries_.emplace(plan, compared_, side_table(plan, plan.source, true, source_version), std::move(there));
    const bool deep = target && spec.validate != ValidationLevel::counts && !compared_.columns.empty();
    const bool key_there = plan.key && std::none_of(plan.key->parts.begin(), plan.key->parts.end(), [&](const KeyPart& part) {
                               return contains(compared_.missing, plan.columns[part.column].on_target());
                           });
    if (deep && key_there) walk_.emplace(plan, *queries_, spec);
    if (spec.validate != ValidationLevel::checksum || compared_.needs_parser) form_ = RowForm::values;
}

bool TableTask::step(Lane& lane) {
    lane.reach_target(sharded_ ? Reach::proxy : Reach::server);
    {
        const std::lock_guard lock(mutex_);
        if (given_out_) return false;
        ++under_way_;
        if (!walk_) given_out_ = true;
    }
    if (walk_) {
        KeyRange range;
        if (walk_->next(lane, range)) {
            compare_chunk(lane, range);
        } else {
            const std::lock_guard lock(mutex_);
            given_out_ = true;
        }
    } else if (!target_ || spec_.validate == ValidationLevel::counts || compared_.columns.empty()) {
        compare_counts(lane);
    } else {
        compare_keyless(lane);
    }
    bool last = false;
    {
        const std::lock_guard lock(mutex_);
        --under_way_;
        last = given_out_ && under_way_ == 0 && !finished_;
        finished_ |= last;
    }
    if (last) finish(lane);
    return true;
}

void TableTask::give_up(const std::string& why) {
    const std::lock_guard lock(mutex_);
    given_out_ = finished_ = true;
    if (!unseen_) unseen_ = why;
}

std::uint64_t TableTask::count(Lane& lane, Side side) {
    return as_number(lane.retrying(report_.name, [&] { return lane.on(side).scalar(queries_->count(side)); }));
}

void TableTask::compare_counts(Lane& lane) {
    if (!target_) {
        report_.source_rows = count(lane, Side::source);
        return;
    }
    lane.retrying(report_.name, [&] {
        lane.on_both([&](Side side) {
            (side == Side::source ? report_.source_rows : report_.target_rows) =
                as_number(lane.on(side).scalar(queries_->count(side)));
        });
    });
    if (report_.source_rows != report_.target_rows) compare_totals();
}

void TableTask::compare_chunk(Lane& lane, const KeyRange& range) {
    const RangeCounts counts =
        compare_range(lane, comparison(), range, [&](const RangeDiff& diff) { handle(lane, diff); });
    check_placement(lane, range);
    {
        const std::lock_guard lock(mutex_);
        report_.source_rows += counts.source_rows;
        report_.target_rows += counts.target_rows;
        ++chunks_done_;
    }
    show_progress(lane, false);
}

Comparison TableTask::comparison() const {
    return {*queries_, plan_.key->parts.size(), form_, report_.name, sharded_ ? &sharded_->nodes : nullptr};
}

void TableTask::check_placement(Lane& lane, const KeyRange& range) {
    if (!placement_ || !placement_->possible()) return;
    {
        const std::lock_guard lock(mutex_);
        if (misplaced_ >= most_misplaced) return;
    }
    std::vector<Mismatch> found;
    std::uint64_t rows = 0;
    lane.retrying(report_.name, [&] {
        found.clear();
        rows = 0;
        placement_->check(lane, range, [&](const std::string& key, const std::string& how) {
            ++rows;
            if (found.size() >= DetailList::most) return;
            Mismatch mismatch;
            mismatch.kind = MismatchKind::different;
            mismatch.table = report_.name;
            mismatch.key = key + " (" + how + ")";
            mismatch.column = sharded_->rule->column;
            found.push_back(std::move(mismatch));
        });
    });
    if (rows == 0) return;
    details_.add(place_, std::move(found));
    const std::lock_guard lock(mutex_);
    misplaced_ += rows;
    report_.mismatches += rows;
}

void TableTask::compare_with_shards(Lane& lane) {
    std::uint64_t held = 0;
    for (const ShardNode& node : sharded_->nodes)
        held += as_number(lane.retrying(report_.name, [&] {
            return lane.shard(*node.unit).scalar("SELECT COUNT(*) FROM " + quote_name(node.table));
        }));
    if (held == report_.target_rows) return;
    const bool hidden = held > report_.target_rows;
    const std::uint64_t rows = hidden ? held - report_.target_rows : report_.target_rows - held;
    Mismatch mismatch;
    mismatch.kind = hidden ? MismatchKind::extra : MismatchKind::missing;
    mismatch.table = report_.name;
    mismatch.key = std::to_string(rows) + " rows, by counts: the shards hold " + std::to_string(held) +
                   ", through the proxy there are " + std::to_string(report_.target_rows);
    details_.add(place_, {mismatch});
    report_.mismatches += rows;
}

void TableTask::handle(Lane& lane, const RangeDiff& diff) {
    std::vector<Mismatch> named = describe(lane, plan_, *queries_, diff, details_.room());
    std::uint64_t left = diff.size();
    if (repairable(lane)) {
        const std::lock_guard one_at_a_time(repair_mutex_);
        Repair(lane, plan_, *queries_, *target_).mend(diff);
        lane.retrying(report_.target_name, [&] { lane.renew_target(); });
        std::set<std::string> still;
        left = 0;
        static_cast<void>(compare_range(lane, comparison(), diff.range, [&](const RangeDiff& again) {
            left += again.size();
            if (named.empty()) return;
            for (const auto* keys : {&again.different, &again.missing, &again.extra})
                for (const KeyValue& key : *keys) still.insert(describe_key(plan_, key));
        }));
        for (Mismatch& mismatch : named) mismatch.repaired = !still.contains(mismatch.key);
    }
    details_.add(place_, std::move(named));
    const std::lock_guard lock(mutex_);
    looked_deeper_ = true;
    report_.mismatches += left;
    report_.repaired += diff.size() - std::min<std::uint64_t>(left, diff.size());
}

void TableTask::compare_keyless(Lane& lane) {
    if (compared_.needs_parser)
        lane.control().event(Severity::warning, "validate", report_.name,
                             "JSON columns are not compared: the table has no key, and one side keeps JSON as text");
    const KeylessResult result =
        validate_keyless(lane, plan_, *queries_, repairable(lane) ? target_ : nullptr, details_.room());
    report_.source_rows = result.source_rows;
    report_.target_rows = result.target_rows;
    report_.mismatches += result.mismatches;
    report_.repaired += result.repaired;
    details_.add(place_, result.details);
    check_placement(lane, {});
}

bool TableTask::repairable(Lane& lane) {
    if (!spec_.repair || !lane.target_is_present()) return false;
    if (!sharded_ && !target_->has_triggers && compared_.missing.empty()) return true;
    const std::lock_guard lock(mutex_);
    if (!said_unrepairable_) {
        said_unrepairable_ = true;
        lane.control().event(
            Severity::warning, "validate", report_.target_name,
            sharded_ ? "not repaired: the table is sharded, and through the proxy no transaction over all shards "
                       "takes a row away and puts another in; let the job carry the table anew (transload job retry)"
            : target_->has_triggers
                ? "not repaired: the target table has triggers, which would fire for every mended row; drop them, "
                  "run verify --repair, and create them again (SHOW CREATE TRIGGER has their text)"
                : "not repaired: the target table lacks columns of the source; bring its definition in line first");
    }
    return false;
}

void TableTask::report_structure(Lane& lane) {
    if (!target_) {
        Mismatch mismatch;
        mismatch.kind = MismatchKind::missing;
        mismatch.table = report_.name;
        mismatch.key = "the whole table: " + report_.target_name + " does not exist on the target";
        details_.add(place_, {mismatch});
        report_.mismatches = std::max<std::uint64_t>(1, report_.source_rows);
        lane.control().event(Severity::error, "validate", report_.target_name,
                             "the table does not exist on the target; migrate it (transload migrate --tables " +
                                 plan_.source.table + "), or leave it out (--exclude)");
        return;
    }
    for (const std::string& name : compared_.missing) {
        Mismatch mismatch;
        mismatch.kind = MismatchKind::missing;
        mismatch.table = report_.name;
        mismatch.key = "the whole column";
        mismatch.column = name;
        details_.add(place_, {mismatch});
        ++report_.mismatches;
        lane.control().event(Severity::error, "validate", report_.target_name,
                             "column " + name + " does not exist on the target; ALTER TABLE … ADD COLUMN as SHOW CREATE "
                                                "TABLE has it on the source, then validate with --repair");
    }
    for (const std::string& name : compared_.surplus)
        lane.control().event(Severity::warning, "validate", report_.target_name,
                             "column " + name + " exists only on the target and was not compared");
}

void TableTask::finish(Lane& lane) {
    if (walk_ && (looked_deeper_ || spec_.validate == ValidationLevel::sample)) {
        if (report_.repaired != 0) lane.retrying(report_.target_name, [&] { lane.renew_target(); });
        report_.source_rows = count(lane, Side::source);
        report_.target_rows = count(lane, Side::target);
    }
    if (sharded_) compare_with_shards(lane);
    report_structure(lane);
    // Rows outside the sample, or hidden in a way that no range shows: counts have the last word.
    if (walk_ && report_.source_rows != report_.target_rows && report_.mismatches == 0) compare_totals();
    report_.validated = to_string(spec_.validate);
    show_progress(lane, true);
}

void TableTask::compare_totals() {
    const bool missing = report_.source_rows > report_.target_rows;
    report_.mismatches = missing ? report_.source_rows - report_.target_rows : report_.target_rows - report_.source_rows;
    Mismatch mismatch;
    mismatch.kind = missing ? MismatchKind::missing : MismatchKind::extra;
    mismatch.table = report_.name;
    mismatch.key = std::to_string(report_.mismatches) + " rows, by counts: " + std::to_string(report_.source_rows) +
                   " on the source, " + std::to_string(report_.target_rows) + " on the target";
    details_.add(place_, {mismatch});
}

void TableTask::show_progress(Lane& lane, bool force) {
    TableProgress progress;
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (!force && now - shown_ < progress_interval) return;
        shown_ = now;
        progress.table = report_.name;
        progress.phase = force ? "validated" : "validating";
        progress.rows_done = report_.source_rows;
        progress.rows_total = force ? report_.source_rows : std::max(plan_.estimated_rows, report_.source_rows);
        progress.chunks_done = chunks_done_;
    }
    lane.control().progress(progress);
}

}  // namespace transload::mysql::validation
