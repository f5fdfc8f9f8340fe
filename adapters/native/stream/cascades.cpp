#include "adapters/native/stream/cascades.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/native/stream/row_key.hpp"

namespace transload::native {
namespace {

using mysql::ColumnKind;
using mysql::binlog::CellState;
using mysql::binlog::ChangeKind;
using mysql::binlog::RowImage;

constexpr unsigned deepest = 64;

std::optional<std::size_t> column_named(const TablePlan& plan, std::string_view name) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (plan.columns[i].name == name) return i;
    return std::nullopt;
}

std::string literal(const Column& column, std::string_view bytes) {
    return mysql::key_literal(column, mysql::column_kind(column) == ColumnKind::bit ? bit_number(bytes)
                                                                                    : std::string(bytes));
}

std::string on_target(const Column& column) { return mysql::quote_name(column.on_target()); }

/// Reads a column on a copy_write session so that mysql::key_literal can write it again.
std::string reading(const Column& column) {
    switch (mysql::column_kind(column)) {
        case ColumnKind::text:
            return "CAST(" + on_target(column) + " AS BINARY)";
        case ColumnKind::bit:
        case ColumnKind::enumeration:
        case ColumnKind::set:
            return "CAST(" + on_target(column) + " AS UNSIGNED)";
        case ColumnKind::real:
            return "(" + on_target(column) + " * 1e0)";
        default:
            return on_target(column);
    }
}

/// MySQL 9.6 moved cascades out of InnoDB: they are in the log like any change.
bool logs_cascades(mysql::Connection& from) {
    if (from.version().mariadb || !from.version().at_least(9, 6)) return false;
    const mysql::Result native = from.query("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
    return native.rows.empty() || native.rows.front().at(1) == "OFF";
}

}  // namespace

Cascades::Cascades(mysql::Connection& from, const std::vector<TablePlan>& tables) : tables_(&tables) {
    if (logs_cascades(from)) return;
    std::map<std::pair<std::string, std::string>, std::uint32_t> places;
    std::map<std::string, bool> databases;
    for (std::uint32_t i = 0; i < tables.size(); ++i) {
        places.emplace(std::pair{tables[i].source.database, tables[i].source.table}, i);
        databases.emplace(tables[i].source.database, true);
    }
    std::string list;
    for (const auto& [name, taken] : databases) list += (list.empty() ? "" : ", ") + mysql::quote_text(name);
    if (list.empty()) return;
    const auto action = [](const mysql::Value& rule) {
        return rule == "CASCADE" ? Action::cascade : rule == "SET NULL" ? Action::set_null : Action::none;
    };
    std::map<std::tuple<std::string, std::string, std::string>, Link> found;
    for (const mysql::Row& row :
         from.query("SELECT k.table_schema, k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, "
                    "k.referenced_table_name, k.referenced_column_name, r.delete_rule, r.update_rule FROM "
                    "information_schema.key_column_usage k JOIN information_schema.referential_constraints r ON "
                    "r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name "
                    "= k.table_name WHERE k.referenced_table_name IS NOT NULL AND k.table_schema IN (" +
                    list + ") AND (r.delete_rule IN ('CASCADE', 'SET NULL') OR r.update_rule IN ('CASCADE', 'SET NULL')) "
                    "ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position")
             .rows) {
        const auto text = [&](std::size_t i) { return row[i].value_or(""); };
        const auto child = places.find({text(0), text(1)});
        if (child == places.end()) continue;
        const auto parent = places.find({text(4), text(5)});
        if (parent == places.end()) {
            orphans_.push_back(text(0) + "." + text(1) + " (" + text(2) + ")");
            continue;
        }
        Link& link = found[{text(0), text(1), text(2)}];
        link.parent = parent->second;
        link.child = child->second;
        link.on_delete = action(row[7]);
        link.on_update = action(row[8]);
        const auto parent_column = column_named(tables[link.parent], text(6));
        const auto child_column = column_named(tables[link.child], text(3));
        if (!parent_column || !child_column)
            throw Error(ErrorKind::failed, "native.foreign_key", tables[link.child].source.display(),
                        "foreign key " + text(2) + " uses a column that the job does not know",
                        "begin the job anew with --restart");
        link.parent_columns.push_back(*parent_column);
        link.child_columns.push_back(*child_column);
    }
    for (auto& [name, link] : found)
        if (!tables[link.child].columns[link.child_columns.front()].left_out) links_.push_back(std::move(link));
}

void Cascades::mark_clusters(std::vector<TableShape>& shapes) const {
    std::vector<unsigned> cluster(shapes.size());
    for (unsigned i = 0; i < cluster.size(); ++i) cluster[i] = i;
    const auto root = [&](unsigned table) {
        while (cluster[table] != table) table = cluster[table];
        return table;
    };
    std::vector<bool> linked(shapes.size());
    for (const Link& link : links_) {
        linked[link.parent] = linked[link.child] = true;
        const unsigned a = root(link.parent), b = root(link.child);
        cluster[std::max(a, b)] = std::min(a, b);
    }
    for (unsigned i = 0; i < shapes.size(); ++i) shapes[i].cluster = linked[i] ? root(i) + 1 : 0;
}

bool Cascades::is_parent(std::uint32_t table) const {
    return std::any_of(links_.begin(), links_.end(), [&](const Link& link) { return link.parent == table; });
}

bool Cascades::concern(const mysql::binlog::RowChange& change) const {
    if (links_.empty() || !change.foreign_keys_checked || change.kind == ChangeKind::insert) return false;
    return std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
        if (link.parent != change.table) return false;
        if (change.kind == ChangeKind::remove) return link.on_delete != Action::none;
        return link.on_update != Action::none &&
               std::any_of(link.parent_columns.begin(), link.parent_columns.end(), [&](std::size_t column) {
                   return change.after.state(column) != CellState::absent &&
                          !same_cell(change.before, change.after, column);
               });
    });
}

