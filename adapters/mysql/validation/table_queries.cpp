#include "adapters/mysql/validation/table_queries.hpp"

#include <fmt/format.h>

#include <charconv>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/target_side.hpp"

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

/// The same without a variable, which a proxy would take for its own; 15 digits are a number that no signed 64-bit
/// integer on the way can spoil. The proxy finds a shard's aggregate by its label, which servers cut off when it is
/// as long as an expression.
std::string halves_without_variable(const std::string& digest, const char* aggregate) {
    return fmt::format("{0}(CAST(CONV(LEFT({1}, 15), 16, 10) AS UNSIGNED)) AS transload_left, "
                       "{0}(CAST(CONV(RIGHT({1}, 15), 16, 10) AS UNSIGNED)) AS transload_right",
                       aggregate, digest);
}

std::string from_hex(std::string_view digits) {
    const auto value = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return -1;
    };
    std::string bytes;
    bytes.reserve(digits.size() / 2);
    bool good = digits.size() % 2 == 0;
    for (std::size_t i = 0; good && i < digits.size(); i += 2) {
        const int high = value(digits[i]), low = value(digits[i + 1]);
        good = high >= 0 && low >= 0;
        bytes += static_cast<char>((high << 4 | low) & 0xff);
    }
    if (good) return bytes;
    throw Error(ErrorKind::failed, "validation.no_key", "", "the proxy gave no hex digits for a key",
                "look at the proxy's log; then validate again");
}

}  // namespace

SideTable side_table(const TablePlan& plan, const TableName& name, bool has_index, const ServerVersion& version) {
    SideTable side;
    side.name = quote_name(name);
    if (plan.key && has_index) side.index_hint = key_hint(plan);
    side.wide_xor = !version.mariadb && version.at_least(8, 0);
    return side;
}

KeyValue read_key_parts(RowView row, std::size_t parts, Reach reach) {
    KeyValue key;
    key.reserve(parts);
    for (std::size_t i = 0; i < parts; ++i)
        key.emplace_back(reach == Reach::proxy ? from_hex(row[i].view()) : std::string(row[i].view()));
    return key;
}

TableQueries::TableQueries(const TablePlan& plan, const ComparedTable& compared, SideTable source, SideTable target)
    : plan_(plan), there_(target_side(plan)), compared_(compared), source_(std::move(source)), target_(std::move(target)) {}

std::string TableQueries::count(Side side) const {
    const std::string all = "SELECT COUNT(*) FROM " + on(side).name;
    return plan(side).row_filter.empty() ? all : all + " WHERE " + row_condition(plan(side));
}

std::string TableQueries::predicate(Side side, const KeyRange& range) const {
    const std::string plain = range_predicate(plan(side), range);
    // The proxy's algorithms may not place a range that is open at one end (mod fails), and what they place might leave
    // out a shard. An alternative without the sharding column makes it ask all of them; servers strike it out.
    return on(side).reach == Reach::proxy ? "(" + plain + ") OR (1 = 0)" : plain;
}

std::string TableQueries::range_digest(Side side, const KeyRange& range, bool with_sum) const {
    const std::string& digest = compared_.row_digest.on(side);
    std::string fields = "COUNT(*), ";
    if (target_.reach == Reach::proxy) {
        const char* aggregate = with_sum ? "SUM" : "BIT_XOR";
        fields += side == Side::source ? halves(digest, aggregate, 15) : halves_without_variable(digest, aggregate);
    } else if (with_sum) {
        fields += halves(digest, "SUM", 15);
    } else {
        fields += on(side).wide_xor ? "HEX(BIT_XOR(UNHEX(" + digest + ")))" : halves(digest, "BIT_XOR", 16);
    }
    return fmt::format("SELECT {} FROM {} {} WHERE {}", fields, on(side).name, on(side).index_hint,
                       predicate(side, range));
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

const char* TableQueries::one_row(Side side) const { return on(side).reach == Reach::server ? " LIMIT 1" : ""; }

std::string TableQueries::key_list(Side side) const {
    if (on(side).reach == Reach::server) return key_select_list(plan(side));
    std::string list;
    for (const KeyPart& part : plan_.key->parts) {
        const Column& column = plan(side).columns[part.column];
        const ColumnKind kind = column_kind(column);
        const std::string name = quote_name(column.name);
        if (!list.empty()) list += ", ";
        if (kind == ColumnKind::text || kind == ColumnKind::binary)
            list += "HEX(" + name + ")";
        else
            list += "HEX(CONCAT(" + key_expression(column) + "))";
    }
    return list;
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
    return fmt::format("SELECT {}, {} FROM {} {} WHERE {}", key_list(side), row_expressions(side, form),
                       on(side).name, on(side).index_hint, predicate(side, range));
}

std::string TableQueries::rows(Side side, const std::vector<KeyValue>& keys, RowForm form) const {
    return fmt::format("SELECT {}, {} FROM {} {} WHERE {}", key_list(side), row_expressions(side, form),
                       on(side).name, on(side).index_hint, key_condition(plan(side), keys));
}

std::string TableQueries::boundary(Side side, const KeyRange& range, std::uint64_t size) const {
    return fmt::format("SELECT {} FROM {} {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}", key_select_list(plan(side)),
                       on(side).name, on(side).index_hint, range_predicate(plan(side), range), key_order(plan(side)),
                       size - 1);
}

std::string TableQueries::boundary_in(const std::string& table, const KeyRange& range, std::uint64_t size) const {
    return fmt::format("SELECT {} FROM {} {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}", key_select_list(there_), table,
                       target_.index_hint, range_predicate(there_, range), key_order(there_), size - 1);
}

std::string TableQueries::digests(Side side) const {
    return fmt::format("SELECT {} AS transload_digest, COUNT(*) FROM {} WHERE {} GROUP BY transload_digest ORDER BY "
                       "transload_digest",
                       "CAST(" + compared_.row_digest.on(side) + " AS BINARY)", on(side).name, row_condition(plan(side)));
}

std::string TableQueries::digests_from(Side side, std::string_view prefix) const {
    const std::string& digest = compared_.row_digest.on(side);
    std::string condition;
    if (!plan(side).row_filter.empty() || prefix.empty()) condition = row_condition(plan(side));
    if (!prefix.empty())
        condition += fmt::format("{}LEFT({}, {}) = '{}'", condition.empty() ? "" : " AND ", digest, prefix.size(), prefix);
    return fmt::format("SELECT {} FROM {} WHERE {}", digest, on(side).name, condition);
}

std::string TableQueries::probes(Side side, const KeyValue& key) const {
    std::string list;
    for (const ComparedColumn& column : compared_.columns) {
        if (!list.empty()) list += ", ";
        list += column.probe.on(side);
    }
    return fmt::format("SELECT {} FROM {} {} WHERE {}{}", list, on(side).name, on(side).index_hint,
                       key_condition(plan(side), {key}), one_row(side));
}

std::string TableQueries::shown(Side side, const KeyValue& key, std::size_t column) const {
    return fmt::format("SELECT {} FROM {} {} WHERE {}{}", compared_.columns.at(column).shown.on(side),
                       on(side).name, on(side).index_hint, key_condition(plan(side), {key}), one_row(side));
}

}  // namespace transload::mysql::validation
