#include "adapters/shardingsphere/gate/type_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "adapters/mysql/column_kind.hpp"

namespace transload::shardingsphere {
namespace {

constexpr auto spatial_types = std::to_array<std::string_view>(
    {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
     "geometrycollection", "geomcollection"});

// Types whose values arrive unchanged both ways, whatever they are. The others have a rule of their own
// below; a type that is in neither was not tried and is refused.
constexpr auto plain_types = std::to_array<std::string_view>(
    {"tinyint",  "smallint", "mediumint", "int",       "bigint",   "decimal",    "double",
     "bit",      "year",     "char",      "varchar",   "tinytext", "text",       "mediumtext",
     "longtext", "binary",   "varbinary", "tinyblob",  "blob",     "mediumblob", "longblob",
     "enum",     "date",     "datetime",  "timestamp", "time",     "set"});

// The proxy makes text of the bytes of a CHAR or VARCHAR as if they were UTF-8.
constexpr auto utf8_charsets =
    std::to_array<std::string_view>({"utf8mb4", "utf8mb3", "utf8", "ascii", "binary"});

template <class List>
bool one_of(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// The 8th member is the sign bit of the one byte that the proxy reads.
constexpr std::size_t most_set_members = 7;

std::string name_of(const TablePlan& plan, const Column& column) {
    return plan.source.display() + "." + column.name;
}

}  // namespace

int fraction_digits(const Column& column) {
    const std::size_t open = column.column_type.find('(');
    if (open == std::string::npos || open + 1 >= column.column_type.size()) return 0;
    const char digit = column.column_type[open + 1];
    return std::isdigit(static_cast<unsigned char>(digit)) ? digit - '0' : 0;
}

bool is_spatial(const Column& column) {
    return one_of(spatial_types, column.data_type);
}

bool has_date(const Column& column) {
    return column.data_type == "date" || column.data_type == "datetime" || column.data_type == "timestamp";
}

const std::vector<MeasuredType>& measured_types() {
    // clang-format off
    static const std::vector<MeasuredType> types{
        {"TINYINT (also (1)), SMALLINT, MEDIUMINT, INT, with UNSIGNED and ZEROFILL; BIGINT", "same", "same", "carried"},
        {"BIGINT UNSIGNED up to 2^63-1", "same", "same", "carried"},
        {"BIGINT UNSIGNED above 2^63-1", "same; as the only key column the job fails or rows are missing", "the job dies: value out of range", "`unsigned_values`, `unsigned_key`; the values are asked"},
        {"DECIMAL, also (65,30), (5,5) and UNSIGNED", "same", "same", "carried"},
        {"FLOAT", "six digits are kept: 16777216 becomes 16777200", "0.1 as a key is never found again; extreme values kill the job", "refused"},
        {"DOUBLE, also as key", "same, with -0 and the smallest", "same", "carried"},
        {"BIT(1) to BIT(64), also as key", "same", "same", "carried"},
        {"YEAR, also 0000 and as key", "same", "same", "carried"},
        {"DATE, DATETIME(0 to 6), TIMESTAMP(0 to 6), also as key", "same; TIMESTAMP because Transload has the proxy's sessions speak UTC", "same", "carried"},
        {"DATE, DATETIME, TIMESTAMP of zero", "NULL", "the job dies on a strict target; with a fraction of a second the event is dropped", "`zero_dates`; refused when there is one, or when live and the source's sql_mode allows them"},
        {"DATE, DATETIME with a zero part, 2024-02-31, 1582-10-10", "the job dies", "dropped", "`zero_dates`, `calendar`; the values are asked"},
        {"TIME(0), 00:00:00 to 23:59:59", "same", "same", "offline only"},
        {"TIME below 0 or from 24:00:00", "the job dies", "dropped", "offline refused when there is one; live always"},
        {"TIME(1 to 6)", "the fraction is lost", "00:00:00 and what follows it is dropped", "refused"},
        {"CHAR, VARCHAR in utf8mb4, utf8mb3, ascii, binary; also as key, with any collation", "same; the parser does not read `CHARACTER SET ascii`", "same", "carried; `definition` for ascii"},
        {"CHAR, VARCHAR in latin1, gbk, sjis, …", "same", "the job dies: incorrect string value; as a key rows are not found again", "`column_charset`; offline only"},
        {"CHAR, VARCHAR in ucs2, utf16", "same", "**other text is written, without an error**", "`column_charset`; offline only"},
        {"TINYTEXT to LONGTEXT in any character set", "same", "same", "carried"},
        {"BINARY, VARBINARY, TINYBLOB to LONGBLOB", "same", "same", "carried"},
        {"BINARY in a unique key", "same", "**changes of rows whose value ends in a zero byte are lost**", "`key_type`; offline only"},
        {"VARBINARY as key, prefix unique keys over TEXT, BLOB, VARCHAR", "same", "same", "carried"},
        {"values of 9 MB in LONGTEXT", "same", "INSERT same; UPDATE (an event of 18 MB) and all that follows is lost", "`big_values`; the values are asked"},
        {"ENUM, also as key", "same", "same", "carried"},
        {"the value of an ENUM that is no member ('' with number 0)", "the job dies on a strict target", "the job dies on a strict target", "refused when there is one"},
        {"SET of up to 7 members", "same", "same", "carried"},
        {"SET of 8 members", "same", "the 8th member kills the job", "offline only"},
        {"SET of 9 and more members", "same", "dropped, and neighbours with it", "offline only"},
        {"JSON", "DECIMAL becomes DOUBLE (1.50: 1.5), dates become strings", "objects, arrays, strings and numbers same; true, false, null, DECIMAL and dates are dropped; control characters kill the job", "refused"},
        {"POINT, GEOMETRY, also with SRID", "same", "dropped", "offline only"},
        {"generated columns", "the job dies", "", "refused"},
        {"ON UPDATE CURRENT_TIMESTAMP", "same", "**where an update leaves the value as it was, the target writes its own time**", "`on_update`; offline only"},
        {"expression defaults, partitions, FULLTEXT, descending keys, composite keys, negative keys, 300 columns, MyISAM", "same", "same", "carried"},
        {"indexes over expressions", "same", "all changes are lost", "`functional_index`; offline, when not unique"},
        {"AUTO_INCREMENT column with 0", "a new number", "a new number", "`auto_increment_zero`; the values are asked"},
        {"invisible columns, VECTOR, types of MariaDB", "not tried", "not tried", "refused"},
    };
    // clang-format on
    return types;
}

std::vector<Reason> judge_column(const TablePlan& plan, const Column& column, const TableFacts& facts,
                                 const Circumstances& circumstances) {
    std::vector<Reason> reasons;
    const std::string name = name_of(plan, column);
    const bool live = circumstances.live;
    const auto add = [&](GateId id, std::string why) {
        reasons.push_back(
            {id, plan.source.display(), fmt::format("{} is {}: {}", name, column.column_type, why), ""});
    };
    const std::string& type = column.data_type;
    if (is_spatial(column)) {
        if (live)
            add("shardingsphere.column_type",
                "events of rows with a spatial value are dropped without an error");
    } else if (type == "json") {
        add("shardingsphere.column_type",
            live ? "the inventory turns DECIMAL and dates inside JSON into other types, events with true, "
                   "false, null or "
                   "such values are dropped without an error, and control characters end the migration"
                 : "the inventory turns DECIMAL and dates inside JSON into other types");
    } else if (type == "float") {
        add("shardingsphere.column_type", "the inventory reads six digits of it");
    } else if (type == "time") {
        if (fraction_digits(column) > 0)
            add("shardingsphere.column_type", "the inventory drops the fraction of a second");
        else if (live)
            add("shardingsphere.column_type",
                "events with a negative time or one of 24 hours and more are dropped without an error");
        else if (facts.data.not_a_time_of_day.contains(column.name) || facts.data.unread)
            add("shardingsphere.column_type",
                "it holds, or may hold, a negative time or one of 24 hours and more, at which the inventory "
                "fails");
    } else if (type == "set") {
        const std::size_t members = mysql::member_names(column).size();
        if (live && members > most_set_members)
            add("shardingsphere.column_type",
                fmt::format("of its {} members the proxy reads {} when it follows", members,
                            most_set_members));
    } else if (type == "enum") {
        if (facts.data.enum_zero.contains(column.name))
            add("shardingsphere.column_type",
                "it holds the value that is no member, on which the migration dies");
    } else if (!one_of(plain_types, type)) {
        add("shardingsphere.column_type", "this type was not tried");
    }
    if ((type == "char" || type == "varchar") && live && !column.charset.empty() &&
        !one_of(utf8_charsets, column.charset))
        add("shardingsphere.column_charset",
            fmt::format("the proxy takes its {} for UTF-8 when it follows", column.charset));
    if (has_date(column)) {
        if (facts.zero_defaults.contains(column.name))
            add("shardingsphere.zero_dates",
                "its default is a zero date, which the target refuses of the proxy");
        if (facts.data.zero_dates.contains(column.name))
            add("shardingsphere.zero_dates",
                "it holds zero dates, for which the inventory writes NULL or fails");
        else if (circumstances.source_allows_zero_dates && (live || facts.data.unread))
            add("shardingsphere.zero_dates",
                "the source's sql_mode lets writers put zero dates in, of which the proxy drops the events "
                "or dies");
        if (facts.data.calendar_gap.contains(column.name))
            add("shardingsphere.calendar", "it holds a date that the proxy's calendar does not have");
    }
    if (facts.data.wide_keys.contains(column.name))
        add("shardingsphere.key_span", "its least and greatest value lie further apart than 2^63-1, which ends the inventory");
    if (type == "bigint" && column.is_unsigned && live && facts.data.above_int64.contains(column.name))
        add("shardingsphere.unsigned_values",
            "it holds values above 2^63-1, on which the proxy dies when it follows");
    return reasons;
}

NeighbourHarm neighbour_harm(const Column& column, bool zero_dates_possible) {
    if (is_spatial(column)) return NeighbourHarm::always;
    if (column.data_type == "set")
        return mysql::member_names(column).size() > most_set_members + 1 ? NeighbourHarm::always
                                                                         : NeighbourHarm::none;
    if (column.data_type == "json" || column.data_type == "time") return NeighbourHarm::by_value;
    if (has_date(column) && zero_dates_possible) return NeighbourHarm::by_value;
    return one_of(plain_types, column.data_type) || column.data_type == "float" ? NeighbourHarm::none
                                                                                : NeighbourHarm::by_value;
}

}  // namespace transload::shardingsphere
