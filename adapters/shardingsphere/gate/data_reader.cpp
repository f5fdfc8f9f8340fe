#include "adapters/shardingsphere/gate/data_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/gate/type_rules.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;

constexpr unsigned query_took_too_long = 3024;

/// An event has a changed row twice, beside all its other columns, and may be 16 MiB.
constexpr std::uint64_t big_value = 4ULL << 20;

bool holds_big_values(const Column& column) {
    return column.data_type == "mediumtext" || column.data_type == "longtext" ||
           column.data_type == "mediumblob" || column.data_type == "longblob";
}

struct Question {
    std::string condition;
    std::function<void()> yes;
};

/// Zero, with a zero part, or a day that its month does not have: none of them is NULL or a date of the
/// calendar.
std::string bad_date(const std::string& column) {
    return fmt::format("({0} IS NOT NULL AND (LAST_DAY({0}) IS NULL OR DAY({0}) > DAY(LAST_DAY({0}))))",
                       column);
}

std::string zero_date(const Column& column, const std::string& name) {
    // A TIMESTAMP has no zero parts; as a whole it is compared, because its functions depend on the time
    // zone.
    if (column.data_type == "timestamp") return fmt::format("{} = '0000-00-00 00:00:00'", name);
    return fmt::format("({0} IS NOT NULL AND (MONTH({0}) = 0 OR DAYOFMONTH({0}) = 0))", name);
}

std::string calendar_gap(const std::string& name) {
    return fmt::format("({0} OR {1} BETWEEN '1582-10-05' AND '1582-10-14 23:59:59.999999')", bad_date(name),
                       name);
}

std::string not_a_time_of_day(const std::string& name) {
    return fmt::format("({0} < 0 OR {0} >= '24:00:00')", name);
}

/// nullopt: the limit ended it.
std::optional<mysql::Row> ask(mysql::Server& source, const std::string& select, const std::string& from,
                              milliseconds limit) {
    try {
        const mysql::Result result = source.connection().query(
            fmt::format("SELECT /*+ MAX_EXECUTION_TIME({}) */ {} FROM {}", limit.count(), select, from));
        return result.rows.at(0);
    } catch (const mysql::ServerError& error) {
        if (error.code() == query_took_too_long) return std::nullopt;
        throw;
    }
}

bool leads_an_index(const TableFacts& facts, const std::string& column) {
    return std::any_of(facts.indexes.begin(), facts.indexes.end(), [&](const IndexFacts& index) {
        return !index.prefix && !index.expression && !index.columns.empty() && index.columns[0] == column;
    });
}

}  // namespace

DataFacts read_data(mysql::Server& source, const TablePlan& plan, const TableFacts& facts,
                    const std::string& sharding_column, RunControl& control, milliseconds limit) {
    DataFacts data;
    std::vector<Question> by_index, by_scan;
    for (const Column& column : plan.columns) {
        const std::string name = mysql::quote_name(column.name);
        // MAX and MIN of a column that leads an index are read from its ends, so these come one by one.
        const auto add = [&](std::string end, std::string_view comparison, std::set<std::string>& found) {
            (leads_an_index(facts, column.name) ? by_index : by_scan)
                .push_back({fmt::format("{}({}) {}", end, name, comparison),
                            [&found, &column] { found.insert(column.name); }});
        };
        const auto scan = [&](const std::string& condition, std::set<std::string>& found) {
            by_scan.push_back(
                {fmt::format("MAX({})", condition), [&found, &column] { found.insert(column.name); }});
        };
        const bool shards =
            !sharding_column.empty() && mysql::lower(column.name) == mysql::lower(sharding_column);
        if (column.data_type == "bigint" && column.is_unsigned) {
            add("MAX", "> 9223372036854775807", data.above_int64);
        }
        const bool whole_key = plan.key && plan.key->parts.size() == 1 &&
                               plan.columns[plan.key->parts[0].column].name == column.name;
        if (column.data_type == "bigint" && !column.is_unsigned && whole_key)
            by_index.push_back({fmt::format("CAST(MAX({0}) AS DECIMAL(30)) - CAST(MIN({0}) AS DECIMAL(30)) > "
                                            "9223372036854775807",
                                            name),
                                [&data, &column] { data.wide_keys.insert(column.name); }});
        if (column.data_type == "bigint" && !column.is_unsigned && shards) add("MIN", "< 0", data.negative);
        if (column.auto_increment)
            by_index.push_back(
                {fmt::format("(SELECT 1 FROM {} WHERE {} = 0 LIMIT 1)", mysql::quote_name(plan.source), name),
                 [&data] { data.auto_increment_zero = true; }});
        if (has_date(column)) {
            scan(zero_date(column, name), data.zero_dates);
            if (column.data_type != "timestamp") scan(calendar_gap(name), data.calendar_gap);
        }
        if (plan.data_bytes > big_value && holds_big_values(column))
            scan(fmt::format("LENGTH({}) > {}", name, big_value), data.big_values);
        if (column.data_type == "enum") scan(fmt::format("{} + 0 = 0", name), data.enum_zero);
        if (column.data_type == "time") scan(not_a_time_of_day(name), data.not_a_time_of_day);
    }
    const std::string from = mysql::quote_name(plan.source);
    const auto answered = [](const mysql::Value& value) { return value && *value != "0"; };
    for (const Question& question : by_index) {
        control.check();
        const bool inner = question.condition.front() == '(';
        const auto row = ask(source, question.condition, inner ? "DUAL" : from, limit);
        if (!row)
            data.unread = true;
        else if (answered(row->at(0)))
            question.yes();
    }
    if (by_scan.empty()) return data;
    control.check();
    std::vector<std::string> conditions;
    for (const Question& question : by_scan) conditions.push_back(question.condition);
    const auto row = ask(source, fmt::format("{}", fmt::join(conditions, ", ")), from, limit);
    if (!row) {
        data.unread = true;
        return data;
    }
    for (std::size_t i = 0; i < by_scan.size(); ++i)
        if (answered(row->at(i))) by_scan[i].yes();
    return data;
}

std::optional<bool> holds_harmful_value(mysql::Server& source, const TableName& table, const Column& column,
                                        milliseconds limit) {
    const std::string name = mysql::quote_name(column.name);
    std::string condition;
    if (column.data_type == "json") {
        condition = fmt::format("JSON_TYPE({}) IN ('BOOLEAN', 'NULL')", name);
        if (mysql::has_json_types(source.version()))
            condition = fmt::format("({} OR {})", condition, mysql::json_holds_more_than_text(name));
        else
            return std::nullopt;
    } else if (column.data_type == "time") {
        condition = not_a_time_of_day(name);
        // The zero of a TIME with a fraction is written shorter than the proxy reads it.
        if (fraction_digits(column) > 0) condition = fmt::format("({} OR {} < 1)", condition, name);
    } else if (column.data_type == "timestamp") {
        condition = zero_date(column, name);
    } else if (has_date(column)) {
        condition = fmt::format("({} OR {})", zero_date(column, name), bad_date(name));
    } else {
        return std::nullopt;
    }
    const auto row =
        ask(source, fmt::format("EXISTS (SELECT 1 FROM {} WHERE {})", mysql::quote_name(table), condition),
            "DUAL", limit);
    if (!row) return std::nullopt;
    return row->at(0) == "1";
}

}  // namespace transload::shardingsphere