std::vector<bool> Cascades::reached() const {
    std::vector<bool> tables(tables_ ? tables_->size() : 0);
    for (const Link& link : links_) tables[link.child] = true;
    return tables;
}

Cascades::Literals Cascades::literals(std::uint32_t table, const RowImage& image) const {
    const TablePlan& plan = (*tables_)[table];
    Literals result(plan.columns.size());
    for (const Link& link : links_) {
        if (link.parent != table) continue;
        for (const std::size_t column : link.parent_columns) {
            if (image.state(column) == CellState::null) result[column] = "NULL";
            if (image.state(column) == CellState::value)
                result[column] = literal(plan.columns[column], image.bytes(column));
        }
    }
    return result;
}

void Cascades::carry_out(mysql::Connection& connection, const OrderedChange& change) const {
    const TablePlan& plan = (*tables_)[change.table];
    Literals before = literals(change.table, change.before);
    for (const Link& link : links_) {
        if (link.parent != change.table) continue;
        for (const std::size_t column : link.parent_columns)
            if (before[column].empty())
                throw Error(ErrorKind::failed, "native.partial_image", plan.source.display(),
                            "the change log lacks column " + plan.columns[column].name +
                                ", which rows of " + (*tables_)[link.child].source.display() + " refer to",
                            "SET GLOBAL binlog_row_image = FULL on the source, then begin the job anew with --restart");
    }
    // A row may refer to itself; its own change comes afterwards.
    Way way{change.table, change.reach, {}};
    if (plan.key) {
        const auto key = key_of(plan, change.before);
        for (std::size_t i = 0; i < key.size(); ++i) {
            const Column& column = plan.columns[plan.key->parts[i].column];
            way.not_itself += (i == 0 ? " AND NOT (" : " AND ") + on_target(column) + " = " +
                              mysql::key_literal(column, key[i]);
        }
        way.not_itself += ")";
    }
    if (change.kind == ChangeKind::remove) return act(connection, change.table, before, nullptr, way, 0);
    const Literals after = literals(change.table, change.after);
    act(connection, change.table, before, &after, way, 0);
}

