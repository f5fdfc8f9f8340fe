#include "adapters/mysql/validation/table_queries.hpp"

#include <fmt/format.h>

#include <charconv>

#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::validation {
namespace {

std::uint64_t number(const Value& value) {
    std::uint64_t result = 0;
    if (value) std::from_chars(value->data(), value->data() + value->size(), result);
    return result;
}

/// Servers without BIT_XOR of byte strings: the digest's halves as numbers. A variable holds the digest, so
/// that it is computed once; it is set in the first argument and read in the later ones of the same row.
std::string halves(const std::string& digest, const char* aggregate, unsigned digits) {
    return fmt::format("{0}(CAST(CONV(LEFT(@transload_d := {1}, {2}), 16, 10) AS UNSIGNED)), "
                       "{0}(CAST(CONV(RIGHT(@transload_d, {2}), 16, 10) AS UNSIGNED))",
                       aggregate, digest, digits);
}

}  // namespace

TableQueries::TableQueries(const TablePlan& plan, const ComparedTable& compared, SideTable source, SideTable target)
    : plan_(plan), compared_(compared), source_(std::move(source)), target_(std::move(target)) {}

std::string TableQueries::count(Side side) const { return "SELECT COUNT(*) FROM " + on(side).name; }

std::string TableQueries::range_digest(Side side, const KeyRange& range, bool with_sum) const {
    const std::string& digest = compared_.row_digest.on(side);
    std::string fields = "COUNT(*), ";
    if (with_sum) {
        fields += halves(digest, "SUM", 15);
    } else {
        fields += on(side).wide_xor ? "HEX(BIT_XOR(UNHEX(" + digest + ")))" : halves(digest, "BIT_XOR", 16);
    }
    return fmt::format("SELECT {} FROM {} {} WHERE {}", fields, on(side).name, on(side).index_hint,
                       range_predicate(plan_, range));
}

RangeDigest parse_range_digest(const Row& row, bool with_sum) {
    RangeDigest digest;
    digest.rows = number(row.at(0));
    if (digest.rows == 0) return digest;
    if (with_sum) {
        digest.sum = row.at(1).value_or("") + "/" + row.at(2).value_or("");
    } else if (row.size() == 2) {
        digest.exclusive_or = digest_from_hex(row.at(1).value_or(""));
    } else {
        digest.exclusive_or = digest_from_hex(fmt::format("{:016x}{:016x}", number(row.at(1)), number(row.at(2))));
    }
    return digest;
}

std::string TableQueries::row_expressions(Side side, RowForm form) const {
    if (form == RowForm::digest) return compared_.row_digest.on(side);
    std::string list;
    for (const ComparedColumn& column : compared_.columns) {
        if (!list.empty()) list += ", ";
        list += column.value.on(side);
    }
    return list;
}

std::string TableQueries::rows(Side side, const KeyRange& range, RowForm form) const {
    return fmt::format("SELECT {}, {} FROM {} {} WHERE {}", key_select_list(plan_), row_expressions(side, form),
                       on(side).name, on(side).index_hint, range_predicate(plan_, range));
}

std::string TableQueries::rows(Side side, const std::vector<KeyValue>& keys, RowForm form) const {
    return fmt::format("SELECT {}, {} FROM {} {} WHERE {}", key_select_list(plan_), row_expressions(side, form),
                       on(side).name, on(side).index_hint, key_condition(plan_, keys));
}

std::string TableQueries::boundary(Side side, const KeyRange& range, std::uint64_t size) const {
    return fmt::format("SELECT {} FROM {} {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}", key_select_list(plan_),
                       on(side).name, on(side).index_hint, range_predicate(plan_, range), key_order(plan_), size - 1);
}

std::string TableQueries::digests(Side side) const {
    return fmt::format("SELECT {} AS transload_digest, COUNT(*) FROM {} GROUP BY transload_digest ORDER BY transload_digest",
                       "CAST(" + compared_.row_digest.on(side) + " AS BINARY)", on(side).name);
}

std::string TableQueries::probes(Side side, const KeyValue& key) const {
    std::string list;
    for (const ComparedColumn& column : compared_.columns) {
        if (!list.empty()) list += ", ";
        list += column.probe.on(side);
    }
    return fmt::format("SELECT {} FROM {} {} WHERE {} LIMIT 1", list, on(side).name, on(side).index_hint,
                       key_condition(plan_, {key}));
}

std::string TableQueries::shown(Side side, const KeyValue& key, std::size_t column) const {
    return fmt::format("SELECT {} FROM {} {} WHERE {} LIMIT 1", compared_.columns.at(column).shown.on(side),
                       on(side).name, on(side).index_hint, key_condition(plan_, {key}));
}

}  // namespace transload::mysql::validation
