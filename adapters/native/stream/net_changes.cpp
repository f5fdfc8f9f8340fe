#include "adapters/native/stream/net_changes.hpp"

#include <algorithm>

#include "adapters/mysql/key_range.hpp"
#include "adapters/native/stream/row_key.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::native {
namespace {

using mysql::binlog::CellState;
using mysql::binlog::ChangeKind;
using mysql::binlog::RowChange;
using mysql::binlog::RowImage;
using Kind = NetChange::Kind;

/// `base` with what `newer` assigns.
RowImage merged(const RowImage& base, const RowImage& newer) {
    RowImage result(base.columns());
    for (std::size_t i = 0; i < base.columns(); ++i) {
        const RowImage& from = newer.state(i) == CellState::absent ? base : newer;
        if (from.state(i) != CellState::absent) result.set(i, from.state(i), from.bytes(i));
    }
    return result;
}

/// With MINIMAL images an inserted row has what the statement named; the rest got its default.
void fill_in_defaults(const TablePlan& plan, RowImage& image) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (is_written(plan.columns[i]) && image.state(i) == CellState::absent)
            image.set(i, CellState::expression, "DEFAULT");
}

}  // namespace

bool is_written(const Column& column) { return !column.generated && !column.left_out; }

bool is_whole(const TablePlan& plan, const RowImage& image) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (is_written(plan.columns[i]) &&
            (image.state(i) == CellState::absent || image.state(i) == CellState::patch))
            return false;
    return true;
}

bool same_cell(const RowImage& a, const RowImage& b, std::size_t column) {
    return a.state(column) == b.state(column) && a.bytes(column) == b.bytes(column);
}

bool moves_key(const TablePlan& plan, const RowImage& before, const RowImage& after) {
    return std::any_of(plan.key->parts.begin(), plan.key->parts.end(), [&](const KeyPart& part) {
        return after.state(part.column) != CellState::absent && !same_cell(before, after, part.column);
    });
}

bool touches_uniques(const TableShape& shape, const RowImage& before, const RowImage& after) {
    return std::any_of(shape.uniques.begin(), shape.uniques.end(), [&](const UniqueIndex& index) {
        if (!index.transparent) return true;
        return std::any_of(index.columns.begin(), index.columns.end(), [&](std::size_t column) {
            return after.state(column) != CellState::absent && !same_cell(before, after, column);
        });
    });
}

NetChanges::NetChanges(const std::vector<TablePlan>& plans, const std::vector<TableShape>& shapes)
    : plans_(plans), shapes_(shapes), tables_(plans.size()) {}

void NetChanges::contradiction(std::uint32_t table, const RowImage& image) const {
    throw Error(ErrorKind::failed, "native.apply_conflict", plans_[table].source.display(),
                "the change log contradicts itself about the row " +
                    mysql::describe_key(plans_[table], key_of(plans_[table], image)),
                "validate the table; report this with the change log around the stream's position");
}

NetChange& NetChanges::at_key(std::uint32_t table, const RowImage& image) {
    key_.clear();
    append_key_bytes(plans_[table], image, key_);
    TableChanges& changes = tables_[table];
    const auto [place, fresh] = changes.index.try_emplace(key_, static_cast<std::uint32_t>(changes.net.size()));
    if (fresh) changes.net.emplace_back();
    return changes.net[place->second];
}

bool NetChanges::must_be_ordered(const RowChange& change) const {
    const TablePlan& plan = plans_[change.table];
    const TableShape& shape = shapes_[change.table];
    if (!shape.keyed || shape.cluster != 0 || shape.keeps_columns || !tables_[change.table].ordered.empty()) return true;
    if (change.kind != ChangeKind::update) return false;
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (change.after.state(i) == CellState::patch) return true;
    if (!moves_key(plan, change.before, change.after) && !touches_uniques(shape, change.before, change.after))
        return false;
    return !is_whole(plan, change.after);
}

void NetChanges::add(RowChange&& change, Verdicts verdicts) {
    const bool before = change.kind != ChangeKind::insert && verdicts.before != Verdict::drop;
    const bool after = change.kind != ChangeKind::remove && verdicts.after != Verdict::drop;
    if (!before && !after) return;
    const TablePlan& plan = plans_[change.table];
    if (change.kind == ChangeKind::insert) {
        if (plan.key && !has_key(plan, change.after))
            throw Error(ErrorKind::failed, "native.partial_image", plan.source.display(),
                        "the change log does not have the key of a new row",
                        "SET GLOBAL binlog_row_image = FULL on the source, then begin the job anew with --restart");
        fill_in_defaults(plan, change.after);
    }
    const bool update_of_half = change.kind == ChangeKind::update && before != after;
    if (update_of_half && after && !is_whole(plan, change.after))
        throw Error(ErrorKind::failed, "native.partial_image", plan.source.display(),
                    "a row moved into a part of the table that was copied earlier, and the change log has not all of "
                    "its columns: " +
                        mysql::describe_key(plan, key_of(plan, change.before)),
                    "SET GLOBAL binlog_row_image = FULL on the source, then begin the job anew with --restart");
    ++changes_;
    weight_ += change.before.weight() + change.after.weight() + sizeof(NetChange);
    if (update_of_half) {  // the other half is contained already
        change.kind = after ? ChangeKind::insert : ChangeKind::remove;
        (after ? change.before : change.after) = RowImage();
    }
    if (must_be_ordered(change)) return order(std::move(change), verdicts);
    switch (change.kind) {
        case ChangeKind::insert:
            return insert(change.table, std::move(change.after), verdicts.after == Verdict::lenient);
        case ChangeKind::remove:
            return remove(change.table, std::move(change.before), verdicts.before == Verdict::lenient);
        case ChangeKind::update:
            if (!moves_key(plan, change.before, change.after))
                return update(std::move(change), verdicts.before == Verdict::lenient);
            remove(change.table, std::move(change.before), verdicts.before == Verdict::lenient);
            return insert(change.table, std::move(change.after), verdicts.after == Verdict::lenient);
    }
}

