#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/gate/data_reader.hpp"
#include "adapters/shardingsphere/gate/server_judgement.hpp"
#include "adapters/shardingsphere/gate/type_rules.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The server tells the time of a table's last write in seconds.
constexpr milliseconds shortest_watch{3'000};
constexpr milliseconds look_at_one{5'000};
constexpr milliseconds look_at_all{60'000};

constexpr std::string_view not_the_systems =
    "TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')";

}  // namespace

Neighbours::Neighbours(mysql::Server& source, bool zero_dates_possible)
    : source_(source), began_(steady_clock::now()) {
    const mysql::Result result = source.connection().query(fmt::format(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE FROM "
        "information_schema.COLUMNS c "
        "WHERE {} AND EXISTS (SELECT 1 FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = "
        "c.TABLE_SCHEMA AND "
        "t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE') ORDER BY 1, 2, ORDINAL_POSITION",
        not_the_systems));
    for (const mysql::Row& row : result.rows) {
        Column column;
        column.name = row[2].value_or("");
        column.data_type = mysql::lower(row[3].value_or(""));
        column.column_type = row[4].value_or("");
        const NeighbourHarm harm = neighbour_harm(column, zero_dates_possible);
        if (harm == NeighbourHarm::none) continue;
        const TableName name{row[0].value_or(""), row[1].value_or("")};
        if (tables_.empty() || tables_.back().name != name) tables_.push_back({name, {}, false});
        tables_.back().always = tables_.back().always || harm == NeighbourHarm::always;
        tables_.back().harmful.push_back(std::move(column));
    }
    if (!tables_.empty()) before_ = writes_so_far();
}

std::map<TableName, std::string> Neighbours::writes_so_far() {
    std::map<TableName, std::string> writes;
    const auto add = [&](const std::string& query) {
        for (const mysql::Row& row : source_.connection().query(query).rows)
            writes[{row[0].value_or(""), row[1].value_or("")}] += row[2].value_or("") + "/";
    };
    // Partitioned tables do not always tell the time of their last write, the counters need a privilege:
    // both.
    add(fmt::format("SELECT TABLE_SCHEMA, TABLE_NAME, UPDATE_TIME FROM information_schema.TABLES WHERE {}",
                    not_the_systems));
    try {
        add("SELECT OBJECT_SCHEMA, OBJECT_NAME, COUNT_WRITE FROM "
            "performance_schema.table_io_waits_summary_by_table WHERE OBJECT_TYPE = 'TABLE'");
    } catch (const mysql::ServerError& error) {
        if (error.connection_lost()) throw;
    }
    return writes;
}

std::vector<Reason> Neighbours::judge(const std::vector<const TablePlan*>& carried, RunControl& control) {
    std::vector<Reason> reasons;
    std::erase_if(tables_, [&](const Table& table) {
        return std::any_of(carried.begin(), carried.end(),
                           [&](const TablePlan* plan) { return plan->source == table.name; });
    });
    if (tables_.empty() || carried.empty()) return reasons;
    while (steady_clock::now() - began_ < shortest_watch) {
        control.check();
        std::this_thread::sleep_for(milliseconds{100});
    }
    std::map<TableName, std::string> after = writes_so_far();
    const auto end = steady_clock::now() + look_at_all;
    for (const Table& table : tables_) {
        control.check();
        const bool written = before_[table.name] != after[table.name];
        std::string what = fmt::format("{} is {}", table.harmful[0].name, table.harmful[0].column_type);
        bool harms = table.always;
        // What is written there is judged by what lies there.
        for (std::size_t i = 0; written && !harms && i < table.harmful.size() && steady_clock::now() < end;
             ++i)
            if (holds_harmful_value(source_, table.name, table.harmful[i], look_at_one).value_or(false)) {
                harms = true;
                what = fmt::format("{} ({}) holds such values", table.harmful[i].name,
                                   table.harmful[i].column_type);
            }
        if (written && harms)
            reasons.push_back(
                {"shardingsphere.neighbour", table.name.display(),
                 fmt::format("{} is being written, and the proxy loses its place at its rows: {}",
                             table.name.display(), what),
                 ""});
        else
            reasons.push_back({"shardingsphere.neighbour_idle", table.name.display(),
                               fmt::format("the proxy would lose its place at {} rows of {}: {}",
                                           table.always ? "changed" : "some", table.name.display(), what),
                               ""});
    }
    return reasons;
}

}  // namespace transload::shardingsphere