void Cascades::act(mysql::Connection& connection, std::uint32_t parent, const Literals& before, const Literals* after,
                   const Way& way, unsigned depth) const {
    if (depth > deepest)
        throw Error(ErrorKind::failed, "native.foreign_key", (*tables_)[parent].source.display(),
                    "foreign keys lead to each other without an end", "report this with the table's definition");
    for (const Link& link : links_) {
        const Action action = after ? link.on_update : link.on_delete;
        if (link.parent != parent || action == Action::none) continue;
        const TablePlan& child = (*tables_)[link.child];
        const auto value_now = [&](std::size_t column) -> const std::string& {
            return after && !(*after)[column].empty() ? (*after)[column] : before[column];
        };
        bool changed = after == nullptr;
        bool null = false;
        std::string where;
        std::string settings;
        for (std::size_t i = 0; i < link.parent_columns.size(); ++i) {
            const std::string& old = before[link.parent_columns[i]];
            const std::string name = on_target(child.columns[link.child_columns[i]]);
            null = null || old.empty() || old == "NULL";
            where += (where.empty() ? "" : " AND ") + name + " = " + old;
            const std::string& now = value_now(link.parent_columns[i]);
            changed = changed || now != old;
            settings += (settings.empty() ? "" : ", ") + name + " = " + (action == Action::set_null ? "NULL" : now);
        }
        if (null || !changed) continue;
        if (!way.reach.empty() && !way.reach[link.child].empty()) where += " AND (" + way.reach[link.child] + ")";
        if (link.child == way.table) where += way.not_itself;

        // Who refers to the children must be known before they change.
        std::vector<std::pair<Literals, Literals>> rows;
        if (is_parent(link.child)) {
            std::vector<std::size_t> columns;
            for (const Link& next : links_)
                if (next.parent == link.child)
                    columns.insert(columns.end(), next.parent_columns.begin(), next.parent_columns.end());
            std::string list;
            for (const std::size_t column : columns)
                list += (list.empty() ? "" : ", ") + reading(child.columns[column]);
            for (const mysql::Row& row :
                 connection
                     .query("SELECT " + list + " FROM " + mysql::quote_name(child.target) + " WHERE " + where +
                            " FOR UPDATE")
                     .rows) {
                Literals was(child.columns.size());
                for (std::size_t i = 0; i < columns.size(); ++i)
                    was[columns[i]] = row[i] ? mysql::key_literal(child.columns[columns[i]], *row[i]) : "NULL";
                Literals is = was;
                for (std::size_t i = 0; i < link.child_columns.size(); ++i) {
                    is[link.child_columns[i]] =
                        action == Action::set_null ? "NULL" : value_now(link.parent_columns[i]);
                }
                rows.emplace_back(std::move(was), std::move(is));
            }
        }
        const bool removes = after == nullptr && action == Action::cascade;
        if (removes) {
            connection.execute("DELETE FROM " + mysql::quote_name(child.target) + " WHERE " + where);
        } else {
            // The storage engine leaves ON UPDATE CURRENT_TIMESTAMP alone.
            for (const Column& column : child.columns)
                if ((column.data_type == "timestamp" || column.data_type == "datetime") && is_written(column) &&
                    settings.find(on_target(column) + " = ") == std::string::npos)
                    settings += ", " + on_target(column) + " = " + on_target(column);
            connection.execute("UPDATE " + mysql::quote_name(child.target) + " SET " + settings + " WHERE " + where);
        }
        for (const auto& [was, is] : rows)
            act(connection, link.child, was, removes ? nullptr : &is, way, depth + 1);
    }
}

}  // namespace transload::native
