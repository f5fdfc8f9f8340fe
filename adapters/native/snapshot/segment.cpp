#include "adapters/native/snapshot/segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::native {
namespace {

// Wide enough for signed and unsigned 64-bit keys alike.
__extension__ typedef __int128 Wide;

std::optional<Wide> parse(const std::string& text) {
    const bool negative = text.starts_with('-');
    std::uint64_t magnitude = 0;
    const char* begin = text.data() + (negative ? 1 : 0);
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(begin, end, magnitude);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return negative ? -static_cast<Wide>(magnitude) : static_cast<Wide>(magnitude);
}

std::string print(Wide value) {
    if (value < 0) return "-" + std::to_string(static_cast<std::uint64_t>(-value));
    return std::to_string(static_cast<std::uint64_t>(value));
}

bool is_integer_key(const TablePlan& plan) {
    if (plan.key->parts.size() != 1 || plan.key->parts.front().descending) return false;
    const Column& column = plan.columns[plan.key->parts.front().column];
    return mysql::column_kind(column) == mysql::ColumnKind::integer && column.data_type != "year";
}

std::string from_where(const TablePlan& plan, const mysql::KeyRange& range) {
    return fmt::format(" FROM {} {} WHERE {}", mysql::quote_name(plan.source), mysql::key_hint(plan),
                       mysql::range_predicate(plan, range));
}

std::optional<Wide> edge(mysql::Connection& source, const TablePlan& plan, const mysql::KeyRange& range,
                         bool last) {
    const auto value =
        source.scalar("SELECT " + mysql::key_select_list(plan) + from_where(plan, range) + " ORDER BY " +
                      (last ? mysql::key_order_reversed(plan) : mysql::key_order(plan)) + " LIMIT 1");
    if (!value) return std::nullopt;
    return parse(*value);
}

std::uint64_t estimate(mysql::Connection& source, const TablePlan& plan, const mysql::KeyRange& range) {
    const mysql::Result explained =
        source.query("EXPLAIN SELECT " + mysql::key_select_list(plan) + from_where(plan, range));
    if (explained.rows.empty()) return 0;
    const mysql::Value& rows = explained.rows.front().at(explained.column("rows"));
    return rows ? std::stoull(*rows) : 0;
}

std::optional<mysql::KeyValue> cut_integers(mysql::Connection& source, const TablePlan& plan,
                                            const mysql::KeyRange& range, std::uint64_t wanted) {
    const auto low = edge(source, plan, range, false);
    const auto high = edge(source, plan, range, true);
    if (!low || !high || *high - *low < 2) return std::nullopt;
    const auto rows_upto = [&](Wide cut) {
        return estimate(source, plan, {range.after, mysql::KeyValue{print(cut)}});
    };
    const std::uint64_t all = estimate(source, plan, range);
    if (all <= wanted + wanted / 4) return std::nullopt;
    // Keys may be crowded anywhere in a huge span: interpolate, and halve every third time, between a cut
    // with too few rows before it and one with too many. Estimates are index dives, a fraction of a
    // millisecond each.
    Wide few = *low - 1, many = *high;
    std::uint64_t rows_few = 0, rows_many = all;
    Wide cut = few;
    for (int round = 0; round < 60 && many - few > 1; ++round) {
        long double share =
            static_cast<long double>(wanted - std::min(rows_few, wanted)) /
            static_cast<long double>(std::max<std::uint64_t>(1, rows_many - std::min(rows_few, rows_many)));
        share = round % 3 == 2 ? 0.5L : std::clamp(share, 0.0001L, 0.99L);
        cut = few + static_cast<Wide>(static_cast<long double>(many - few) * share);
        cut = std::clamp(cut, few + 1, many - 1);
        const std::uint64_t rows = rows_upto(cut);
        if (rows > 2 * wanted) {
            many = cut;
            rows_many = rows;
        } else if (rows < wanted / 2) {
            few = cut;
            rows_few = rows;
        } else {
            break;
        }
    }
    if (cut < *low) return std::nullopt;
    return mysql::KeyValue{print(cut)};
}

std::optional<mysql::KeyValue> cut_by_walking(mysql::Connection& source, const TablePlan& plan,
                                              const mysql::KeyRange& range, std::uint64_t wanted) {
    const mysql::Result found =
        source.query(fmt::format("SELECT {}{} ORDER BY {} LIMIT 1 OFFSET {}", mysql::key_select_list(plan),
                                 from_where(plan, range), mysql::key_order(plan), wanted - 1));
    if (found.rows.empty()) return std::nullopt;
    mysql::KeyValue key;
    for (const mysql::Value& value : found.rows.front()) key.push_back(value.value_or(""));
    return key;
}

}  // namespace

std::uint64_t row_bytes_estimate(const TablePlan& plan) {
    std::uint64_t bytes = plan.average_row_bytes;
    if (bytes == 0 && plan.estimated_rows != 0) bytes = plan.data_bytes / plan.estimated_rows;
    return std::max<std::uint64_t>(bytes, 16);
}

std::optional<mysql::KeyValue> find_cut(mysql::Connection& source, const TablePlan& plan,
                                        const mysql::KeyRange& range, std::uint64_t wanted_rows) {
    if (!plan.key || wanted_rows == 0) return std::nullopt;
    return is_integer_key(plan) ? cut_integers(source, plan, range, wanted_rows)
                                : cut_by_walking(source, plan, range, wanted_rows);
}

}  // namespace transload::native
