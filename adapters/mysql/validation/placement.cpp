#include "adapters/mysql/validation/placement.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::validation {
namespace {

/// Values of one PREVIEW: many, for it costs a round trip; few enough that the proxy parses it quickly.
constexpr std::size_t values_at_once = 1'000;
constexpr std::size_t values_in_memory = 20'000;

/// The value as an application would write it; empty when that is not one plain literal.
std::string plain_literal(const Column& column, std::string_view raw) {
    if (column_kind(column) == ColumnKind::integer) return std::string(raw);
    const bool utf8 = column.charset.starts_with("utf8");
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == '\'' || c == '\\' || (byte >= 0x80 && !utf8)) return {};
    }
    return "'" + std::string(raw) + "'";
}

bool judged(const Column& column) {
    const ColumnKind kind = column_kind(column);
    const bool wide = column.charset.starts_with("ucs") || column.charset.starts_with("utf16") ||
                      column.charset.starts_with("utf32");
    return (kind == ColumnKind::integer && column.data_type != "year") || (kind == ColumnKind::text && !wide);
}

}  // namespace

Placement::Placement(const TablePlan& plan, const ShardedTable& table) : plan_(plan), table_(table) {
    if (table.rule == nullptr) return;
    const auto found = std::find_if(plan.columns.begin(), plan.columns.end(), [&](const Column& column) {
        return strcasecmp(column.name.c_str(), table.rule->column.c_str()) == 0;
    });
    if (found != plan.columns.end() && judged(*found)) column_ = &*found;
}

void Placement::check(Lane& lane, const KeyRange& range, const OnMisplaced& on_misplaced) const {
    if (!possible()) return;
    Connection& proxy = lane.on(Side::target);
    const std::size_t parts = plan_.key ? plan_.key->parts.size() : 0;
    const std::string name = quote_name(column_->name);
    const std::string keys = plan_.key ? key_select_list(plan_) + ", " : "";
    const bool has_index = plan_.key && std::find(table_.table.indexes.begin(), table_.table.indexes.end(),
                                                  plan_.key->index_name) != table_.table.indexes.end();
    const std::string rows = plan_.key ? range_predicate(plan_, range) : "TRUE";
    for (const ShardNode& node : table_.nodes) {
        lane.check();
        Values values;
        lane.shard(*node.unit).stream(
            fmt::format("SELECT {}{} FROM {} {} WHERE ({}) AND {} IS NOT NULL", keys, name, quote_name(node.table),
                        has_index ? key_hint(plan_) : "", rows, name),
            [&](RowView row) {
                const std::string literal = plain_literal(*column_, row[parts].view());
                if (literal.empty()) return true;
                values[literal].push_back(read_key_parts(row, parts, Reach::server));
                if (values.size() < values_in_memory) return true;
                check_values(proxy, node, values, on_misplaced);
                values.clear();
                lane.check();
                return true;
            });
        check_values(proxy, node, values, on_misplaced);
    }
}

std::string Placement::select(const std::string& table, const std::vector<std::string>& literals) const {
    return fmt::format("SELECT 1 FROM {} WHERE {} IN ({})", quote_name(table), quote_name(column_->name),
                       fmt::join(literals, ", "));
}

void Placement::check_values(Connection& proxy, const ShardNode& node, const Values& values,
                             const OnMisplaced& on_misplaced) const {
    struct Route {
        std::string unit, sql;
        bool single = false;
    };
    const auto route = [&](const std::vector<std::string>& literals) {
        const Result shown = proxy.query("PREVIEW " + select(plan_.source.table, literals));
        if (shown.rows.size() != 1) return Route{};
        return Route{shown.rows[0].at(shown.column("data_source_name")).value_or(""),
                     shown.rows[0].at(shown.column("actual_sql")).value_or(""), true};
    };
    const auto leads_to = [&](const Route& way, const ShardNode& place, const std::vector<std::string>& literals) {
        return way.single && strcasecmp(way.unit.c_str(), place.unit->name.c_str()) == 0 &&
               way.sql == select(place.table, literals);
    };
    std::vector<std::vector<std::string>> batches;
    for (const auto& [literal, rows] : values) {
        if (batches.empty() || batches.back().size() == values_at_once) batches.emplace_back();
        batches.back().push_back(literal);
    }
    while (!batches.empty()) {
        const std::vector<std::string> batch = std::move(batches.back());
        batches.pop_back();
        const Route way = route(batch);
        if (leads_to(way, node, batch)) continue;
        if (batch.size() > 1) {
            const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
            batches.emplace_back(batch.begin(), middle);
            batches.emplace_back(middle, batch.end());
            continue;
        }
        // A value that the proxy can't place is looked for everywhere, and found.
        for (const ShardNode& other : table_.nodes)
            if (leads_to(way, other, batch))
                for (const KeyValue& key : values.at(batch.front()))
                    on_misplaced(plan_.key ? describe_key(plan_, key) : column_->name + "=" + batch.front(),
                                 "lies in " + node.display() + ", looked for in " + other.display());
    }
}

}  // namespace transload::mysql::validation
