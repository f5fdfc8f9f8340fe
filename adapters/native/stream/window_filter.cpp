#include "adapters/native/stream/window_filter.hpp"

#include <strings.h>

#include <algorithm>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/native/stream/row_key.hpp"

namespace transload::native {
namespace {

using mysql::binlog::CellState;
using mysql::binlog::ChangeKind;
using mysql::binlog::covers;
using mysql::binlog::RowChange;
using mysql::binlog::RowImage;
using mysql::binlog::Stamp;
/// The plan of the key alone, for conditions on ranges: in the names of the source (those of the temporary table) or of the
/// target. Whether the target wants a row is another question.
TablePlan range_plan(const TablePlan& plan, bool on_target) {
    TablePlan bare = plan;
    bare.row_filter.clear();
    for (Column& column : bare.columns) {
        if (on_target) column.name = column.on_target();
        column.target_name.clear();
    }
    return bare;
}

bool mentions(const std::string& text, const std::string& word) {
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if (strncasecmp(text.data() + at, word.data(), word.size()) == 0) return true;
    return false;
}

}  // namespace

WindowFilter::WindowFilter(const std::vector<TableSql>& sql, const Window& window, const Endpoint& to, bool log_bin)
    : sql_(sql), tables_(sql.size()), lookup_(to, log_bin) {
    for (std::size_t t = 0; t < sql.size(); ++t) {
        const TablePlan& plan = sql[t].plan();
        Table& table = tables_[t];
        if (!plan.row_filter.empty()) {
            filters_ = true;
            for (std::size_t i = 0; i < plan.columns.size(); ++i)
                if (!plan.columns[i].generated && mentions(plan.row_filter, plan.columns[i].name))
                    table.filter_columns.push_back(i);
        }
        if (t >= window.tables.size() || window.tables[t].empty()) continue;
        for (const CopiedRun& copied : window.tables[t]) {
            Run run;
            run.view = views_.size();
            run.range = copied.range;
            for (std::size_t v = 0; v < views_.size(); ++v)
                if (views_[v].position == copied.position && views_[v].low == copied.bracket_low) run.view = v;
            if (run.view == views_.size()) views_.push_back({copied.position, copied.bracket_low});
            table.runs.push_back(std::move(run));
        }
        table.mode = Mode::uniform;
        if (std::all_of(table.runs.begin(), table.runs.end(),
                        [&](const Run& run) { return run.view == table.runs.front().view; }))
            continue;
        table.mode = Mode::server;
        if (plan.key->parts.size() != 1) continue;
        const KeyPart& part = plan.key->parts.front();
        if (mysql::column_kind(plan.columns[part.column]) != mysql::ColumnKind::integer) continue;
        table.mode = Mode::number;
        table.key_column = part.column;
        table.descending = part.descending;
        for (const Run& run : table.runs)
            table.stretches.push_back(
                {run.range.after ? integer_key(run.range.after->front(), table.descending) : least_key,
                 run.range.upto ? integer_key(run.range.upto->front(), table.descending) : greatest_key, run.view});
        std::sort(table.stretches.begin(), table.stretches.end(),
                  [](const Stretch& a, const Stretch& b) { return a.upto < b.upto; });
    }
}

void WindowFilter::passed(const mysql::binlog::Position& applied) {
    if (views_.empty() || !std::all_of(views_.begin(), views_.end(),
                                       [&](const View& view) { return covers(applied, view.position); }))
        return;
    views_.clear();
    for (Table& table : tables_) {
        table.mode = Mode::none;
        table.runs.clear();
    }
}

std::vector<Verdict> WindowFilter::verdicts_of_views(const Stamp& stamp) const {
    std::vector<Verdict> verdicts;
    for (const View& view : views_) {
        if (!covers(view.position, stamp))
            verdicts.push_back(Verdict::apply);
        else
            verdicts.push_back(view.low && !covers(*view.low, stamp) ? Verdict::lenient : Verdict::drop);
    }
    return verdicts;
}

Verdict WindowFilter::by_number(const Table& table, std::string_view key, const std::vector<Verdict>& views) const {
    const IntegerKey value = integer_key(key, table.descending);
    const auto found = std::lower_bound(table.stretches.begin(), table.stretches.end(), value,
                                        [](const Stretch& stretch, IntegerKey wanted) { return stretch.upto < wanted; });
    return found == table.stretches.end() || value <= found->after ? Verdict::apply : views[found->view];
}

std::vector<Verdicts> WindowFilter::judge(const std::vector<RowChange>& changes, const Stamp& stamp) {
    std::vector<Verdicts> verdicts(changes.size());
    if (views_.empty() && !filters_) return verdicts;
    const std::vector<Verdict> views = verdicts_of_views(stamp);
    std::vector<std::uint32_t> to_ask, to_filter;
    const auto once = [](std::vector<std::uint32_t>& list, std::uint32_t table) {
        if (std::find(list.begin(), list.end(), table) == list.end()) list.push_back(table);
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RowChange& change = changes[i];
        const Table& table = tables_[change.table];
        if (!sql_[change.table].plan().row_filter.empty()) once(to_filter, change.table);
        switch (table.mode) {
            case Mode::none:
                break;
            case Mode::uniform:
                verdicts[i].before = verdicts[i].after = views[table.runs.front().view];
                break;
            case Mode::number:
                if (change.kind != ChangeKind::insert)
                    verdicts[i].before = by_number(table, change.before.bytes(table.key_column), views);
                if (change.kind == ChangeKind::insert)
                    verdicts[i].after = by_number(table, change.after.bytes(table.key_column), views);
                else if (change.kind == ChangeKind::update)
                    verdicts[i].after = change.after.state(table.key_column) == CellState::absent
                                            ? verdicts[i].before
                                            : by_number(table, change.after.bytes(table.key_column), views);
                break;
            case Mode::server:
                once(to_ask, change.table);
                break;
        }
    }
    for (const std::uint32_t table : to_ask) ask_server(table, changes, views, verdicts);
    for (const std::uint32_t table : to_filter) filter_rows(table, changes, verdicts);
    return verdicts;
}

void WindowFilter::ask_server(std::uint32_t number_of_table, const std::vector<RowChange>& changes,
                              const std::vector<Verdict>& views, std::vector<Verdicts>& verdicts) {
    const Table& table = tables_[number_of_table];
    const TablePlan& plan = sql_[number_of_table].plan();
    const Verdict first = views[table.runs.front().view];
    const bool alike = std::all_of(table.runs.begin(), table.runs.end(),
                                   [&](const Run& run) { return views[run.view] == first; });
    std::vector<const RowImage*> rows;
    std::vector<RowImage> mended;
    mended.reserve(changes.size());
    std::vector<Verdict*> places;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RowChange& change = changes[i];
        if (change.table != number_of_table) continue;
        if (alike) {
            verdicts[i].before = verdicts[i].after = first;
            continue;
        }
        if (change.kind != ChangeKind::insert) {
            rows.push_back(&change.before);
            places.push_back(&verdicts[i].before);
        }
        if (change.kind != ChangeKind::remove) {
            if (has_key(plan, change.after)) {
                rows.push_back(&change.after);
            } else {
                RowImage& image = mended.emplace_back(plan.columns.size());
                for (const KeyPart& part : plan.key->parts) {
                    const bool old = change.after.state(part.column) == CellState::absent;
                    image.set(part.column, CellState::value, (old ? change.before : change.after).bytes(part.column));
                }
                rows.push_back(&image);
            }
            places.push_back(&verdicts[i].after);
        }
    }
    if (alike || rows.empty()) return;
    std::vector<std::size_t> columns;
    for (const KeyPart& part : plan.key->parts) columns.push_back(part.column);
    std::vector<std::string> conditions;
    const TablePlan bare = range_plan(plan, false);
    for (const Run& run : table.runs) conditions.push_back(mysql::range_predicate(bare, run.range));
    const auto found = lookup_.which(sql_[number_of_table], columns, rows, conditions);
    for (std::size_t run = 0; run < found.size(); ++run)
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (found[run][i]) *places[i] = views[table.runs[run].view];
}