void NetChanges::add_cascading(RowChange&& change, Verdicts verdicts, std::vector<std::string> reach) {
    const bool wanted = (change.kind != ChangeKind::insert && verdicts.before != Verdict::drop) ||
                        (change.kind != ChangeKind::remove && verdicts.after != Verdict::drop);
    ++changes_;
    weight_ += change.before.weight() + change.after.weight() + sizeof(OrderedChange);
    const std::uint32_t table = change.table;
    unsigned lowest = table;
    for (unsigned i = 0; i < shapes_.size() && i < lowest; ++i)
        if (shapes_[i].cluster == shapes_[table].cluster) lowest = i;
    tables_[lowest].ordered.push_back(
        {.table = table,
         .kind = change.kind,
         .lenient = verdicts.before == Verdict::lenient || verdicts.after == Verdict::lenient,
         .cascades = true,
         .dropped = !wanted,
         .before = std::move(change.before),
         .after = std::move(change.after),
         .reach = std::move(reach)});
}

void NetChanges::order(RowChange&& change, Verdicts verdicts) {
    unsigned place = change.table;
    if (const unsigned cluster = shapes_[place].cluster; cluster != 0)
        for (unsigned i = 0; i < place; ++i)
            if (shapes_[i].cluster == cluster) place = i;
    const bool lenient = (change.kind != ChangeKind::insert && verdicts.before == Verdict::lenient) ||
                         (change.kind != ChangeKind::remove && verdicts.after == Verdict::lenient);
    tables_[place].ordered.push_back({.table = change.table,
                                      .kind = change.kind,
                                      .lenient = lenient,
                                      .before = std::move(change.before),
                                      .after = std::move(change.after)});
}

void NetChanges::insert(std::uint32_t table, RowImage&& after, bool lenient) {
    NetChange& net = at_key(table, after);
    const bool may_be_there = net.lenient || lenient;
    switch (net.kind) {
        case Kind::dead:
            // A row that the group made and removed again leaves no trace; else this is the first we hear of it.
            net.kind = Kind::insert;
            break;
        case Kind::remove:
            net.kind = Kind::replace;
            break;
        default:
            if (!may_be_there) contradiction(table, after);
            if (net.kind == Kind::update) net.kind = Kind::replace;
    }
    net.lenient = may_be_there;
    net.after = std::move(after);
}

void NetChanges::remove(std::uint32_t table, RowImage&& before, bool lenient) {
    NetChange& net = at_key(table, before);
    const bool may_be_gone = net.lenient || lenient;
    switch (net.kind) {
        case Kind::dead:
            net.kind = Kind::remove;
            net.before = std::move(before);
            break;
        case Kind::insert:
            // A lenient insert replaces what may be there: that has to go all the same.
            net.kind = may_be_gone ? Kind::remove : Kind::dead;
            if (may_be_gone) net.before = std::move(before);
            break;
        case Kind::update:
        case Kind::replace:
            net.kind = Kind::remove;
            break;
        case Kind::remove:
            if (!may_be_gone) contradiction(table, before);
    }
    net.lenient = may_be_gone;
    net.after = RowImage();
}

void NetChanges::update(RowChange&& change, bool lenient) {
    const std::uint32_t table = change.table;
    NetChange& net = at_key(table, change.before);
    const bool may_be_gone = net.lenient || lenient;
    switch (net.kind) {
        case Kind::dead:
            net.kind = Kind::update;
            net.before = std::move(change.before);
            net.after = std::move(change.after);
            break;
        case Kind::insert:
        case Kind::update:
        case Kind::replace:
            net.after = is_whole(plans_[table], change.after) ? std::move(change.after)
                                                              : merged(net.after, change.after);
            break;
        case Kind::remove:
            if (!may_be_gone) contradiction(table, change.before);
            net.kind = Kind::replace;
            net.after = merged(net.before, change.after);
    }
    net.lenient = may_be_gone;
}

}  // namespace transload::native