void WindowFilter::filter_rows(std::uint32_t number_of_table, const std::vector<RowChange>& changes,
                               std::vector<Verdicts>& verdicts) {
    const TablePlan& plan = sql_[number_of_table].plan();
    const std::vector<std::size_t>& columns = tables_[number_of_table].filter_columns;
    const auto knows_all = [&](const RowImage& image) {
        return !image.empty() && std::all_of(columns.begin(), columns.end(), [&](std::size_t column) {
            return image.state(column) != CellState::absent && image.state(column) != CellState::patch;
        });
    };
    std::vector<const RowImage*> rows;
    std::vector<Verdicts*> places;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const RowChange& change = changes[i];
        if (change.table != number_of_table) continue;
        // The columns never change: either image will do.
        if (knows_all(change.before) || knows_all(change.after)) {
            rows.push_back(knows_all(change.before) ? &change.before : &change.after);
            places.push_back(&verdicts[i]);
        } else if (change.kind == ChangeKind::insert || !plan.key) {
            throw Error(ErrorKind::failed, "native.row_filter", plan.source.display(),
                        "the change log does not have all columns of the condition " + plan.row_filter,
                        "use a condition on columns that the target has");
        } else {
            // MINIMAL images: a row that the target does not have is simply not found.
            for (Verdict* verdict : {&verdicts[i].before, &verdicts[i].after})
                if (*verdict == Verdict::apply) *verdict = Verdict::lenient;
        }
    }
    if (rows.empty()) return;
    const auto wanted = lookup_.which(sql_[number_of_table], columns, rows, {"(" + plan.row_filter + ")"}).front();
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!wanted[i]) *places[i] = {Verdict::drop, Verdict::drop};
}

std::string WindowFilter::reach(std::uint32_t number_of_table, const Stamp& stamp, bool lenient_too) const {
    const Table& table = tables_[number_of_table];
    if (table.mode == Mode::none) return {};
    const std::vector<Verdict> views = verdicts_of_views(stamp);
    const TablePlan bare = range_plan(sql_[number_of_table].plan(), true);
    std::string condition;
    bool all = true;
    for (const Run& run : table.runs) {
        const Verdict verdict = views[run.view];
        if (verdict != Verdict::apply && !(lenient_too && verdict == Verdict::lenient)) {
            all = false;
            continue;
        }
        condition += (condition.empty() ? "(" : " OR (") +
                     mysql::range_predicate(bare, run.range) + ")";
    }
    if (all) return {};
    return condition.empty() ? "FALSE" : condition;
}

}  // namespace transload::native
